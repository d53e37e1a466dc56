package dev.ambit.services.ztunnel.config;

import dev.ambit.ports.transport.ListenPorts;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Ports of this process's own HTTP servers. No two are the same, and none is the data plane's. */
public record ServerPorts(int admin, int stats, int readiness) {
    private static final int PORT_MAX = 65_535;
    private static final int ADMIN = 15_000;
    private static final int STATS = 15_020;

    static ServerPorts read(Settings settings, MeshProxyConfig mesh, DnsConfig dns) {
        var ports = new ServerPorts(
                port(settings, "ADMIN_PORT", mesh.proxyAdminPort(), ADMIN),
                port(settings, "STATS_PORT", mesh.statsPort(), STATS),
                settings.number("READINESS_PORT", 1, PORT_MAX));
        ports.checkApart(dns);
        return ports;
    }

    /** The variable, else the mesh's field, in which 0 means that it says nothing, else the default. */
    private static int port(Settings settings, String variable, Optional<Integer> ofMesh, int otherwise) {
        return settings.set(variable).isPresent()
                ? settings.number(variable, 1, PORT_MAX)
                : ofMesh.filter(port -> port > 0).orElse(otherwise);
    }

    private void checkApart(DnsConfig dns) {
        var taken = new LinkedHashMap<Integer, String>();
        taken.put(ListenPorts.ISTIO.outbound(), "where outbound connections are captured");
        taken.put(ListenPorts.ISTIO.inboundPlaintext(), "where inbound connections are captured");
        taken.put(ListenPorts.ISTIO.inboundHbone(), "HBONE's");
        taken.put(ListenPorts.ISTIO_WITH_SOCKS5.socks5(), "that of SOCKS5");
        taken.put(dns.port(), "the DNS proxy's");
        var servers = new LinkedHashMap<String, Integer>();
        servers.put("READINESS_PORT", readiness);
        servers.put("STATS_PORT", stats);
        servers.put("ADMIN_PORT", admin);
        for (Map.Entry<String, Integer> server : servers.entrySet()) {
            String other = taken.putIfAbsent(server.getValue(), "that of " + server.getKey());
            if (other != null) {
                throw Settings.unusable(
                        server.getKey(),
                        server.getValue().toString(),
                        "that port is " + other
                                + "; give each server one of its own, here or by the mesh's statsPort and proxyAdminPort");
            }
        }
    }
}
