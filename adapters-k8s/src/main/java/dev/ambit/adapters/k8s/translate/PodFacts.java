package dev.ambit.adapters.k8s.translate;

import dev.ambit.domain.address.IpAddress;
import dev.ambit.domain.issuing.PodRecord;
import dev.ambit.domain.workload.CanonicalService;
import dev.ambit.domain.workload.Health;
import java.util.List;
import java.util.Map;

/**
 * All that the mesh wants to know of a pod. Much smaller than the pod, of which there may be tens of thousands, and equal
 * to what it was before if nothing of interest has changed.
 *
 * @param record who it is and where it runs
 * @param uid as the object says it; empty if it does not
 * @param created seconds since the epoch; 0 when unknown
 * @param ports TCP ports of its containers by name
 */
public record PodFacts(
        PodRecord record,
        String uid,
        Map<String, String> labels,
        List<IpAddress> addresses,
        boolean hostNetwork,
        boolean finished,
        boolean terminating,
        long created,
        Health health,
        Tunnel tunnel,
        String workloadName,
        CanonicalService canonical,
        Map<String, Integer> ports)
        implements ObjectFacts {
    public PodFacts {
        labels = Map.copyOf(labels);
        addresses = List.copyOf(addresses);
        ports = Map.copyOf(ports);
    }

    public String namespace() {
        return record.ref().namespace();
    }

    public String name() {
        return record.ref().name();
    }
}
