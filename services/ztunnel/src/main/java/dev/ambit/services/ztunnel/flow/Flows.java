package dev.ambit.services.ztunnel.flow;

import dev.ambit.domain.address.IpPort;
import dev.ambit.domain.flow.FlowContext;
import dev.ambit.domain.flow.FlowReport;
import dev.ambit.domain.flow.InboundAttempt;
import dev.ambit.domain.flow.InboundPlan;
import dev.ambit.domain.flow.InboundPlanner;
import dev.ambit.domain.flow.OutboundAttempt;
import dev.ambit.domain.flow.OutboundPlan;
import dev.ambit.domain.flow.OutboundPlanner;
import dev.ambit.domain.flow.RefusalReason;
import dev.ambit.domain.flow.Reporter;
import dev.ambit.domain.view.MeshView;
import dev.ambit.domain.workload.PodRef;
import dev.ambit.ports.telemetry.FlowTelemetry;
import dev.ambit.ports.transport.FlowDecisions;
import dev.ambit.services.ztunnel.mesh.CurrentMesh;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

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
    private final Duration workloadWait;
    private final ConcurrentHashMap<Key, LiveFlow> live = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<Key, PodRef> inboundPods = new ConcurrentHashMap<>();

    /** A plan's context by instance: two connections may well look the same. */
    private record Key(FlowContext context) {
        @Override
        @SuppressWarnings("ReferenceEquality") // the instance is the point
        public boolean equals(@Nullable Object other) {
            return other instanceof Key key && key.context == context;
        }

        @Override
        public int hashCode() {
            return System.identityHashCode(context);
        }
    }

    /**
     * Plans over the mesh as it is.
     *
     * @param workloadWait how long a connection may wait for its own pod's workload, usually {@link #WORKLOAD_WAIT}
     */
    public Flows(
            CurrentMesh mesh,
            OutboundPlanner outboundPlanner,
            InboundPlanner inboundPlanner,
            FlowTelemetry telemetry,
            Duration workloadWait) {
        this.mesh = mesh;
        this.outboundPlanner = outboundPlanner;
        this.inboundPlanner = inboundPlanner;
        this.telemetry = telemetry;
        this.workloadWait = workloadWait;
        mesh.observe(this::reconsider);
    }

    /** How many connections are being carried. */
    public int liveCount() {
        return live.size();
    }

    /** How many inbound plans are remembered: those that were made and are not over. */
    int rememberedCount() {
        return inboundPods.size();
    }

    @Override
    public CompletionStage<OutboundPlan> outbound(OutboundAttempt attempt) {
        OutboundPlan plan = outboundPlanner.plan(mesh.view(), attempt);
        if (plan instanceof OutboundPlan.Refuse refusal
                && refusal.reason() instanceof RefusalReason.WorkloadUnknown(PodRef pod)) {
            return mesh.knowing(pod, workloadWait).thenApply(view -> outboundPlanner.plan(view, attempt));
        }
        return CompletableFuture.completedFuture(plan);
    }

    @Override
    public CompletionStage<InboundPlan> inbound(InboundAttempt attempt) {
        InboundPlan plan = inboundPlanner.plan(mesh.view(), attempt);
        if (plan instanceof InboundPlan.Refuse refusal
                && refusal.reason() instanceof RefusalReason.WorkloadUnknown(PodRef pod)) {
            return mesh.knowing(pod, workloadWait)
                    .thenApply(view -> remember(attempt, inboundPlanner.plan(view, attempt)));
        }
        return CompletableFuture.completedFuture(remember(attempt, plan));
    }

    private InboundPlan remember(InboundAttempt attempt, InboundPlan plan) {
        if (plan instanceof InboundPlan.Forward) {
            inboundPods.put(new Key(plan.context()), attempt.destination());
        }
        return plan;
    }

    @Override
    public void opened(LiveFlow flow) {
        telemetry.opened(flow.context());
        live.put(new Key(flow.context()), flow);
        // Policy may have changed between the plan and this line; the observer has not seen this flow then.
        reconsider(mesh.view(), flow);
    }

    @Override
    public void closed(FlowReport report) {
        var key = new Key(report.context());
        inboundPods.remove(key);
        if (live.remove(key) == null) {
            // Refused by its plan: it counts as a connection that was opened and denied, as Istio counts it.
            telemetry.opened(report.context());
        }
        telemetry.closed(report);
    }

    @Override
    public void rejected(Reporter reporter, IpPort client, IpPort local, String error) {
        telemetry.rejected(reporter, client, local, error);
    }

    private void reconsider(MeshView view) {
        live.values().forEach(flow -> reconsider(view, flow));
    }

    private void reconsider(MeshView view, LiveFlow flow) {
        if (flow.plan() instanceof Plan.Inbound(InboundPlan.Forward forward)) {
            PodRef pod = inboundPods.get(new Key(flow.context()));
            if (pod != null) {
                inboundPlanner.reevaluate(view, pod, forward.facts()).ifPresent(flow::end);
            }
        }
    }
}
