package dev.ambit.adapters.loom.pod;

import dev.ambit.adapters.loom.socket.SocketDuplex;
import dev.ambit.adapters.loom.stream.Duplex;
import dev.ambit.adapters.loom.stream.ErrorText;
import dev.ambit.domain.flow.InboundPlan;
import dev.ambit.domain.flow.ResponseFlag;
import dev.ambit.ports.transport.FlowDecisions.Plan;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;

/** Carries out an inbound plan that lets the connection in, however it arrived. */
public final class InboundForward {
    private final Pod pod;

    /** For connections to this pod. */
    public InboundForward(Pod pod) {
        this.pod = pod;
    }

    /** What the caller is told before bytes flow, if there is a way to tell it. */
    public interface Answer {
        /** Tells nothing: on a plain connection there is nothing to say. */
        Answer NONE = new Answer() {
            @Override
            public void reached() {
                // The application's bytes say it.
            }

            @Override
            public void unreachable() {
                // The end of the connection says it.
            }
        };

        /** The application is there. */
        void reached() throws IOException;

        /** The application cannot be connected to. */
        void unreachable();
    }

    /** Connects the caller to the application, and carries until both are done. */
    public void carry(InboundPlan.Forward plan, Duplex caller, Answer answer) {
        Flow flow = pod.open(plan.context(), new Plan.Inbound(plan), caller);
        reach(plan, flow, answer).ifPresent(flow::carry);
    }

    /** Connects to the application; empty when that failed, and with it the flow. */
    public Optional<SocketDuplex> reach(InboundPlan.Forward plan, Flow flow, Answer answer) {
        SocketDuplex application;
        try {
            application = pod.sockets().dial(plan.destination(), plan.origin().preserved(), flow::reaching);
        } catch (IOException | RuntimeException failed) {
            if (!flow.isEnded()) {
                answer.unreachable();
            }
            flow.fail(
                    ResponseFlag.CONNECT,
                    "cannot connect to the application at " + plan.destination() + ": " + ErrorText.of(failed));
            return Optional.empty();
        }
        try {
            if (plan.header().isPresent()) {
                // Before anything else is written, and not counted as the caller's.
                application.write(ByteBuffer.wrap(plan.header().get().encode()));
            }
            answer.reached();
            return Optional.of(application);
        } catch (IOException | RuntimeException gone) {
            application.abort();
            flow.fail(ResponseFlag.CONNECT, "the connection ended as it was established: " + ErrorText.of(gone));
            return Optional.empty();
        }
    }
}
