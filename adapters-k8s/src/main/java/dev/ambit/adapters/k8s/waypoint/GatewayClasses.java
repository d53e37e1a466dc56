package dev.ambit.adapters.k8s.waypoint;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.Optional;

/** The classes of Gateways that are this control plane's. */
final class GatewayClasses {
    static final String WAYPOINT_CONTROLLER = "istio.io/mesh-controller";
    static final String REMOTE_CONTROLLER = "istio.io/unmanaged-gateway";

    /** Who keeps a class, by the class's name. */
    private static final Map<String, String> BUILT_IN =
            Map.of("istio-waypoint", WAYPOINT_CONTROLLER, "istio-remote", REMOTE_CONTROLLER);

    private GatewayClasses() {}

    static boolean isOurs(String controller) {
        return BUILT_IN.containsValue(controller);
    }

    /** Whom a class without an object would belong to; empty if nobody here. */
    static String controller(String className) {
        return BUILT_IN.getOrDefault(className, "");
    }

    /** The objects that should be there, by name; what somebody wrote into one that is there stays. */
    static Map<String, ObjectNode> wanted() {
        return Map.of(
                "istio-waypoint",
                object("istio-waypoint", WAYPOINT_CONTROLLER, "Waypoints of the ambient mesh"),
                "istio-remote",
                object("istio-remote", REMOTE_CONTROLLER, "Ways into other networks; nothing is deployed for them"));
    }

    /** What the class's status has to say; empty if it is not ours. */
    static Optional<ReportedCondition> accepted(String controller) {
        return isOurs(controller)
                ? Optional.of(new ReportedCondition("Accepted", true, "Accepted", "kept by Ambit's control plane"))
                : Optional.empty();
    }

    private static ObjectNode object(String name, String controller, String description) {
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        object.put("apiVersion", ApiKind.GATEWAY_CLASS.apiVersion());
        object.put("kind", ApiKind.GATEWAY_CLASS.kind());
        object.putObject("metadata").put("name", name);
        object.putObject("spec").put("controllerName", controller).put("description", description);
        return object;
    }
}
