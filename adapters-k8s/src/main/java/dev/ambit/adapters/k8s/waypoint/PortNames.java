package dev.ambit.adapters.k8s.waypoint;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * The ports of a waypoint's Service: the one for its state first, which health checks of load balancers take, then each
 * listener's. A listener's name may have periods and 253 characters, a port's may not.
 */
final class PortNames {
    private static final int LENGTH_MAX = 63;
    private static final String STATUS = "status-port";
    private static final int STATUS_PORT = 15021;

    private final Set<String> used = new HashSet<>();

    private PortNames() {}

    static ArrayNode ports(List<GatewayObject.Listener> listeners) {
        var names = new PortNames();
        ArrayNode ports = JsonNodeFactory.instance.arrayNode();
        ports.add(port(names.unique(STATUS, STATUS_PORT), STATUS_PORT, "tcp"));
        Set<Integer> numbers = new HashSet<>();
        numbers.add(STATUS_PORT);
        for (GatewayObject.Listener listener : listeners) {
            if (numbers.add(listener.port())) {
                String protocol = listener.protocol().toLowerCase(Locale.ROOT);
                String written = listener.name().replace('.', '-');
                String name = names.unique(written.isEmpty() ? protocol : written, listener.port());
                ports.add(port(name, listener.port(), protocol));
            }
        }
        return ports;
    }

    private static ObjectNode port(String name, int number, String appProtocol) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("name", name)
                .put("port", number)
                .put("protocol", "TCP")
                .put("appProtocol", appProtocol);
    }

    private String unique(String name, int port) {
        String candidate = shortened(name, LENGTH_MAX);
        for (String suffix = "-" + port; !used.add(candidate); suffix += "x") {
            candidate = shortened(name, LENGTH_MAX - suffix.length()) + suffix;
        }
        return candidate;
    }

    private static String shortened(String name, int length) {
        return name.length() <= length ? name : name.substring(0, length);
    }
}
