package dev.ambit.adapters.k8s.translate;

import dev.ambit.domain.address.NamespacedHostname;
import dev.ambit.domain.workload.GatewayReference;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.Map;

/**
 * The labels that put a waypoint before a pod or service; the object's own label beats its namespace's.
 *
 * <p>Waypoints are not there yet. Whoever asks for one still gets the reference, so that traffic is refused until the
 * waypoint exists and never passes by the policy it would have enforced.
 */
final class WaypointLabels {
    static final String USE_WAYPOINT = "istio.io/use-waypoint";
    private static final String USE_WAYPOINT_NAMESPACE = "istio.io/use-waypoint-namespace";
    /** Marks what a gateway controller deployed: a gateway never stands before a gateway. */
    private static final String MANAGED = "gateway.istio.io/managed";

    private static final String OPT_OUT = "none";
    private static final int HBONE_PORT = 15_008;

    private final DerivationOptions options;

    WaypointLabels(DerivationOptions options) {
        this.options = options;
    }

    GatewayReference reference(HasMetadata object, Map<String, String> namespaceLabels) {
        Map<String, String> labels = Fields.labels(object);
        if (labels.containsKey(MANAGED)) {
            return GatewayReference.none();
        }
        Map<String, String> asking = asks(labels) ? labels : namespaceLabels;
        String waypoint = asking.getOrDefault(USE_WAYPOINT, "");
        if (waypoint.isEmpty() || waypoint.equals(OPT_OUT)) {
            return GatewayReference.none();
        }
        String namespace = asking.getOrDefault(USE_WAYPOINT_NAMESPACE, Fields.namespace(object));
        return new GatewayReference.ByHostname(
                new NamespacedHostname(namespace, options.hostname(waypoint, namespace)), HBONE_PORT);
    }

    /** Reports that the object asks for something this version does not do. */
    static void report(HasMetadata object, Findings findings) {
        Map<String, String> labels = Fields.labels(object);
        String waypoint = labels.getOrDefault(USE_WAYPOINT, "");
        if (!waypoint.isEmpty() && !waypoint.equals(OPT_OUT)) {
            findings.warn(
                    FieldPath.of("metadata", "labels", USE_WAYPOINT),
                    "waypoints are not supported in this version: traffic that should pass '" + waypoint
                            + "' is refused; take the label away to send it directly");
        }
    }

    private static boolean asks(Map<String, String> labels) {
        return !labels.getOrDefault(USE_WAYPOINT, "").isEmpty();
    }
}
