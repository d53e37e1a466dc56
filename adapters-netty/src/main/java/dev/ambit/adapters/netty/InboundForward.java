package dev.ambit.adapters.netty;

import dev.ambit.adapters.netty.relay.Leg;
import dev.ambit.adapters.netty.relay.SocketLeg;
import dev.ambit.domain.flow.InboundPlan;
import dev.ambit.domain.flow.ResponseFlag;
import dev.ambit.ports.transport.FlowDecisions.Plan;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.concurrent.Future;

/** Carries out an inbound plan that lets the connection in, however it arrived. */
final class InboundForward {
    private final PodConnections pod;

    InboundForward(PodConnections pod) {
        this.pod = pod;
    }

    /**
     * Connects the caller to the application.
     *
     * @param reached runs before bytes flow
     * @param unreachable runs when the application cannot be connected to
     */
    void start(InboundPlan.Forward plan, Leg caller, EventLoop loop, Runnable reached, Runnable unreachable) {
        Flow flow = Flow.open(plan.context(), new Plan.Inbound(plan), pod, loop, caller);
        if (flow.isOver()) {
            return;
        }
        Future<SocketLeg> dialled =
                pod.sockets().dial(loop, plan.destination(), plan.origin().preserved());
        dialled.addListener(_ -> {
            if (!dialled.isSuccess()) {
                if (!flow.isOver()) {
                    unreachable.run();
                }
                flow.fail(
                        ResponseFlag.CONNECT,
                        "cannot connect to the application at " + plan.destination() + ": "
                                + ErrorText.of(dialled.cause()));
                return;
            }
            SocketChannel application = dialled.getNow().channel();
            pod.track(application);
            // Before anything else is written, and not counted as the caller's.
            plan.header().ifPresent(header -> application.writeAndFlush(Unpooled.wrappedBuffer(header.encode())));
            if (!flow.isOver()) {
                reached.run();
            }
            flow.carry(dialled.getNow());
        });
    }
}
