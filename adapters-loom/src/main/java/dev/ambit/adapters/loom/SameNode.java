package dev.ambit.adapters.loom;

import dev.ambit.adapters.loom.pod.Flow;
import dev.ambit.adapters.loom.pod.InboundForward;
import dev.ambit.adapters.loom.pod.Pod;
import dev.ambit.adapters.loom.socket.SocketDuplex;
import dev.ambit.adapters.loom.stream.Duplex;
import dev.ambit.adapters.loom.stream.ErrorText;
import dev.ambit.adapters.loom.tls.TlsEngines;
import dev.ambit.domain.address.IpPort;
import dev.ambit.domain.flow.InboundAttempt;
import dev.ambit.domain.flow.InboundPlan;
import dev.ambit.domain.flow.OutboundPlan;
import dev.ambit.domain.flow.RefusalReason;
import dev.ambit.domain.flow.Reporter;
import dev.ambit.domain.flow.ResponseFlag;
import dev.ambit.domain.workload.PodRef;
import dev.ambit.ports.credentials.WorkloadCertificate;
import dev.ambit.ports.transport.FlowDecisions.Plan;
import dev.ambit.ports.transport.TunnelWatch;
import dev.ambit.ports.trust.PeerRefused;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A connection between two pods of this process, without the tunnel that its plan stands for. First everything that a
 * tunnel would have proved: that both ends hold certificates which the other accepts, now, and that the address belongs to
 * the pod. Then the destination is asked as if a CONNECT had come, and one relay carries what are two flows.
 */
final class SameNode {
    private static final int UNREACHABLE = 503;

    private final OutboundPlan.Tunnel tunnel;
    private final Pod source;
    private final Pod destination;
    private final TlsEngines engines;
    private final Duplex application;
    private final Flow flow;

    SameNode(
            OutboundPlan.Tunnel tunnel,
            Pod source,
            Pod destination,
            TlsEngines engines,
            Duplex application,
            Flow flow) {
        this.tunnel = tunnel;
        this.source = source;
        this.destination = destination;
        this.engines = engines;
        this.application = application;
        this.flow = flow;
    }

    /** What keeps the two apart. */
    private static final class Apart extends Exception {
        private static final long serialVersionUID = 1;

        private final ResponseFlag flag;

        Apart(ResponseFlag flag, String message) {
            super(message);
            this.flag = flag;
        }
    }

    /** Carries until the connection is over. */
    void carry() {
        try {
            WorkloadCertificate own = own();
            WorkloadCertificate theirs = theirs();
            prove(own, theirs);
            join(plan(), own, theirs);
        } catch (Apart apart) {
            flow.fail(apart.flag, String.valueOf(apart.getMessage()));
        }
    }

    private WorkloadCertificate own() throws Apart {
        try {
            return source.ask(() -> source.security().credentials().certificate(tunnel.source()));
        } catch (RuntimeException missing) {
            throw new Apart(
                    ResponseFlag.IDENTITY_ERROR,
                    "no certificate for " + tunnel.source() + ": " + ErrorText.of(missing));
        }
    }

    private WorkloadCertificate theirs() throws Apart {
        try {
            return destination.certificate();
        } catch (RuntimeException missing) {
            throw untrusted(ResponseFlag.TLS_FAILURE, ErrorText.of(missing));
        }
    }

    private void prove(WorkloadCertificate own, WorkloadCertificate theirs) throws Apart {
        try {
            engines.prove(own, theirs, tunnel.expected());
        } catch (IOException | GeneralSecurityException | RuntimeException failure) {
            Optional<PeerRefused> refused = PeerRefused.in(failure);
            refused.flatMap(PeerRefused::revoked)
                    .ifPresent(revoked -> source.security().tunnels().refused(Reporter.SOURCE, revoked));
            throw untrusted(refused.map(PeerRefused::flag).orElse(ResponseFlag.TLS_FAILURE), ErrorText.of(failure));
        }
        if (!owns()) {
            throw new Apart(
                    ResponseFlag.CONNECT,
                    "cannot connect to " + tunnel.hop() + ": not an address of pod " + destination.ref());
        }
    }

