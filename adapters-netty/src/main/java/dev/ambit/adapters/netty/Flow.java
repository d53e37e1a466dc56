package dev.ambit.adapters.netty;

import dev.ambit.adapters.netty.http2.HboneStream;
import dev.ambit.adapters.netty.relay.Leg;
import dev.ambit.adapters.netty.relay.Relay;
import dev.ambit.domain.flow.FlowContext;
import dev.ambit.domain.flow.FlowOutcome;
import dev.ambit.domain.flow.FlowReport;
import dev.ambit.domain.flow.RefusalReason;
import dev.ambit.domain.flow.ResponseFlag;
import dev.ambit.domain.flow.Superseded;
import dev.ambit.ports.transport.FlowDecisions;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A plan being carried out: reported as opened when made, and as closed exactly once. Lives on one event loop. */
final class Flow implements FlowDecisions.LiveFlow {
    private volatile FlowContext context;
    private final FlowDecisions.Plan plan;
    private final PodConnections pod;
    private final EventLoop loop;
    private final Leg initiator;
    private final long startNanos = System.nanoTime();
    private @Nullable Leg responder;
    private volatile @Nullable Relay relay;
    private @Nullable FlowOutcome ending;
    private boolean announced;
    private boolean over;

    private Flow(FlowContext context, FlowDecisions.Plan plan, PodConnections pod, EventLoop loop, Leg initiator) {
        this.context = context;
        this.plan = plan;
        this.pod = pod;
        this.loop = loop;
        this.initiator = initiator;
    }

    static Flow open(FlowContext context, FlowDecisions.Plan plan, PodConnections pod, EventLoop loop, Leg initiator) {
        var flow = new Flow(context, plan, pod, loop, initiator);
        flow.begin(true);
        return flow;
    }

    /** A flow whose destination is not known yet: it is reported as opened once it is, or when it fails. */
    static Flow openUnannounced(
            FlowContext context, FlowDecisions.Plan plan, PodConnections pod, EventLoop loop, Leg initiator) {
        var flow = new Flow(context, plan, pod, loop, initiator);
        flow.begin(false);
        return flow;
    }

    private void begin(boolean known) {
        announced = known;
        pod.opened(this, known);
        initiator.whenLost(() -> fail(ResponseFlag.NONE, "the caller went away before its connection was established"));
    }

    /** Who answers is known now. */
    void reached(FlowContext known) {
        context = known;
        announce();
    }

    private void announce() {
        if (!announced) {
            announced = true;
            pod.announce(this);
        }
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

    boolean isOver() {
        return over;
    }

    /** What to give up should the flow end before it is carried. */
    void reaching(Leg leg) {
        responder = leg;
    }

    /** Both ends are there. */
    void carry(Leg reached) {
        if (over) {
            reached.abort();
            return;
        }
        responder = reached;
        relay = Relay.join(initiator, reached, this::carried, pod.buffers());
    }

    private void carried(long received, long sent, String error) {
        FlowOutcome outcome = ending;
        if (outcome == null) {
            outcome = endedFor()
                    .<FlowOutcome>map(FlowOutcome.Refused::new)
                    .orElseGet(() -> error.isEmpty()
                            ? new FlowOutcome.Completed()
                            : new FlowOutcome.Failed(ResponseFlag.CONNECT, error));
        }
        finish(received, sent, outcome);
    }

    /** The responder cannot be reached. */
    void fail(ResponseFlag flag, String message) {
        stop(endedFor()
                .<FlowOutcome>map(FlowOutcome.Refused::new)
                .orElseGet(() -> new FlowOutcome.Failed(flag, message)));
    }

    /** A tunnel that was ended on purpose says why; the rest is the world's failure. */
    private Optional<RefusalReason> endedFor() {
        Optional<RefusalReason> reason = initiator.endedFor();
        return reason.isEmpty() && responder != null ? responder.endedFor() : reason;
    }

    /** As {@link #fail}; a flow that is carried is left to its legs, which know better what ended them. */
    void failUnlessCarried(ResponseFlag flag, String message) {
        if (relay == null) {
            fail(flag, message);
        }
    }

    @Override
    public void end(RefusalReason reason) {
        Answers.on(loop, () -> {
            if (reason instanceof Superseded && responder instanceof HboneStream stream) {
                stream.leaveTunnel();
            }
            stop(new FlowOutcome.Refused(reason));
        });
    }

    private void stop(FlowOutcome outcome) {
        if (over || ending != null) {
            return;
        }
        ending = outcome;
        Relay joined = relay;
        if (joined != null) {
            joined.abort();
            return;
        }
        initiator.abort();
        if (responder != null) {
            responder.abort();
        }
        finish(0, 0, outcome);
    }

    private void finish(long received, long sent, FlowOutcome outcome) {
        if (over) {
            return;
        }
        over = true;
        announce();
        var duration = Duration.ofNanos(System.nanoTime() - startNanos);
        pod.closed(this, new FlowReport(context, received, sent, duration, outcome));
    }
}
