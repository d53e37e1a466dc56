package dev.ambit.services.ztunnel.flow;

import dev.ambit.domain.address.IpPort;
import dev.ambit.domain.flow.FlowContext;
import dev.ambit.domain.flow.FlowReport;
import dev.ambit.domain.flow.InboundAttempt;
import dev.ambit.domain.flow.InboundPlan;
import dev.ambit.domain.flow.InboundPlanner;
import dev.ambit.domain.flow.OutboundAttempt;
import dev.ambit.domain.flow.OutboundDecision;
import dev.ambit.domain.flow.OutboundPlan;
import dev.ambit.domain.flow.OutboundPlanner;
import dev.ambit.domain.flow.OutboundReview;
import dev.ambit.domain.flow.RefusalReason;
import dev.ambit.domain.flow.Refusals;
import dev.ambit.domain.flow.Reporter;
import dev.ambit.domain.identity.SpiffeId;
import dev.ambit.domain.view.MeshChange;
import dev.ambit.domain.view.MeshView;
import dev.ambit.domain.workload.PodRef;
import dev.ambit.ports.names.HostResolver;
import dev.ambit.ports.telemetry.Counter;
import dev.ambit.ports.telemetry.FlowPath;
import dev.ambit.ports.telemetry.FlowTelemetry;
import dev.ambit.ports.telemetry.FlowTelemetry.FlowProgress;
import dev.ambit.ports.telemetry.Meter;
import dev.ambit.ports.transport.FlowDecisions;
import dev.ambit.ports.transport.Strain;
import dev.ambit.services.ztunnel.mesh.CurrentMesh;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The application's answer to every connection: a place within its workload's fair share, a plan from the current view
 * once that is in sync, telemetry, and an eye on those being carried, so that a change which comes later still ends what
 * it affects.
 */
public final class Flows implements FlowDecisions {
    private static final Logger LOG = LoggerFactory.getLogger(Flows.class);

    /** How long a connection may wait for its own pod's workload to arrive (Istio's ztunnel waits as long). */
    public static final Duration WORKLOAD_WAIT = Duration.ofSeconds(5);

    private final CurrentMesh mesh;
    private final OutboundPlanner outboundPlanner;
    private final HostLookups lookups;
    private final InboundPlanner inboundPlanner;
    private final FlowTelemetry telemetry;
    private final Meter meter;
    private final FairShares shares;
    private final Duration workloadWait;
    private final LiveFlows live;
    private final PacedEndings paced;

    /**
     * How plans are made.
     *
     * @param review judges outbound connections that are being carried
     * @param resolver knows the addresses of endpoints that have only a host name
     */
    public record Planning(
            OutboundPlanner outbound, InboundPlanner inbound, OutboundReview review, HostResolver resolver) {

        /** In a mesh whose endpoints have addresses. */
        public Planning(OutboundPlanner outbound, InboundPlanner inbound, OutboundReview review) {
            this(outbound, inbound, review, HostResolver.none());
        }
    }

    /**
     * How patient and how quick this is.
     *
     * @param workloadWait how long a connection may wait for its own pod's workload, usually {@link #WORKLOAD_WAIT}
     * @param endingsPerSecond connections ended each second because their route or an identity changed
     * @param nanos a clock that never goes back
     * @param scheduler ends connections; its owner shuts it down
     */
    public record Pace(
            Duration workloadWait, int endingsPerSecond, LongSupplier nanos, ScheduledExecutorService scheduler) {}

    /** Plans over the mesh as it is. */
    public Flows(
            CurrentMesh mesh, Planning planning, FairShares shares, FlowTelemetry telemetry, Meter meter, Pace pace) {
        this.mesh = mesh;
        this.outboundPlanner = planning.outbound();
        this.lookups = new HostLookups(planning.outbound(), planning.resolver(), meter);
        this.inboundPlanner = planning.inbound();
        this.telemetry = telemetry;
        this.meter = meter;
        this.shares = shares;
        this.workloadWait = pace.workloadWait();
        this.live = new LiveFlows(planning.inbound(), planning.review(), new LiveFlows.Endings() {
            @Override
            public void atOnce(TrackedFlow flow, RefusalReason reason) {
                end(flow, reason);
            }

            @Override
            public void paced(TrackedFlow flow) {
                queue(flow);
            }
        });
        this.paced = new PacedEndings(
                pace.endingsPerSecond(),
                pace.nanos(),
                pace.scheduler(),
                flow -> live.review(mesh.view(), flow),
                this::end);
        mesh.observeChanges(this::changed);
    }

    /** Shows each connection that is being carried, with the pod of this node; changes meanwhile may be missed. */
    public void forEachLive(BiConsumer<PodRef, FlowContext> action) {
        live.forEachOpen(action);
    }

    /** How many connections are being carried. */
    public int liveCount() {
        return live.openCount();
    }

    /** How many connections wait to be ended because their route or an identity changed. */
    public int endingCount() {
        return paced.waitingCount();
    }

    /** How many plans are remembered: those that were made and are not over. */
    int rememberedCount() {
        return live.rememberedCount();
    }

    /** How many live connections, or groups of equal ones, were judged since the start. */
    long reviewCount() {
        return live.reviewCount();
    }

    /**
     * Namespace and service account are what the node agent says of the pod; the trust domain is the control plane's to
     * name, in the pod's workload.
     */
    @Override
    public CompletionStage<SpiffeId> identity(PodRef pod) {
        return mesh.knowing(pod, workloadWait)
                .thenApply(view -> view.workloadOf(pod)
                        .map(workload ->
                                new SpiffeId(workload.identity().trustDomain(), pod.namespace(), pod.serviceAccount()))
                        .orElseThrow(
                                () -> new IllegalStateException(new RefusalReason.WorkloadUnknown(pod).message())));
    }

