package dev.ambit.domain.enrolment;

import dev.ambit.domain.address.IpAddress;
import dev.ambit.domain.workload.PodRef;
import java.util.List;
import java.util.Map;

/** A pod on this node with what decides its enrolment. */
public record NodePod(
        PodRef ref,
        List<IpAddress> addresses,
        Map<String, String> labels,
        Map<String, String> annotations,
        Map<String, String> namespaceLabels,
        boolean hostNetwork,
        boolean finished) {
    public NodePod {
        addresses = List.copyOf(addresses);
        labels = Map.copyOf(labels);
        annotations = Map.copyOf(annotations);
        namespaceLabels = Map.copyOf(namespaceLabels);
    }
}
