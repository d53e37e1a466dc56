package dev.ambit.adapters.k8s.derive;

import dev.ambit.adapters.k8s.query.Query;
import dev.ambit.adapters.k8s.translate.AllocatedAddress;
import dev.ambit.adapters.k8s.translate.ObjectCondition;
import dev.ambit.adapters.k8s.translate.ObjectProblem;
import dev.ambit.domain.address.NamespacedHostname;
import dev.ambit.domain.issuing.PodRecord;
import dev.ambit.domain.policy.AuthorizationPolicy;
import dev.ambit.domain.service.MeshService;
import dev.ambit.domain.workload.Workload;
import java.util.List;

/**
 * The part of the mesh that one object brings about. No two parts have a resource of one name.
 *
 * @param shared those of its services that all clusters share
 */
record Part(
        List<Workload> workloads,
        List<MeshService> services,
        List<AuthorizationPolicy> policies,
        List<PodRecord> pods,
        List<ObjectProblem> problems,
        List<ObjectCondition> conditions,
        List<AllocatedAddress> allocated,
        List<NamespacedHostname> shared) {
    static final Part NOTHING = new Part(List.of(), List.of(), List.of(), List.of(), List.of(), List.of());

    Part {
        workloads = List.copyOf(workloads);
        services = List.copyOf(services);
        policies = List.copyOf(policies);
        pods = List.copyOf(pods);
        problems = List.copyOf(problems);
        conditions = List.copyOf(conditions);
        allocated = List.copyOf(allocated);
        shared = List.copyOf(shared);
    }

    /** Without allocated addresses and services that clusters share. */
    Part(
            List<Workload> workloads,
            List<MeshService> services,
            List<AuthorizationPolicy> policies,
            List<PodRecord> pods,
            List<ObjectProblem> problems,
            List<ObjectCondition> conditions) {
        this(workloads, services, policies, pods, problems, conditions, List.of(), List.of());
    }

    static Part of(List<Workload> workloads, List<MeshService> services, Remarks remarks) {
        return new Part(
                workloads,
                services,
                List.of(),
                List.of(),
                remarks.problems(),
                remarks.conditions(),
                remarks.allocated(),
                List.of());
    }

    /** The same, of which all clusters share the services. */
    Part withSharedServices() {
        return new Part(
                workloads,
                services,
                policies,
                pods,
                problems,
                conditions,
                allocated,
                services.stream().map(MeshService::key).toList());
    }

    static Part of(List<AuthorizationPolicy> policies) {
        return new Part(List.of(), List.of(), policies, List.of(), List.of(), List.of());
    }

    /** Asks for a part. */
    interface Of extends Query<Part> {
        @Override
        default int level() {
            return Rules.PARTS;
        }
    }
}
