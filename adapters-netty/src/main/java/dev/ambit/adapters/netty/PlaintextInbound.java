package dev.ambit.adapters.netty;

import dev.ambit.adapters.netty.relay.SocketLeg;
import dev.ambit.adapters.netty.socket.OriginalDestination;
import dev.ambit.adapters.netty.socket.PodSockets;
import dev.ambit.domain.address.IpPort;
import dev.ambit.domain.flow.InboundAttempt;
import dev.ambit.domain.flow.InboundPlan;
import dev.ambit.domain.flow.Reporter;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.SocketChannel;
import java.net.InetSocketAddress;

/** Port 15006: connections to the pod that came without a tunnel. */
final class PlaintextInbound {
    private final PodConnections pod;
    private final InboundForward forward;

    PlaintextInbound(PodConnections pod) {
        this.pod = pod;
        this.forward = new InboundForward(pod);
    }

    void accept(SocketChannel connection) {
        InetSocketAddress remote = connection.remoteAddress();
        if (remote == null) {
            connection.close();
            return;
        }
        PodSockets.keepAlive(connection, pod.limits().sockets().keepalive());
        var caller = new SocketLeg(connection);
        connection.pipeline().addLast(caller.handler());
        EventLoop loop = connection.eventLoop();
        IpPort client = IpPort.of(remote);
        IpPort original = OriginalDestination.of(connection);
        pod.plan(
                loop,
                () -> pod.decisions()
                        .inbound(new InboundAttempt.Plaintext(pod.pod().pod(), client, original)),
                plan -> carryOut(plan, caller, loop),
                error -> {
                    caller.abort();
                    pod.rejected(Reporter.DESTINATION, client, original, "no plan: " + ErrorText.of(error));
                });
    }

    private void carryOut(InboundPlan plan, SocketLeg caller, EventLoop loop) {
        switch (plan) {
            case InboundPlan.Refuse refuse -> {
                caller.close();
                pod.refused(refuse.context(), refuse.reason());
            }
            case InboundPlan.Forward let -> forward.start(let, caller, loop, () -> {}, () -> {});
        }
    }
}
