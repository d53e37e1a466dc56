package dev.ambit.adapters.k8s.translate;

import io.fabric8.kubernetes.api.model.Namespace;
import java.util.Map;

/**
 * What a namespace says about everything in it.
 *
 * @param trafficDistribution its annotation; empty if there is none
 */
public record NamespaceFacts(Map<String, String> labels, WaypointRequest waypoint, String trafficDistribution)
        implements ObjectFacts {
    /** A namespace that says nothing, or that is not known. */
    public static final NamespaceFacts SILENT = new NamespaceFacts(Map.of(), WaypointRequest.NONE, "");

    public NamespaceFacts {
        labels = Map.copyOf(labels);
    }

    static NamespaceFacts of(Namespace namespace) {
        return new NamespaceFacts(
                Fields.labels(namespace),
                WaypointRequest.of(namespace),
                Fields.annotations(namespace).getOrDefault(ServiceReader.TRAFFIC_DISTRIBUTION, ""));
    }
}