    @Override
    public CompletionStage<OutboundPlan> outbound(OutboundAttempt attempt) {
        Optional<RefusalReason> full = shares.admit(attempt.source());
        if (full.isPresent()) {
            return CompletableFuture.completedFuture(Refusals.outbound(mesh.view(), attempt, full.get()));
        }
        if (mesh.isSynced()) {
            MeshView view = mesh.view();
            OutboundDecision decision = outboundPlanner.decide(view, attempt);
            if (!awaitsWorkload(decision)) {
                return planned(view, attempt, decision);
            }
        }
        return mesh.knowing(attempt.source(), workloadWait)
                .thenCompose(view -> planned(
                        view,
                        attempt,
                        mesh.isSynced()
                                ? outboundPlanner.decide(view, attempt)
                                : new OutboundDecision.Planned(
                                        Refusals.outbound(view, attempt, new RefusalReason.NotSynced()))));
    }

    private static boolean awaitsWorkload(OutboundDecision decision) {
        return decision instanceof OutboundDecision.Planned(OutboundPlan.Refuse refusal)
                && refusal.reason() instanceof RefusalReason.WorkloadUnknown;
    }

    /** At once, but for an endpoint that has to be looked up; its connection keeps its place meanwhile. */
    private CompletionStage<OutboundPlan> planned(MeshView view, OutboundAttempt attempt, OutboundDecision decision) {
        return decision instanceof OutboundDecision.Planned(OutboundPlan plan)
                ? CompletableFuture.completedFuture(planned(view, attempt, plan))
                : lookups.plan(decision).thenApply(plan -> planned(view, attempt, plan));
    }

    private OutboundPlan planned(MeshView view, OutboundAttempt attempt, OutboundPlan plan) {
        if (plan instanceof OutboundPlan.Refuse) {
            shares.release(attempt.source());
        } else {
            live.planned(view, attempt, plan);
        }
        return plan;
    }

    @Override
    public CompletionStage<InboundPlan> inbound(InboundAttempt attempt) {
        PodRef pod = attempt.destination();
        Optional<RefusalReason> full = shares.admit(pod);
        if (full.isPresent()) {
            return CompletableFuture.completedFuture(Refusals.inbound(mesh.view(), attempt, full.get()));
        }
        if (mesh.isSynced()) {
            MeshView view = mesh.view();
            InboundPlan plan = inboundPlanner.plan(view, attempt);
            if (!awaitsWorkload(plan)) {
                return CompletableFuture.completedFuture(planned(view, attempt, plan));
            }
        }
        return mesh.knowing(pod, workloadWait)
                .thenApply(view -> planned(
                        view,
                        attempt,
                        mesh.isSynced()
                                ? inboundPlanner.plan(view, attempt)
                                : Refusals.inbound(view, attempt, new RefusalReason.NotSynced())));
    }

    private static boolean awaitsWorkload(InboundPlan plan) {
        return plan instanceof InboundPlan.Refuse refusal && refusal.reason() instanceof RefusalReason.WorkloadUnknown;
    }

    private InboundPlan planned(MeshView view, InboundAttempt attempt, InboundPlan plan) {
        if (plan instanceof InboundPlan.Refuse) {
            shares.release(attempt.destination());
        } else {
            live.planned(view, attempt, plan);
        }
        return plan;
    }

    @Override
    public void opened(LiveFlow flow) {
        live.opened(flow, () -> telemetry.opened(flow.context(), path(flow), flow), mesh::view);
    }

    /** A transport that cannot hand a connection over within the node carries out the tunnel instead. */
    private static FlowPath path(LiveFlow flow) {
        return flow.plan() instanceof Plan.Outbound outbound && outbound.plan() instanceof OutboundPlan.Local
                ? FlowPath.SAME_NODE
                : FlowPath.USUAL;
    }

    @Override
    public void closed(FlowReport report) {
        Optional<TrackedFlow> flow = live.closed(report.context());
        flow.ifPresent(tracked -> shares.release(tracked.pod()));
        // Refused by its plan, it counts as a connection that was opened and denied, as Istio counts it.
        flow.flatMap(TrackedFlow::counted)
                .orElseGet(() -> telemetry.opened(report.context(), FlowProgress.NONE))
                .closed(report);
    }

    @Override
    public void socketOpened(Reporter reporter) {
        telemetry.socketOpened(reporter);
    }

    @Override
    public void socketClosed(Reporter reporter) {
        telemetry.socketClosed(reporter);
    }

    @Override
    public void rejected(Reporter reporter, IpPort client, IpPort local, String error) {
        telemetry.rejected(reporter, client, local, error);
    }

    @Override
    public void strained(PodRef pod, Strain strain, String message) {
        meter.increment(Counter.TRANSPORT_STRAINS, strain.label());
        LOG.warn("the data plane is short of something\tpod={} of={} cause=\"{}\"", pod, strain.label(), message);
    }

    private void changed(MeshView view, List<MeshChange> changes) {
        live.changed(view, changes);
        int waiting = paced.waitingCount();
        if (waiting > 0) {
            LOG.info("connections end because their route or an identity changed\twaiting={}", waiting);
        }
    }

    private void queue(TrackedFlow flow) {
        paced.add(flow);
    }

    private void end(TrackedFlow flow, RefusalReason reason) {
        meter.increment(Counter.LIVE_FLOWS_ENDED, reason.word().label());
        flow.end(reason);
    }
}
