package dev.ambit.adapters.netty;

import dev.ambit.adapters.netty.relay.LocalLeg;
import dev.ambit.adapters.netty.relay.SocketLeg;
import dev.ambit.adapters.netty.tls.HandshakeFailure;
import dev.ambit.domain.address.IpPort;
import dev.ambit.domain.flow.InboundAttempt;
import dev.ambit.domain.flow.InboundPlan;
import dev.ambit.domain.flow.OutboundPlan;
import dev.ambit.domain.flow.RefusalReason;
import dev.ambit.domain.flow.Reporter;
import dev.ambit.domain.flow.ResponseFlag;
import dev.ambit.ports.credentials.WorkloadCertificate;
import io.netty.channel.EventLoop;
import java.security.GeneralSecurityException;
import java.util.function.Consumer;
import javax.net.ssl.SSLException;

/**
 * A connection between two pods of this process, without the tunnel that its plan stands for. First everything that a
 * tunnel would have proved: that both ends hold certificates which the other accepts, now, and that the address belongs to
 * the pod. Then the destination is asked as if a CONNECT had come, and two relays are joined where a stream would have
 * been.
 */
final class SameNode {
    private static final int UNREACHABLE = 503;

    private final OutboundPlan.Tunnel tunnel;
    private final PodConnections source;
    private final PodConnections destination;
    private final SocketLeg application;
    private final Flow flow;
    private final EventLoop loop;

    SameNode(
            OutboundPlan.Tunnel tunnel,
            PodConnections source,
            PodConnections destination,
            SocketLeg application,
            Flow flow) {
        this.tunnel = tunnel;
        this.source = source;
        this.destination = destination;
        this.application = application;
        this.flow = flow;
        this.loop = application.channel().eventLoop();
    }

    void open() {
        Answers.ask(
                loop,
                () -> source.credentials().certificate(tunnel.source()),
                this::askDestination,
                error -> flow.fail(
                        ResponseFlag.IDENTITY_ERROR,
                        "no certificate for " + tunnel.source() + ": " + ErrorText.of(error)));
    }

    private void askDestination(WorkloadCertificate own) {
        Answers.ask(
                loop,
                destination::certificate,
                theirs -> prove(own, theirs),
                error -> untrusted(ResponseFlag.TLS_FAILURE, ErrorText.of(error)));
    }

    private void prove(WorkloadCertificate own, WorkloadCertificate theirs) {
        if (flow.isOver()) {
            return;
        }
        try {
            source.tls().prove(own, theirs, tunnel.expected());
        } catch (SSLException | GeneralSecurityException | RuntimeException refused) {
            HandshakeFailure meaning = HandshakeFailure.of(refused);
            meaning.revoked().ifPresent(revoked -> source.security().tunnels().refused(Reporter.SOURCE, revoked));
            untrusted(meaning.flag(), ErrorText.of(refused));
            return;
        }
        if (!destination.sockets().owns(tunnel.hop().ip())) {
            flow.fail(
                    ResponseFlag.CONNECT,
                    "cannot connect to " + tunnel.hop() + ": not an address of pod "
                            + destination.pod().pod());
            return;
        }
        ask(own, theirs);
    }

    private void untrusted(ResponseFlag flag, String error) {
        destination.rejected(Reporter.DESTINATION, client(), tunnel.hop(), "TLS: " + error);
        flow.fail(flag, "TLS handshake with " + tunnel.hop() + " failed: " + error);
    }

    private void ask(WorkloadCertificate own, WorkloadCertificate theirs) {
        var attempt = new InboundAttempt.Hbone(
                destination.pod().pod(), client(), tunnel.hop(), tunnel.source(), tunnel.authority(), tunnel.headers());
        destination.plan(
                loop, () -> destination.decisions().inbound(attempt), plan -> carryOut(plan, own, theirs), error -> {
                    destination.rejected(
                            Reporter.DESTINATION, client(), tunnel.hop(), "no plan: " + ErrorText.of(error));
                    refused(UNREACHABLE);
                });
    }

    private void carryOut(InboundPlan plan, WorkloadCertificate own, WorkloadCertificate theirs) {
        switch (plan) {
            case InboundPlan.Refuse refuse -> {
                destination.refused(refuse.context(), refuse.reason());
                refused(refuse.reason().hboneStatus());
            }
            case InboundPlan.Forward let -> {
                LocalLeg near = LocalLeg.pair(application.channel().alloc());
                // Whatever ends one flow ends the other, as the loss of a stream does.
                if (flow.isOver()) {
                    near.abort();
                } else {
                    flow.reaching(near);
                    show(source, Reporter.SOURCE, tunnel.hop(), own, theirs, near);
                    show(destination, Reporter.DESTINATION, client(), theirs, own, near);
                }
                new InboundForward(destination).start(let, near.other(), loop, () -> flow.carry(near), () -> {
                    near.part();
                    refused(UNREACHABLE);
                });
            }
        }
    }

    /** What a tunnel would have proved may cease to hold, too; nothing more can come onto this one. */
    private void show(
            PodConnections pod,
            Reporter reporter,
            IpPort peer,
            WorkloadCertificate own,
            WorkloadCertificate theirs,
            LocalLeg near) {
        Consumer<RefusalReason> end = reason -> {
            near.endsFor(reason);
            flow.end(reason);
        };
        NettyTunnel.show(pod, reporter, application.channel(), peer, own, theirs.chain(), end, () -> {});
    }

    private void refused(int status) {
        flow.fail(ResponseFlag.CONNECT, "http status: " + status);
    }

    private IpPort client() {
        return tunnel.context().client();
    }
}