    private Apart untrusted(ResponseFlag flag, String error) {
        destination.rejected(Reporter.DESTINATION, client(), tunnel.hop(), "TLS: " + error);
        return new Apart(flag, "TLS handshake with " + tunnel.hop() + " failed: " + error);
    }

    private boolean owns() {
        try {
            return destination.sockets().owns(tunnel.hop().ip());
        } catch (IOException | RuntimeException unknown) {
            return false;
        }
    }

    private InboundPlan.Forward plan() throws Apart {
        var attempt = new InboundAttempt.Hbone(
                destination.ref(), client(), tunnel.hop(), tunnel.source(), tunnel.authority(), tunnel.headers());
        InboundPlan plan;
        try {
            plan = destination.plan(() -> destination.decisions().inbound(attempt));
        } catch (RuntimeException noPlan) {
            destination.rejected(Reporter.DESTINATION, client(), tunnel.hop(), "no plan: " + ErrorText.of(noPlan));
            throw refused(UNREACHABLE);
        }
        return switch (plan) {
            case InboundPlan.Forward let -> let;
            case InboundPlan.Refuse refuse -> {
                destination.refused(refuse.context(), refuse.reason());
                throw refused(refuse.reason().hboneStatus());
            }
        };
    }

    private static Apart refused(int status) {
        return new Apart(ResponseFlag.CONNECT, "http status: " + status);
    }

    /** What a tunnel would have proved may cease to hold, too; nothing more can come onto this one. */
    private void join(InboundPlan.Forward let, WorkloadCertificate own, WorkloadCertificate theirs) throws Apart {
        Flow theirFlow = destination.open(let.context(), new Plan.Inbound(let), application);
        Consumer<RefusalReason> end = reason -> {
            theirFlow.end(reason);
            flow.end(reason);
        };
        var near = new Joined(Reporter.SOURCE, source.ref(), tunnel.hop(), own, theirs.chain(), end);
        var far = new Joined(Reporter.DESTINATION, destination.ref(), client(), theirs, own.chain(), end);
        source.security().tunnels().opened(near);
        destination.security().tunnels().opened(far);
        try {
            SocketDuplex reached = new InboundForward(destination)
                    .reach(let, theirFlow, InboundForward.Answer.NONE)
                    .orElseThrow(() -> refused(UNREACHABLE));
            flow.carryWith(theirFlow, reached);
        } finally {
            source.security().tunnels().closed(near);
            destination.security().tunnels().closed(far);
        }
    }

    private IpPort client() {
        return tunnel.context().client();
    }

    /** One end of the connection as whoever watches tunnels sees it. Compared by instance. */
    private static final class Joined implements TunnelWatch.LiveTunnel {
        private final Reporter reporter;
        private final PodRef pod;
        private final IpPort peer;
        private final WorkloadCertificate own;
        private final List<X509Certificate> peerChain;
        private final Consumer<RefusalReason> end;

        Joined(
                Reporter reporter,
                PodRef pod,
                IpPort peer,
                WorkloadCertificate own,
                List<X509Certificate> peerChain,
                Consumer<RefusalReason> end) {
            this.reporter = reporter;
            this.pod = pod;
            this.peer = peer;
            this.own = own;
            this.peerChain = peerChain;
            this.end = end;
        }

        @Override
        public Reporter reporter() {
            return reporter;
        }

        @Override
        public PodRef pod() {
            return pod;
        }

        @Override
        public IpPort peer() {
            return peer;
        }

        @Override
        public WorkloadCertificate own() {
            return own;
        }

        @Override
        public List<X509Certificate> peerChain() {
            return peerChain;
        }

        @Override
        public void end(RefusalReason reason) {
            end.accept(reason);
        }

        @Override
        public void drain() {
            // It ends after its last connection, which is its only one.
        }
    }
}
