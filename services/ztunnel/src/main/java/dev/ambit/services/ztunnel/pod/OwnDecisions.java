package dev.ambit.services.ztunnel.pod;

import dev.ambit.domain.address.IpPort;
import dev.ambit.domain.flow.FlowReport;
import dev.ambit.domain.flow.InboundAttempt;
import dev.ambit.domain.flow.InboundPlan;
import dev.ambit.domain.flow.OutboundAttempt;
import dev.ambit.domain.flow.OutboundPlan;
import dev.ambit.domain.flow.Reporter;
import dev.ambit.domain.identity.SpiffeId;
import dev.ambit.domain.identity.TrustDomain;
import dev.ambit.domain.workload.PodRef;
import dev.ambit.ports.transport.FlowDecisions;
import dev.ambit.ports.transport.Strain;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Decisions for this proxy's own pod: those of any pod, but its identity is in the trust domain it was configured with, and
 * its applications (metrics, say) see this proxy's address, as callers' replies would not come back through it.
 */
public final class OwnDecisions implements FlowDecisions {
    private final FlowDecisions ordinary;
    private final TrustDomain trustDomain;

    public OwnDecisions(FlowDecisions ordinary, TrustDomain trustDomain) {
        this.ordinary = ordinary;
        this.trustDomain = trustDomain;
    }

    @Override
    public CompletionStage<SpiffeId> identity(PodRef pod) {
        return CompletableFuture.completedFuture(new SpiffeId(trustDomain, pod.namespace(), pod.serviceAccount()));
    }

    @Override
    public CompletionStage<OutboundPlan> outbound(OutboundAttempt attempt) {
        return ordinary.outbound(attempt);
    }

    @Override
    public CompletionStage<InboundPlan> inbound(InboundAttempt attempt) {
        return ordinary.inbound(attempt).thenApply(OwnDecisions::withOwnAddress);
    }

    private static InboundPlan withOwnAddress(InboundPlan plan) {
        return plan instanceof InboundPlan.Forward forward ? forward.withOrigin(new InboundPlan.Origin.Own()) : plan;
    }

    @Override
    public void opened(LiveFlow flow) {
        ordinary.opened(flow);
    }

    @Override
    public void closed(FlowReport report) {
        ordinary.closed(report);
    }

    @Override
    public void rejected(Reporter reporter, IpPort client, IpPort local, String error) {
        ordinary.rejected(reporter, client, local, error);
    }

    @Override
    public void socketOpened(Reporter reporter) {
        ordinary.socketOpened(reporter);
    }

    @Override
    public void socketClosed(Reporter reporter) {
        ordinary.socketClosed(reporter);
    }

    @Override
    public void strained(PodRef pod, Strain strain, String message) {
        ordinary.strained(pod, strain, message);
    }
}
