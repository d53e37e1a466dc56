package dev.ambit.domain.view;

import dev.ambit.domain.address.NamespacedHostname;
import dev.ambit.domain.policy.AuthorizationPolicy;
import dev.ambit.domain.policy.PolicyName;
import dev.ambit.domain.service.MeshService;
import dev.ambit.domain.workload.Workload;
import dev.ambit.domain.workload.WorkloadUid;

/** One resource that appeared, changed or went. */
public sealed interface MeshChange {

    record WorkloadUpserted(Workload workload) implements MeshChange {}

    record WorkloadRemoved(WorkloadUid uid) implements MeshChange {}

    record ServiceUpserted(MeshService service) implements MeshChange {}

    record ServiceRemoved(NamespacedHostname key) implements MeshChange {}

    record PolicyUpserted(AuthorizationPolicy policy) implements MeshChange {}

    record PolicyRemoved(PolicyName name) implements MeshChange {}
}
