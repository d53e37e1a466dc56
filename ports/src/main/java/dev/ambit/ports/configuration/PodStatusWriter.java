package dev.ambit.ports.configuration;

import dev.ambit.domain.workload.PodRef;

/** Reports on a pod, where the control plane will see it, that its traffic is redirected. */
public interface PodStatusWriter {

    /** The values of the annotation {@code ambient.istio.io/redirection}. */
    enum Redirection {
        /** Rules are in place and the node proxy serves the pod. */
        ENABLED,
        /** Rules are in place; the node proxy has not been told yet. */
        PENDING,
        /** Nothing is in place: the annotation is taken away. */
        ABSENT
    }

    /**
     * Writes the pod's status; the last write counts.
     *
     * @throws ConfigurationException if it cannot be written
     */
    void redirection(PodRef pod, Redirection redirection);
}
