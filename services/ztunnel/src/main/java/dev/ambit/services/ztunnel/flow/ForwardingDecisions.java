package dev.ambit.services.ztunnel.flow;

import dev.ambit.domain.address.IpPort;
import dev.ambit.domain.flow.FlowReport;
import dev.ambit.domain.flow.InboundAttempt;
import dev.ambit.domain.flow.InboundPlan;
import dev.ambit.domain.flow.OutboundAttempt;
import dev.ambit.domain.flow.OutboundPlan;
import dev.ambit.domain.flow.Reporter;
import dev.ambit.domain.identity.SpiffeId;
import dev.ambit.domain.workload.PodRef;
import dev.ambit.ports.transport.FlowDecisions;
import dev.ambit.ports.transport.Strain;
import java.util.concurrent.CompletionStage;

/** Passes everything on, also what the port has defaults for; whoever extends it changes only what it means to change. */
public abstract class ForwardingDecisions implements FlowDecisions {
    private final FlowDecisions decisions;

    protected ForwardingDecisions(FlowDecisions decisions) {
        this.decisions = decisions;
    }

    @Override
    public CompletionStage<SpiffeId> identity(PodRef pod) {
        return decisions.identity(pod);
    }

    @Override
    public CompletionStage<OutboundPlan> outbound(OutboundAttempt attempt) {
        return decisions.outbound(attempt);
    }

    @Override
    public CompletionStage<InboundPlan> inbound(InboundAttempt attempt) {
        return decisions.inbound(attempt);
    }

    @Override
    public void opened(LiveFlow flow) {
        decisions.opened(flow);
    }

    @Override
    public void closed(FlowReport report) {
        decisions.closed(report);
    }

    @Override
    public void rejected(Reporter reporter, IpPort client, IpPort local, String error) {
        decisions.rejected(reporter, client, local, error);
    }

    @Override
    public void socketOpened(Reporter reporter) {
        decisions.socketOpened(reporter);
    }

    @Override
    public void socketClosed(Reporter reporter) {
        decisions.socketClosed(reporter);
    }

    @Override
    public void strained(PodRef pod, Strain strain, String message) {
        decisions.strained(pod, strain, message);
    }
}
