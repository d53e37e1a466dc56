package dev.ambit.domain.workload;

import java.util.Locale;

/** What created the workload; telemetry only. */
public enum WorkloadType {
    DEPLOYMENT,
    CRONJOB,
    POD,
    JOB;

    /** The lower-case name used in baggage keys, for example {@code k8s.deployment.name}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
