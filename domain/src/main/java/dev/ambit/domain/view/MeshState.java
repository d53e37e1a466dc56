package dev.ambit.domain.view;

import dev.ambit.domain.address.NamespacedHostname;
import dev.ambit.domain.issuing.PodRecord;
import dev.ambit.domain.policy.AuthorizationPolicy;
import dev.ambit.domain.policy.PolicyName;
import dev.ambit.domain.service.MeshService;
import dev.ambit.domain.view.MeshChange.PolicyRemoved;
import dev.ambit.domain.view.MeshChange.PolicyUpserted;
import dev.ambit.domain.view.MeshChange.ServiceRemoved;
import dev.ambit.domain.view.MeshChange.ServiceUpserted;
import dev.ambit.domain.view.MeshChange.WorkloadRemoved;
import dev.ambit.domain.view.MeshChange.WorkloadUpserted;
import dev.ambit.domain.workload.Workload;
import dev.ambit.domain.workload.WorkloadUid;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Everything that was derived from the configuration at one moment.
 *
 * @param pods every live pod, for the node check; not sent to proxies
 */
public record MeshState(
        Map<WorkloadUid, Workload> workloads,
        Map<NamespacedHostname, MeshService> services,
        Map<PolicyName, AuthorizationPolicy> policies,
        List<PodRecord> pods) {

    public static final MeshState EMPTY = new MeshState(Map.of(), Map.of(), Map.of(), List.of());

    public MeshState {
        workloads = Map.copyOf(workloads);
        services = Map.copyOf(services);
        policies = Map.copyOf(policies);
        pods = List.copyOf(pods);
    }

    /**
     * What turns {@code before} into this state. Policies come first and go last, so that whoever applies the changes in
     * order never knows a workload without the policies it names.
     */
    public List<MeshChange> changesSince(MeshState before) {
        var changes = new ArrayList<MeshChange>();
        upserts(before.policies, policies, PolicyUpserted::new, changes);
        upserts(before.services, services, ServiceUpserted::new, changes);
        upserts(before.workloads, workloads, WorkloadUpserted::new, changes);
        removals(before.workloads, workloads, WorkloadRemoved::new, changes);
        removals(before.services, services, ServiceRemoved::new, changes);
        removals(before.policies, policies, PolicyRemoved::new, changes);
        return changes;
    }

    private static <K, V> void upserts(
            Map<K, V> before, Map<K, V> after, Function<V, MeshChange> change, List<MeshChange> changes) {
        after.forEach((key, value) -> {
            if (!value.equals(before.get(key))) {
                changes.add(change.apply(value));
            }
        });
    }

    private static <K, V> void removals(
            Map<K, V> before, Map<K, V> after, Function<K, MeshChange> change, List<MeshChange> changes) {
        before.keySet().stream()
                .filter(key -> !after.containsKey(key))
                .map(change)
                .forEach(changes::add);
    }
}
