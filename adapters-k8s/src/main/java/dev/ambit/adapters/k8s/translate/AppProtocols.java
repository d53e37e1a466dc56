package dev.ambit.adapters.k8s.translate;

import dev.ambit.domain.service.AppProtocol;
import io.fabric8.kubernetes.api.model.ServicePort;
import java.util.Locale;
import java.util.Set;

/** Guesses a port's application protocol as Istio does: {@code appProtocol}, else the port's name, else its number. */
final class AppProtocols {
    /** Protocols in which the server speaks first, or that are no HTTP: SMTP, DNS, MySQL, MongoDB. */
    private static final Set<Integer> WELL_KNOWN_TCP = Set.of(25, 53, 3306, 27_017);

    private AppProtocols() {}

    static AppProtocol of(ServicePort port) {
        String declared = Fields.text(port.getAppProtocol());
        if (!declared.isEmpty()) {
            return named(declared.toLowerCase(Locale.ROOT));
        }
        AppProtocol byName = named(prefix(Fields.text(port.getName()).toLowerCase(Locale.ROOT)));
        boolean wellKnown = port.getPort() != null && WELL_KNOWN_TCP.contains(port.getPort());
        return byName == AppProtocol.UNKNOWN && wellKnown ? AppProtocol.TCP : byName;
    }

    private static String prefix(String portName) {
        if (portName.equals("grpc-web") || portName.startsWith("grpc-web-")) {
            return "grpc-web";
        }
        int dash = portName.indexOf('-');
        return dash < 0 ? portName : portName.substring(0, dash);
    }

    private static AppProtocol named(String protocol) {
        return switch (protocol) {
            case "http", "kubernetes.io/ws" -> AppProtocol.HTTP11;
            case "http2", "kubernetes.io/h2c" -> AppProtocol.HTTP2;
            case "grpc", "grpc-web" -> AppProtocol.GRPC;
            case "https", "tls", "kubernetes.io/wss" -> AppProtocol.TLS;
            case "tcp", "mongo", "mysql", "redis" -> AppProtocol.TCP;
            default -> AppProtocol.UNKNOWN;
        };
    }
}
