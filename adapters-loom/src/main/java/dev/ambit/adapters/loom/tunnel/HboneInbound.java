package dev.ambit.adapters.loom.tunnel;

import dev.ambit.adapters.loom.http2.HboneStream;
import dev.ambit.adapters.loom.http2.ServerSession;
import dev.ambit.adapters.loom.pod.InboundForward;
import dev.ambit.adapters.loom.pod.Pod;
import dev.ambit.adapters.loom.socket.SocketDuplex;
import dev.ambit.adapters.loom.stream.Deadline;
import dev.ambit.adapters.loom.stream.ErrorText;
import dev.ambit.adapters.loom.tls.TlsEngines;
import dev.ambit.adapters.loom.tls.TlsWire;
import dev.ambit.domain.address.IpPort;
import dev.ambit.domain.flow.InboundAttempt;
import dev.ambit.domain.flow.InboundPlan;
import dev.ambit.domain.flow.RefusalReason;
import dev.ambit.domain.flow.Reporter;
import dev.ambit.domain.http2.ConnectRequest;
import dev.ambit.domain.identity.SpiffeId;
import dev.ambit.ports.credentials.WorkloadCertificate;
import dev.ambit.ports.trust.PeerIdentities;
import dev.ambit.ports.trust.PeerRefused;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

/** Port 15008: tunnels from other proxies. */
public final class HboneInbound {
    private static final int UNREACHABLE = 503;

    private final Pod pod;
    private final TlsEngines engines;
    private final InboundForward forward;
    private final Handshakes handshakes = new Handshakes();
    private final Set<ServerSession> sessions = ConcurrentHashMap.newKeySet();
    private volatile boolean leaving;

    /** Tunnels to this pod. */
    public HboneInbound(Pod pod, TlsEngines engines) {
        this.pod = pod;
        this.engines = engines;
        this.forward = new InboundForward(pod);
    }

    /** Carries a tunnel from its first byte to its last. */
    public void carry(SocketDuplex caller) throws IOException {
        new Connection(caller, caller.remote(), caller.local()).carry();
    }

    /** Tells every tunnel to take no more streams; each ends after its last one. */
    public void drain() {
        leaving = true;
        sessions.forEach(ServerSession::drain);
    }

    /** One tunnel. */
    private final class Connection implements Handshakes.Party {
        private final SocketDuplex caller;
        private final IpPort client;
        private final IpPort local;
        private final AtomicBoolean rejected = new AtomicBoolean();

        Connection(SocketDuplex caller, IpPort client, IpPort local) {
            this.caller = caller;
            this.client = client;
            this.local = local;
        }

        void carry() {
            if (!handshakes.begin(this)) {
                reject("more than " + Handshakes.MAX + " TLS handshakes under way");
                return;
            }
            WorkloadCertificate own;
            TlsWire wire;
            try (var _ = Deadline.after(pod.limits().handshakeTimeout(), this::tooLate)) {
                own = pod.certificate();
                wire = new TlsWire(caller, engines.server(own));
                wire.hello();
                handshakes.heard(this);
                wire.handshake();
            } catch (IOException untrusted) {
                PeerRefused.in(untrusted)
                        .flatMap(PeerRefused::revoked)
                        .filter(_ -> !rejected.get())
                        .ifPresent(revoked -> pod.security().tunnels().refused(Reporter.DESTINATION, revoked));
                reject("TLS: " + ErrorText.of(untrusted));
                return;
            } catch (RuntimeException unusable) {
                reject(ErrorText.of(unusable));
                return;
            } finally {
                handshakes.end(this);
            }
            serve(wire, own);
        }

        private void tooLate() {
            reject("no TLS handshake within " + pod.limits().handshakeTimeout());
        }

        @Override
        public void evict() {
            reject("TLS handshake makes no progress and " + Handshakes.MAX + " are under way, room is made for others");
        }

        private void serve(TlsWire wire, WorkloadCertificate own) {
            List<X509Certificate> chain = wire.peerChain();
            Optional<SpiffeId> peer = chain.stream()
                    .limit(1)
                    .flatMap(leaf -> PeerIdentities.all(leaf).stream())
                    .findFirst();
            if (peer.isEmpty()) {
                reject("client certificate has no SPIFFE identity");
                return;
            }
            var session = new ServerSession(
                    wire, pod.limits(), pod.buffers(), (stream, request) -> request(stream, request, peer.get()));
            sessions.add(session);
            if (leaving) {
                session.drain();
            }
            var tunnel = new WatchedTunnel(Reporter.DESTINATION, pod.ref(), client, own, chain, session);
            String error = tunnel.run(pod.security().tunnels());
            sessions.remove(session);
            if (!error.isEmpty()) {
                reject((session.hasTlsFailed() ? "TLS: " : "HTTP/2: ") + error);
            }
        }

        /** One stream, on a thread of its own, until it is over. */
        private void request(HboneStream stream, ConnectRequest request, SpiffeId peer) {
            Optional<RefusalReason.MalformedRequest> fault = request.fault();
            if (fault.isPresent()) {
                stream.refuse(fault.get().hboneStatus());
                pod.rejected(Reporter.DESTINATION, client, local, fault.get().message());
                return;
            }
            var attempt =
                    new InboundAttempt.Hbone(pod.ref(), client, local, peer, request.authority(), request.headers());
            InboundPlan plan;
            try {
                plan = pod.plan(() -> pod.decisions().inbound(attempt));
            } catch (RuntimeException noPlan) {
                stream.refuse(UNREACHABLE);
                pod.rejected(Reporter.DESTINATION, client, local, "no plan: " + ErrorText.of(noPlan));
                return;
            }
            switch (plan) {
                case InboundPlan.Refuse refuse -> {
                    stream.refuse(refuse.reason().hboneStatus());
                    pod.refused(refuse.context(), refuse.reason());
                }
                case InboundPlan.Forward let -> forward.carry(let, stream, new Answer(stream, let.responseBaggage()));
            }
        }

        private void reject(String error) {
            if (rejected.compareAndSet(false, true)) {
                pod.rejected(Reporter.DESTINATION, client, local, error);
            }
            caller.close();
        }
    }

    /** What the caller of a stream is told. */
    private record Answer(HboneStream stream, String baggage) implements InboundForward.Answer {
        @Override
        public void reached() {
            stream.accept(baggage);
        }

        @Override
        public void unreachable() {
            stream.refuse(UNREACHABLE);
        }
    }
}
