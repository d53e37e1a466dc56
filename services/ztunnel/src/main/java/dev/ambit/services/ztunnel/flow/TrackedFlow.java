package dev.ambit.services.ztunnel.flow;

import dev.ambit.domain.flow.OutboundBasis;
import dev.ambit.domain.flow.RefusalReason;
import dev.ambit.domain.policy.ConnectionFacts;
import dev.ambit.domain.view.MeshView;
import dev.ambit.domain.workload.PodRef;
import dev.ambit.ports.telemetry.FlowTelemetry.OpenFlow;
import dev.ambit.ports.transport.FlowDecisions.LiveFlow;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** A plan that was made and is not over: being carried since {@link #opened}. */
final class TrackedFlow {
    private final PodRef pod;
    private final Rests rests;
    private final AtomicBoolean queued = new AtomicBoolean();
    private MeshView plannedOn;
    private volatile @Nullable LiveFlow live;
    private @Nullable OpenFlow counted;
    private volatile boolean over;

    /** What the plan rests on. */
    sealed interface Rests {
        record OnFacts(ConnectionFacts facts) implements Rests {}

        record OnBasis(OutboundBasis basis) implements Rests {}

        /** The mesh knows nothing about either end. */
        record OnNothing() implements Rests {}
    }

    TrackedFlow(PodRef pod, Rests rests, MeshView plannedOn) {
        this.pod = pod;
        this.rests = rests;
        this.plannedOn = plannedOn;
    }

    PodRef pod() {
        return pod;
    }

    Rests rests() {
        return rests;
    }

    boolean isOpen() {
        return live != null;
    }

    boolean isOver() {
        return over;
    }

    void over() {
        over = true;
    }

    /** Returns the view that the plan was made from, which is not kept any longer. */
    MeshView opened(LiveFlow flow, OpenFlow telemetry) {
        MeshView from = plannedOn;
        // A view that nobody needs any more must not live as long as its longest connection.
        plannedOn = MeshView.EMPTY;
        counted = telemetry;
        live = flow;
        return from;
    }

    /** The connection in metrics and log, since it was {@link #opened}. */
    Optional<OpenFlow> counted() {
        return live == null ? Optional.empty() : Optional.ofNullable(counted);
    }

    /** Takes a place in the queue of those to be ended; false if it has one. */
    boolean queue() {
        return queued.compareAndSet(false, true);
    }

    void unqueue() {
        queued.set(false);
    }

    void end(RefusalReason reason) {
        LiveFlow flow = live;
        if (flow != null) {
            flow.end(reason);
        }
    }
}
