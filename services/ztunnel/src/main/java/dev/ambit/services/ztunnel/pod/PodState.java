package dev.ambit.services.ztunnel.pod;

import dev.ambit.domain.workload.PodRef;

/** How a pod of this node stands with this proxy, for those who ask from outside. */
public record PodState(PodRef pod, Phase phase) {
    /** As Istio's ztunnel has it. */
    public enum Phase {
        /** Its listeners cannot be opened yet; tried again. */
        PENDING,
        UP
    }
}
