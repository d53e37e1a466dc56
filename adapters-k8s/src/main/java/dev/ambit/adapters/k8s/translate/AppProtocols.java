package dev.ambit.adapters.k8s.translate;

import dev.ambit.domain.service.AppProtocol;
import io.fabric8.kubernetes.api.model.ServicePort;
import java.util.Locale;
import java.util.Set;

/** Guesses a port's application protocol as Istio does: {@code appProtocol}, else the port's name, else its number. */
final class AppProtocols {
    /** Protocols in which the server speaks first, or that are no HTTP: SMTP, DNS, MySQL, MongoDB. */
    private static final Set<Integer> WELL_KNOWN_TCP = Set.of(25, 53, 3306, 27_017);

    private static final Set<String> KNOWN_WITHOUT_COUNTERPART = Set.of("udp", "http_proxy", "mongo", "redis", "mysql");

    private AppProtocols() {}

    static AppProtocol of(ServicePort port) {
        String declared = Fields.text(port.getAppProtocol()).toLowerCase(Locale.ROOT);
        String text = declared.isEmpty() ? Fields.text(port.getName()).toLowerCase(Locale.ROOT) : declared;
        if (text.startsWith("grpc-web")) {
            return AppProtocol.UNKNOWN;
        }
        int dash = text.indexOf('-');
        String name = dash < 0 ? text : text.substring(0, dash);
        boolean wellKnown = port.getPort() != null && WELL_KNOWN_TCP.contains(port.getPort());
        return wellKnown && !isName(name) ? AppProtocol.TCP : named(name);
    }

    /** The protocol of a lower-case name. Of those that Istio knows, some have no counterpart in WDS. */
    static AppProtocol named(String protocol) {
        return switch (protocol) {
            case "http", "kubernetes.io/ws" -> AppProtocol.HTTP11;
            case "http2", "kubernetes.io/h2c" -> AppProtocol.HTTP2;
            case "grpc" -> AppProtocol.GRPC;
            case "https", "tls", "kubernetes.io/wss" -> AppProtocol.TLS;
            case "tcp" -> AppProtocol.TCP;
            default -> AppProtocol.UNKNOWN;
        };
    }

    private static boolean isName(String protocol) {
        return named(protocol) != AppProtocol.UNKNOWN || KNOWN_WITHOUT_COUNTERPART.contains(protocol);
    }
}
