package dev.ambit.services.cniagent.enrol;

import dev.ambit.domain.workload.PodRef;
import dev.ambit.ports.podnetwork.NetworkNamespace;

/** A pod with rules in its namespace. Only the agent's worker touches it. */
final class Member {
    final PodRef pod;
    final NetworkNamespace namespace;
    boolean served;
    /** Offered to the node proxies, who have not answered yet. */
    boolean offered;
    /** Left the mesh; its proxies were told, its rules may still be there. */
    boolean leaving;

    Member(PodRef pod, NetworkNamespace namespace) {
        this.pod = pod;
        this.namespace = namespace;
    }
}
