package dev.ambit.domain.workload;

/** Whether the workload may be chosen as an endpoint (Kubernetes readiness). */
public enum Health {
    HEALTHY,
    UNHEALTHY
}
