package dev.ambit.domain.flow;

import dev.ambit.domain.address.NamespacedHostname;
import dev.ambit.domain.address.NetworkAddress;
import dev.ambit.domain.service.MeshService;
import dev.ambit.domain.service.VirtualAddress;
import dev.ambit.domain.view.MeshChange;
import dev.ambit.domain.workload.Workload;
import dev.ambit.domain.workload.WorkloadUid;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Something of the mesh that the plan of an outbound connection rests on. A change touches the connections that share a
 * dependency with it, so nobody has to look at the others.
 */
public sealed interface Dependency {

    /** The calling pod, whichever workload describes it. */
    record OnPod(String namespace, String name) implements Dependency {}

    /** The workload at the other end, or the waypoint in between. */
    record OnWorkload(WorkloadUid uid) implements Dependency {}

    /** The service that was dialled. */
    record OnService(NamespacedHostname key) implements Dependency {}

    /** Whoever owns the address that was dialled. */
    record OnAddress(NetworkAddress address) implements Dependency {}

    /**
     * Whoever owns an address of a block. Only changes have it: connections within the block are found by their
     * {@link OnAddress}.
     */
    record OnBlock(VirtualAddress block) implements Dependency {

        /** Whether what was dialled lies in the block. */
        public boolean contains(NetworkAddress dialled) {
            return block.network().equals(dialled.network()) && block.block().contains(dialled.ip());
        }
    }

    /** What a change may alter for connections that call out. Policies decide about those that come in, so: nothing. */
    static Set<Dependency> touchedBy(MeshChange change) {
        return switch (change) {
            case MeshChange.WorkloadUpserted(Workload workload) -> of(workload);
            case MeshChange.WorkloadRemoved(WorkloadUid uid) -> Set.of(new OnWorkload(uid));
            case MeshChange.ServiceUpserted(MeshService service) -> of(service);
            case MeshChange.ServiceRemoved(NamespacedHostname key) -> Set.of(new OnService(key));
            case MeshChange.PolicyUpserted _, MeshChange.PolicyRemoved _ -> Set.of();
        };
    }

    private static Set<Dependency> of(Workload workload) {
        var touched = new LinkedHashSet<Dependency>();
        touched.add(new OnWorkload(workload.uid()));
        if (workload.uid().isPod()) {
            touched.add(new OnPod(workload.namespace(), workload.name()));
        }
        for (NetworkAddress address : workload.networkAddresses()) {
            touched.add(new OnAddress(address));
        }
        return touched;
    }

    private static Set<Dependency> of(MeshService service) {
        var touched = new LinkedHashSet<Dependency>();
        touched.add(new OnService(service.key()));
        for (VirtualAddress address : service.addresses()) {
            touched.add(address.isHost() ? new OnAddress(address.address()) : new OnBlock(address));
        }
        return touched;
    }
}
