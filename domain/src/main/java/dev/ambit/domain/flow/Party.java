package dev.ambit.domain.flow;

import dev.ambit.domain.workload.Locality;
import dev.ambit.domain.workload.Workload;

/**
 * One end of a connection as telemetry names it. Unknown parts are empty.
 *
 * @param identity SPIFFE URI; for a source only when mutual TLS proved it
 */
public record Party(
        String workload,
        String pod,
        String namespace,
        String canonicalService,
        String canonicalRevision,
        String cluster,
        String identity,
        Locality locality) {

    public static final Party UNKNOWN = new Party("", "", "", "", "", "", "", Locality.UNKNOWN);

    /** A known workload whose identity is not (or need not be) proven. */
    public static Party of(Workload workload) {
        return new Party(
                workload.workloadName(),
                workload.name(),
                workload.namespace(),
                workload.canonical().name(),
                workload.canonical().revision(),
                workload.clusterId(),
                "",
                workload.locality());
    }

    public Party withIdentity(String proven) {
        return new Party(workload, pod, namespace, canonicalService, canonicalRevision, cluster, proven, locality);
    }
}
