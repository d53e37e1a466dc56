package dev.ambit.services.ztunnel.pod;

import dev.ambit.domain.workload.PodRef;
import java.util.concurrent.CompletionStage;

/** Whether this proxy is able to take a pod over from another that serves it well. */
@FunctionalInterface
public interface TakeOver {

    /**
     * Done when this proxy could carry the pod's connections at once: configuration is in sync and the pod's certificate at
     * hand. Fails when that is not so within a few seconds; then the other proxy goes on.
     */
    CompletionStage<Void> prepared(PodRef pod);
}
