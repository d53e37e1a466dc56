package dev.ambit.domain.view;

import dev.ambit.domain.address.NamespacedHostname;
import dev.ambit.domain.address.NetworkAddress;
import dev.ambit.domain.identity.SpiffeId;
import dev.ambit.domain.policy.PolicySet;
import dev.ambit.domain.service.MeshService;
import dev.ambit.domain.workload.PodRef;
import dev.ambit.domain.workload.Workload;
import dev.ambit.domain.workload.WorkloadUid;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Everything a proxy knows about the mesh at one moment, indexed for the questions that connections ask. */
public final class MeshView {

    /** Nothing is known yet. */
    public static final MeshView EMPTY = new MeshView();

    private MeshView() {}

    public MeshView apply(List<MeshChange> changes) {
        return changes.isEmpty() ? this : EMPTY;
    }

    public Optional<Workload> workload(WorkloadUid uid) {
        return Optional.empty();
    }

    public Optional<Workload> workloadAt(NetworkAddress address) {
        return Optional.empty();
    }

    public Optional<Workload> workloadOf(PodRef pod) {
        return Optional.empty();
    }

    public Optional<MeshService> service(NamespacedHostname key) {
        return Optional.empty();
    }

    public Optional<MeshService> serviceAt(NetworkAddress address, String callerNamespace) {
        return Optional.empty();
    }

    public Optional<MeshService> serviceByHostname(String hostname, String callerNamespace) {
        return Optional.empty();
    }

    public List<Workload> endpoints(MeshService service) {
        return List.of();
    }

    public PolicySet policiesFor(Workload workload) {
        return PolicySet.compile(List.of(), workload.policies());
    }

    /** The identities whose certificates a proxy on this node needs. */
    public Set<SpiffeId> identitiesOnNode(String node) {
        return Set.of();
    }

    public Counts counts() {
        return new Counts(0, 0, 0);
    }

    /** How many resources of each type the view holds. */
    public record Counts(int workloads, int services, int policies) {}
}
