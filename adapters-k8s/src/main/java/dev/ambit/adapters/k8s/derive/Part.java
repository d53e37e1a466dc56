package dev.ambit.adapters.k8s.derive;

import dev.ambit.adapters.k8s.query.Query;
import dev.ambit.adapters.k8s.translate.AllocatedAddress;
import dev.ambit.adapters.k8s.translate.ObjectCondition;
import dev.ambit.adapters.k8s.translate.ObjectProblem;
import dev.ambit.domain.issuing.PodRecord;
import dev.ambit.domain.policy.AuthorizationPolicy;
import dev.ambit.domain.service.MeshService;
import dev.ambit.domain.workload.Workload;
import java.util.List;

/** The part of the mesh that one object brings about. No two parts have a resource of one name. */
record Part(
        List<Workload> workloads,
        List<MeshService> services,
        List<AuthorizationPolicy> policies,
        List<PodRecord> pods,
        List<ObjectProblem> problems,
        List<ObjectCondition> conditions,
        List<AllocatedAddress> allocated) {
    static final Part NOTHING = new Part(List.of(), List.of(), List.of(), List.of(), List.of(), List.of());

    Part {
        workloads = List.copyOf(workloads);
        services = List.copyOf(services);
        policies = List.copyOf(policies);
        pods = List.copyOf(pods);
        problems = List.copyOf(problems);
        conditions = List.copyOf(conditions);
        allocated = List.copyOf(allocated);
    }

    /** Without allocated addresses. */
    Part(
            List<Workload> workloads,
            List<MeshService> services,
            List<AuthorizationPolicy> policies,
            List<PodRecord> pods,
            List<ObjectProblem> problems,
            List<ObjectCondition> conditions) {
        this(workloads, services, policies, pods, problems, conditions, List.of());
    }

    static Part of(List<Workload> workloads, List<MeshService> services, Remarks remarks) {
        return new Part(
                workloads,
                services,
                List.of(),
                List.of(),
                remarks.problems(),
                remarks.conditions(),
                remarks.allocated());
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
