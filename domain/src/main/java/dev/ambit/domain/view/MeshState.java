package dev.ambit.domain.view;

import dev.ambit.domain.address.NamespacedHostname;
import dev.ambit.domain.collection.Difference;
import dev.ambit.domain.collection.PersistentMap;
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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Everything that was derived from the configuration at one moment. A state that was made from another by a few changes
 * shares the rest with it, and is compared with it at the cost of those changes.
 *
 * @param pods every live pod by its uid, for the node check; not sent to proxies
 */
public record MeshState(
        Map<WorkloadUid, Workload> workloads,
        Map<NamespacedHostname, MeshService> services,
        Map<PolicyName, AuthorizationPolicy> policies,
        Map<String, PodRecord> pods) {

    public static final MeshState EMPTY = new MeshState(Map.of(), Map.of(), Map.of(), Map.of());

    public MeshState {
        workloads = PersistentMap.copyOf(workloads);
        services = PersistentMap.copyOf(services);
        policies = PersistentMap.copyOf(policies);
        pods = PersistentMap.copyOf(pods);
    }

    /** The pods as a list. */
    public MeshState(
            Map<WorkloadUid, Workload> workloads,
            Map<NamespacedHostname, MeshService> services,
            Map<PolicyName, AuthorizationPolicy> policies,
            List<PodRecord> pods) {
        this(workloads, services, policies, byUid(pods));
    }

    private static Map<String, PodRecord> byUid(List<PodRecord> pods) {
        Map<String, PodRecord> byUid = new LinkedHashMap<>();
        pods.forEach(pod -> byUid.put(pod.ref().uid(), pod));
        return byUid;
    }

    /**
     * What turns {@code before} into this state. Policies come first and go last, so that whoever applies the changes in
     * order never knows a workload without the policies it names.
     */
    public List<MeshChange> changesSince(MeshState before) {
        var policyChanges = Changes.between(before.policies, policies, PolicyUpserted::new, PolicyRemoved::new);
        var serviceChanges = Changes.between(before.services, services, ServiceUpserted::new, ServiceRemoved::new);
        var workloadChanges = Changes.between(before.workloads, workloads, WorkloadUpserted::new, WorkloadRemoved::new);
        var changes = new ArrayList<MeshChange>();
        changes.addAll(policyChanges.upserts());
        changes.addAll(serviceChanges.upserts());
        changes.addAll(workloadChanges.upserts());
        changes.addAll(workloadChanges.removals());
        changes.addAll(serviceChanges.removals());
        changes.addAll(policyChanges.removals());
        return changes;
    }

    /** Which pods came, changed or went since {@code before}. */
    public void podChangesSince(MeshState before, Difference<String, PodRecord> difference) {
        PersistentMap.copyOf(pods).changesSince(PersistentMap.copyOf(before.pods), difference);
    }

    /** The changes of one kind of resource. */
    private record Changes(List<MeshChange> upserts, List<MeshChange> removals) {
        static <K, V> Changes between(
                Map<K, V> before, Map<K, V> after, Function<V, MeshChange> upsert, Function<K, MeshChange> removal) {
            var changes = new Changes(new ArrayList<>(), new ArrayList<>());
            PersistentMap.copyOf(after).changesSince(PersistentMap.copyOf(before), (key, _, value) -> {
                if (value == null) {
                    changes.removals.add(removal.apply(key));
                } else {
                    changes.upserts.add(upsert.apply(value));
                }
            });
            return changes;
        }
    }
}
