package dev.ambit.adapters.k8s.translate;

import dev.ambit.domain.workload.CanonicalService;
import java.util.Map;

/**
 * All that the mesh wants to know of a WorkloadEntry.
 *
 * @param labels of the spec and of the object, of which the object's count more
 */
public record WorkloadEntryFacts(
        String namespace,
        String name,
        EndpointFacts endpoint,
        Map<String, String> labels,
        Tunnel tunnel,
        String workloadName,
        CanonicalService canonical)
        implements ObjectFacts {
    public WorkloadEntryFacts {
        labels = Map.copyOf(labels);
    }
}
