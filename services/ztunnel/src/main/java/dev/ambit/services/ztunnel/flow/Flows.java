package dev.ambit.services.ztunnel.flow;

import dev.ambit.domain.address.IpPort;
import dev.ambit.domain.flow.FlowOutcome;
import dev.ambit.domain.flow.FlowReport;
import dev.ambit.domain.flow.InboundAttempt;
import dev.ambit.domain.flow.InboundPlan;
import dev.ambit.domain.flow.InboundPlanner;
import dev.ambit.domain.flow.OutboundAttempt;
import dev.ambit.domain.flow.OutboundPlan;
import dev.ambit.domain.flow.OutboundPlanner;
import dev.ambit.domain.flow.RefusalReason;
import dev.ambit.domain.flow.Reporter;
import dev.ambit.domain.policy.Verdict;
import dev.ambit.domain.view.MeshView;
import dev.ambit.domain.workload.PodRef;
import dev.ambit.ports.telemetry.FlowTelemetry;
import dev.ambit.ports.transport.FlowDecisions;
import dev.ambit.services.ztunnel.mesh.CurrentMesh;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The application's answer to every connection: plans from the current view, telemetry for each, and an eye on those
 * being carried, so that a policy which arrives later still ends what it forbids.
 */
public final class Flows implements FlowDecisions {

    /** How long a connection may wait for its own pod's workload to arrive (Istio's ztunnel waits as long). */
    public static final Duration WORKLOAD_WAIT = Duration.ofSeconds(5);

    private final CurrentMesh mesh;
    private final OutboundPlanner outboundPlanner;
    private final InboundPlanner inboundPlanner;
    private final FlowTelemetry telemetry;
    private final Set<LiveFlow> live = ConcurrentHashMap.newKeySet();

    public Flows(
            CurrentMesh mesh,
            OutboundPlanner outboundPlanner,
            InboundPlanner inboundPlanner,
            FlowTelemetry telemetry) {
        this.mesh = mesh;
        this.outboundPlanner = outboundPlanner;
        this.inboundPlanner = inboundPlanner;
        this.telemetry = telemetry;
        mesh.observe(this::reconsider);
    }

    /** How many connections are being carried. */
    public int liveCount() {
        return live.size();
    }

    @Override
    public CompletionStage<OutboundPlan> outbound(OutboundAttempt attempt) {
        OutboundPlan plan = outboundPlanner.plan(mesh.view(), attempt);
        if (plan instanceof OutboundPlan.Refuse(_, RefusalReason.WorkloadUnknown(PodRef pod))) {
            return mesh.knowing(pod, WORKLOAD_WAIT).thenApply(view -> outboundPlanner.plan(view, attempt));
        }
        return CompletableFuture.completedFuture(plan);
    }

    @Override
    public CompletionStage<InboundPlan> inbound(InboundAttempt attempt) {
        InboundPlan plan = inboundPlanner.plan(mesh.view(), attempt);
        if (plan instanceof InboundPlan.Refuse(_, RefusalReason.WorkloadUnknown(PodRef pod))) {
            return mesh.knowing(pod, WORKLOAD_WAIT).thenApply(view -> inboundPlanner.plan(view, attempt));
        }
        return CompletableFuture.completedFuture(plan);
    }

    @Override
    public void opened(LiveFlow flow) {
        telemetry.opened(flow.context());
        live.add(flow);
        // Policy may have changed between the plan and this line; the observer has not seen this flow then.
        reconsider(mesh.view(), flow);
    }

    @Override
    public void closed(LiveFlow flow, FlowReport report) {
        live.remove(flow);
        telemetry.closed(report);
    }

    @Override
    public void refused(FlowReport report) {
        telemetry.opened(report.context());
        telemetry.closed(report);
    }

    @Override
    public void rejected(Reporter reporter, IpPort client, IpPort local, String error) {
        telemetry.rejected(reporter, client, local, error);
    }

    private void reconsider(MeshView view) {
        live.forEach(flow -> reconsider(view, flow));
    }

    private void reconsider(MeshView view, LiveFlow flow) {
        if (flow.plan() instanceof Plan.Inbound(InboundPlan.Forward forward)
                && inboundPlanner.reevaluate(view, forward) instanceof Verdict.Denied(Verdict.DenyReason reason, _)) {
            flow.end(new RefusalReason.PolicyChanged(reason));
        }
    }
}
