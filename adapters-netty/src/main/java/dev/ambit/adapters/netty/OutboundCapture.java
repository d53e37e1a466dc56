package dev.ambit.adapters.netty;

import dev.ambit.adapters.netty.http2.HboneStream;
import dev.ambit.adapters.netty.relay.SocketLeg;
import dev.ambit.adapters.netty.socket.OriginalDestination;
import dev.ambit.adapters.netty.socket.PodSockets;
import dev.ambit.domain.address.IpPort;
import dev.ambit.domain.flow.FlowContext;
import dev.ambit.domain.flow.OutboundAttempt;
import dev.ambit.domain.flow.OutboundPlan;
import dev.ambit.domain.flow.Reporter;
import dev.ambit.domain.flow.ResponseFlag;
import dev.ambit.ports.transport.FlowDecisions.Plan;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.util.Optional;

/** Port 15001: connections that the pod's application opens. */
final class OutboundCapture {
    private final PodConnections pod;

    OutboundCapture(PodConnections pod) {
        this.pod = pod;
    }

    void accept(SocketChannel connection) {
        InetSocketAddress remote = connection.remoteAddress();
        if (remote == null) {
            connection.close();
            return;
        }
        PodSockets.keepAlive(connection, pod.limits().sockets().keepalive());
        var application = new SocketLeg(connection);
        connection.pipeline().addLast(application.handler());
        carry(application, connection.eventLoop(), IpPort.of(remote), OriginalDestination.of(connection));
    }

    /** Asks for a plan for an application's connection, and carries it out. */
    void carry(SocketLeg application, EventLoop loop, IpPort client, IpPort destination) {
        pod.plan(
                loop,
                () -> pod.decisions().outbound(new OutboundAttempt(pod.pod().pod(), client, destination)),
                plan -> carryOut(plan, application, loop),
                error -> {
                    application.abort();
                    pod.rejected(Reporter.SOURCE, client, destination, "no plan: " + ErrorText.of(error));
                });
    }

    private void carryOut(OutboundPlan plan, SocketLeg application, EventLoop loop) {
        switch (plan) {
            case OutboundPlan.Refuse refuse -> {
                application.close();
                pod.refused(refuse.context(), refuse.reason());
            }
            case OutboundPlan.Passthrough passthrough ->
                dial(passthrough.destination(), open(passthrough, application, loop), loop);
            case OutboundPlan.Direct direct -> dial(direct.destination(), open(direct, application, loop), loop);
            case OutboundPlan.Tunnel tunnel -> tunnel(tunnel, application, loop);
            case OutboundPlan.Local local ->
                pod.neighbour(local.namespace(), local.pod())
                        .ifPresentOrElse(
                                destination -> hand(local, destination, application, loop),
                                () -> tunnel(local.tunnel(), application, loop));
            case OutboundPlan.DoubleTunnel twice -> {
                Flow flow = Flow.openUnannounced(twice.context(), new Plan.Outbound(twice), pod, loop, application);
                if (!flow.isOver()) {
                    pod.pool(loop).open(twice.outer(), new InnerTunnel(twice, flow, pod, loop));
                }
            }
        }
    }

    private void tunnel(OutboundPlan.Tunnel tunnel, SocketLeg application, EventLoop loop) {
        Flow flow = open(tunnel, application, loop);
        if (!flow.isOver()) {
            pod.pool(loop).open(tunnel, new TunnelRequest(flow));
        }
    }

    private void hand(OutboundPlan.Local local, PodConnections destination, SocketLeg application, EventLoop loop) {
        Flow flow = open(local, application, loop);
        if (!flow.isOver()) {
            new SameNode(local.tunnel(), pod, destination, application, flow).open();
        }
    }

    private Flow open(OutboundPlan plan, SocketLeg application, EventLoop loop) {
        FlowContext context = plan.context();
        return Flow.open(context, new Plan.Outbound(plan), pod, loop, application);
    }

    private void dial(IpPort target, Flow flow, EventLoop loop) {
        if (flow.isOver()) {
            return;
        }
        Future<SocketLeg> dialled = pod.sockets().dial(loop, target, Optional.empty());
        dialled.addListener(_ -> {
            if (dialled.isSuccess()) {
                pod.track(dialled.getNow().channel());
                flow.carry(dialled.getNow());
            } else {
                flow.fail(ResponseFlag.CONNECT, "cannot connect to " + target + ": " + ErrorText.of(dialled.cause()));
            }
        });
    }

    /** A flow that waits for a stream. */
    private record TunnelRequest(Flow flow) implements TunnelPool.Waiter {
        @Override
        public boolean isWanted() {
            return !flow.isOver();
        }

        @Override
        public void asked(HboneStream stream) {
            flow.reaching(stream);
        }

        @Override
        public void opened(HboneStream stream) {
            flow.carry(stream);
        }

        @Override
        public void failed(ResponseFlag flag, String message) {
            flow.fail(flag, message);
        }
    }
}
