package dev.ambit.services.ztunnel.pod;

import dev.ambit.domain.flow.InboundAttempt;
import dev.ambit.domain.flow.InboundPlan;
import dev.ambit.domain.identity.SpiffeId;
import dev.ambit.domain.identity.TrustDomain;
import dev.ambit.domain.workload.PodRef;
import dev.ambit.ports.transport.FlowDecisions;
import dev.ambit.services.ztunnel.flow.ForwardingDecisions;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Decisions for this proxy's own pod: those of any pod, but its identity is in the trust domain it was configured with, and
 * its applications (metrics, say) see this proxy's address, as callers' replies would not come back through it.
 */
public final class OwnDecisions extends ForwardingDecisions {
    private final TrustDomain trustDomain;

    public OwnDecisions(FlowDecisions ordinary, TrustDomain trustDomain) {
        super(ordinary);
        this.trustDomain = trustDomain;
    }

    @Override
    public CompletionStage<SpiffeId> identity(PodRef pod) {
        return CompletableFuture.completedFuture(new SpiffeId(trustDomain, pod.namespace(), pod.serviceAccount()));
    }

    @Override
    public CompletionStage<InboundPlan> inbound(InboundAttempt attempt) {
        return super.inbound(attempt).thenApply(OwnDecisions::withOwnAddress);
    }

    private static InboundPlan withOwnAddress(InboundPlan plan) {
        return plan instanceof InboundPlan.Forward forward ? forward.withOrigin(new InboundPlan.Origin.Own()) : plan;
    }
}
