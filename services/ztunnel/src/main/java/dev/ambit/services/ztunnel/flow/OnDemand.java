package dev.ambit.services.ztunnel.flow;

import dev.ambit.domain.flow.NeededNames;
import dev.ambit.domain.flow.OutboundAttempt;
import dev.ambit.domain.flow.RefusalReason;
import dev.ambit.ports.transport.FlowDecisions;
import dev.ambit.services.ztunnel.mesh.CurrentMesh;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** What has to be asked before anything is decided: names, or nothing where discovery brings everything. */
public final class OnDemand {
    private static final Duration QUESTION_PATIENCE = Duration.ofSeconds(2);

    private final Optional<DemandedNames> names;
    private final NeededNames needed;

    /** @param names empty where discovery brings everything */
    public OnDemand(Optional<DemandedNames> names, NeededNames needed) {
        this.names = names;
        this.needed = needed;
    }

    /** The decisions, or some that ask first and then decide as these. */
    public FlowDecisions prepared(FlowDecisions decisions, CurrentMesh mesh) {
        return names.<FlowDecisions>map(known ->
                        new DemandingDecisions(decisions, known, needed, mesh, DemandingDecisions.Patience.USUAL))
                .orElse(decisions);
    }

    /**
     * Learns what a pod's connection would rest on, for whoever only wants to know; completes with what prevents that, if
     * anything does. What was learnt is not held.
     */
    public CompletionStage<Optional<RefusalReason>> learn(OutboundAttempt attempt) {
        if (names.isEmpty()) {
            return CompletableFuture.completedStage(Optional.empty());
        }
        return names.get()
                .learn(view -> needed.outbound(view, attempt), QUESTION_PATIENCE)
                .thenApply(learnt -> {
                    learnt.close();
                    return learnt.problem();
                });
    }
}
