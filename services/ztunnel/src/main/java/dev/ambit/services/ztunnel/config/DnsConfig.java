package dev.ambit.services.ztunnel.config;

import dev.ambit.domain.address.IpAddress;
import java.util.Optional;

/**
 * The DNS proxy.
 *
 * @param address to listen on; empty means loopback, of both families where there are both
 * @param preferredServiceNamespace whose service wins where several namespaces have one of the name asked for
 */
public record DnsConfig(
        boolean enabled, Optional<IpAddress> address, int port, Optional<String> preferredServiceNamespace) {

    private static final String ADDRESS = "DNS_PROXY_ADDR";
    private static final int PORT = 15_053;
    private static final int PORT_MAX = 65_535;
    private static final String LOCALHOST = "localhost";

    static DnsConfig read(Settings settings, NodeConfig node) {
        boolean enabled = !node.metadata().containsKey("DNS_CAPTURE")
                || String.valueOf(node.metadata().get("DNS_CAPTURE")).equalsIgnoreCase("true");
        Optional<String> namespace = settings.optional("PREFERED_SERVICE_NAMESPACE");
        String where = node.metadata().get(ADDRESS);
        if (where == null) {
            return new DnsConfig(enabled, Optional.empty(), PORT, namespace);
        }
        String variable = MeshProxyConfig.METADATA_PREFIX + ADDRESS;
        int colon = where.lastIndexOf(':');
        if (colon < 0) {
            throw unusable(variable, where);
        }
        int port = Settings.number(variable, where.substring(colon + 1), 1, PORT_MAX);
        String host = where.substring(0, colon);
        if (host.equals(LOCALHOST)) {
            return new DnsConfig(enabled, Optional.empty(), port, namespace);
        }
        boolean bracketed = host.startsWith("[") && host.endsWith("]");
        IpAddress ip = IpAddress.parse(bracketed ? host.substring(1, host.length() - 1) : host)
                .orElseThrow(() -> unusable(variable, where));
        return new DnsConfig(enabled, Optional.of(ip), port, namespace);
    }

    private static IllegalArgumentException unusable(String variable, String value) {
        return Settings.unusable(variable, value, "it must be localhost:port or ip:port, such as localhost:15053");
    }
}
