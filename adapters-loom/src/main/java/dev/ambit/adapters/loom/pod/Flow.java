package dev.ambit.adapters.loom.pod;

import dev.ambit.adapters.loom.stream.Duplex;
import dev.ambit.adapters.loom.stream.Relay;
import dev.ambit.domain.flow.FlowContext;
import dev.ambit.domain.flow.FlowOutcome;
import dev.ambit.domain.flow.FlowReport;
import dev.ambit.domain.flow.RefusalReason;
import dev.ambit.domain.flow.ResponseFlag;
import dev.ambit.domain.flow.Superseded;
import dev.ambit.ports.transport.FlowDecisions;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A plan being carried out, by one thread that ends with {@link #carry} or {@link #fail}: that reports it as closed. Any
 * thread may {@link #end} it, which that thread then notices.
 */
public final class Flow implements FlowDecisions.LiveFlow {
    private volatile FlowContext context;
    private final FlowDecisions.Plan plan;
    private final Pod pod;
    private final Duplex initiator;
    private final AtomicBoolean announced = new AtomicBoolean();
    private final long startNanos = System.nanoTime();
    private final AtomicReference<@Nullable RefusalReason> ending = new AtomicReference<>();
    private volatile @Nullable Duplex responder;
    private volatile @Nullable Relay relay;

    Flow(FlowContext context, FlowDecisions.Plan plan, Pod pod, Duplex initiator) {
        this.context = context;
        this.plan = plan;
        this.pod = pod;
        this.initiator = initiator;
    }

    @Override
    public FlowContext context() {
        return context;
    }

    @Override
    public FlowDecisions.Plan plan() {
        return plan;
    }

    @Override
    public long received() {
        Relay joined = relay;
        return joined == null ? 0 : joined.received();
    }

    @Override
    public long sent() {
        Relay joined = relay;
        return joined == null ? 0 : joined.sent();
    }

    /** Who answers is known: the application hears of the flow now, if it has not. */
    public void reached(FlowContext known) {
        if (announced.compareAndSet(false, true)) {
            context = known;
            pod.decisions().opened(this);
        }
    }

    /** Whether it was {@link #end}ed: nothing that it would still wait for is of use. */
    public boolean isEnded() {
        return ending.get() != null;
    }

    /** What to give up should the flow end before it is carried. */
    public void reaching(Duplex leg) {
        responder = leg;
        if (isEnded()) {
            leg.abort();
        }
    }

    /** Both ends are there: carries until both directions are done. */
    public void carry(Duplex reached) {
        reaching(reached);
        var joined = new Relay(initiator, reached, pod.buffers(), pod.pool());
        relay = joined;
        finish(outcome(joined.carry()));
    }

    /** As {@link #carry}, for the other pod's flow too where both are one connection. */
    public void carryWith(Flow other, Duplex reached) {
        reaching(reached);
        other.reaching(reached);
        var joined = new Relay(initiator, reached, pod.buffers(), pod.pool());
        other.relay = joined;
        relay = joined;
        String error = joined.carry();
        other.finish(outcome(error));
        finish(outcome(error));
    }

    private static FlowOutcome outcome(String error) {
        return error.isEmpty() ? new FlowOutcome.Completed() : new FlowOutcome.Failed(ResponseFlag.CONNECT, error);
    }

    /** The responder cannot be reached. */
    public void fail(ResponseFlag flag, String message) {
        abort();
        finish(new FlowOutcome.Failed(flag, message));
    }

    @Override
    public void end(RefusalReason reason) {
        if (ending.compareAndSet(null, reason)) {
            Duplex reached = responder;
            if (reason instanceof Superseded && reached != null) {
                reached.leaveWay();
            }
            abort();
        }
    }

    private void abort() {
        initiator.abort();
        Duplex reached = responder;
        if (reached != null) {
            reached.abort();
        }
    }

    /** A flow or a tunnel that was ended on purpose says why; the rest is the world's failure. */
    private void finish(FlowOutcome otherwise) {
        reached(context);
        FlowOutcome outcome = Optional.ofNullable(ending.get())
                .or(initiator::endedFor)
                .or(() -> Optional.ofNullable(responder).flatMap(Duplex::endedFor))
                .<FlowOutcome>map(FlowOutcome.Refused::new)
                .orElse(otherwise);
        var duration = Duration.ofNanos(System.nanoTime() - startNanos);
        pod.over(this, new FlowReport(context, received(), sent(), duration, outcome));
    }
}
