package dev.ambit.adapters.k8s.translate;

import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.Map;

/**
 * Which waypoint an object, or a namespace for what is in it, asks for: Istio's labels {@code istio.io/use-waypoint} and
 * its kin.
 *
 * @param name empty if nothing is asked
 * @param namespace of the waypoint; empty for the namespace of whoever asks
 * @param canary a second waypoint; empty if there is none
 * @param canaryWeight the annotation's text; empty if there is none
 * @param excluded a gateway's own object, which never stands behind a gateway
 */
public record WaypointRequest(
        String name, String namespace, String canary, String canaryNamespace, String canaryWeight, boolean excluded) {
    /** The value that opts out of what the namespace asks for; so no waypoint can have this name. */
    private static final String OPT_OUT = "none";

    static final String USE_WAYPOINT = "istio.io/use-waypoint";
    private static final String USE_WAYPOINT_NAMESPACE = "istio.io/use-waypoint-namespace";
    private static final String CANARY = "istio.io/use-waypoint-canary";
    private static final String CANARY_NAMESPACE = "istio.io/use-waypoint-canary-namespace";
    private static final String CANARY_WEIGHT = "istio.io/use-waypoint-canary-weight";
    private static final String MANAGED = "gateway.istio.io/managed";

    /** Asks for nothing. */
    public static final WaypointRequest NONE = new WaypointRequest("", "", "", "", "", false);

    static WaypointRequest of(HasMetadata object) {
        return of(Fields.labels(object), Fields.annotations(object));
    }

    /** Of a workload, which has no canary. */
    public static WaypointRequest ofLabels(Map<String, String> labels) {
        WaypointRequest all = of(labels, Map.of());
        return all.name.isEmpty() && !all.excluded
                ? NONE
                : new WaypointRequest(all.name, all.namespace, "", "", "", all.excluded);
    }

    static WaypointRequest of(Map<String, String> labels, Map<String, String> annotations) {
        String canary = labels.getOrDefault(CANARY, "");
        return new WaypointRequest(
                labels.getOrDefault(USE_WAYPOINT, ""),
                labels.getOrDefault(USE_WAYPOINT_NAMESPACE, ""),
                canary.equals(OPT_OUT) ? "" : canary,
                labels.getOrDefault(CANARY_NAMESPACE, ""),
                annotations.getOrDefault(CANARY_WEIGHT, ""),
                labels.containsKey(MANAGED));
    }

    public boolean optsOut() {
        return name.equals(OPT_OUT);
    }

    public boolean asks() {
        return !name.isEmpty() && !optsOut();
    }

    public boolean isSilent() {
        return name.isEmpty();
    }
}
