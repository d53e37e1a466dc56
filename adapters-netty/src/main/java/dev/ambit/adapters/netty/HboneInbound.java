package dev.ambit.adapters.netty;

import dev.ambit.adapters.netty.http2.HboneStream;
import dev.ambit.adapters.netty.http2.ServerSession;
import dev.ambit.adapters.netty.http2.SessionOwner;
import dev.ambit.adapters.netty.relay.BufferBudget;
import dev.ambit.adapters.netty.tls.HandshakeFailure;
import dev.ambit.adapters.netty.tls.PeerIdentity;
import dev.ambit.domain.address.IpPort;
import dev.ambit.domain.flow.InboundAttempt;
import dev.ambit.domain.flow.InboundPlan;
import dev.ambit.domain.flow.RefusalReason;
import dev.ambit.domain.flow.Reporter;
import dev.ambit.domain.http2.ConnectRequest;
import dev.ambit.domain.identity.SpiffeId;
import dev.ambit.ports.credentials.WorkloadCertificate;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Port 15008: tunnels from other proxies. */
final class HboneInbound {
    private static final int UNREACHABLE = 503;

    private final PodConnections pod;
    private final InboundForward forward;
    private final Handshakes<Connection> handshakes;

    HboneInbound(PodConnections pod) {
        this.pod = pod;
        this.forward = new InboundForward(pod);
        this.handshakes = new Handshakes<>(pod.options().handshakesMax());
    }

    void accept(SocketChannel connection) {
        InetSocketAddress remote = connection.remoteAddress();
        if (remote == null) {
            connection.close();
            return;
        }
        new Connection(connection, IpPort.of(remote), IpPort.of(connection.localAddress())).begin();
    }

    /** One tunnel, from its first byte on. */
    private final class Connection implements SessionOwner, Handshakes.Party {
        private final SocketChannel channel;
        private final EventLoop loop;
        private final IpPort client;
        private final IpPort local;
        private @Nullable Future<?> deadline;
        private boolean secured;
        private boolean rejected;

        Connection(SocketChannel channel, IpPort client, IpPort local) {
            this.channel = channel;
            this.loop = channel.eventLoop();
            this.client = client;
            this.local = local;
        }

        void begin() {
            if (!handshakes.begin(this)) {
                secured = true;
                reject("more than " + pod.options().handshakesMax() + " TLS handshakes under way");
                return;
            }
            pod.expect();
            channel.closeFuture().addListener(_ -> handshakeOver());
            channel.config().setAllowHalfClosure(false);
            deadline = loop.schedule(
                    () -> {
                        if (!secured) {
                            reject("no TLS handshake within " + pod.limits().handshakeTimeout());
                        }
                    },
                    pod.limits().handshakeTimeout().toMillis(),
                    TimeUnit.MILLISECONDS);
            Answers.ask(loop, pod::certificate, this::handshake, error -> reject(ErrorText.of(error)));
        }

        @Override
        public void evict() {
            Answers.on(loop, () -> {
                if (!secured) {
                    reject("TLS handshake makes no progress and "
                            + pod.options().handshakesMax() + " are under way, room is made for others");
                }
            });
        }

        private void handshakeOver() {
            if (!secured) {
                secured = true;
                handshakes.end(this);
                pod.settled();
                if (deadline != null) {
                    deadline.cancel(false);
                    deadline = null;
                }
            }
        }

        private void handshake(WorkloadCertificate certificate) {
            if (rejected || !channel.isOpen()) {
                return;
            }
            try {
                channel.pipeline().addLast(handshakes.listening(this));
                SslHandler tls = pod.tls().accept(channel.pipeline(), certificate);
                channel.pipeline().addLast(new TlsHandshake(() -> serve(tls, certificate), this::untrusted));
                channel.config().setAutoRead(true);
            } catch (SSLException | RuntimeException unusable) {
                reject("certificate " + certificate + " cannot be used: " + ErrorText.of(unusable));
            }
        }

        private void untrusted(Throwable failure) {
            HandshakeFailure.of(failure)
                    .revoked()
                    .filter(_ -> !rejected)
                    .ifPresent(revoked -> pod.security().tunnels().refused(Reporter.DESTINATION, revoked));
            reject("TLS: " + ErrorText.of(failure));
        }

        private void serve(SslHandler tls, WorkloadCertificate own) {
            Optional<SpiffeId> peer = PeerIdentity.of(tls.engine().getSession());
            if (peer.isEmpty()) {
                reject("client certificate has no SPIFFE identity");
                return;
            }
            var session =
                    new ServerSession(pod.limits(), this, (stream, request) -> request(stream, request, peer.get()));
            pod.track(session, loop);
            channel.closeFuture().addListener(_ -> pod.forget(session));
            channel.pipeline().addLast(session);
            NettyTunnel.show(
                    pod,
                    Reporter.DESTINATION,
                    channel,
                    client,
                    own,
                    PeerIdentity.chain(tls.engine().getSession()),
                    session::close,
                    session::goAway);
            pod.ready(session);
            handshakeOver();
        }

        private void request(HboneStream stream, ConnectRequest request, SpiffeId peer) {
            Optional<RefusalReason.MalformedRequest> fault = request.fault();
            if (fault.isPresent()) {
                RefusalReason.MalformedRequest malformed = fault.get();
                stream.refuse(malformed.hboneStatus());
                pod.rejected(Reporter.DESTINATION, client, local, malformed.message());
                return;
            }
            var attempt = new InboundAttempt.Hbone(
                    pod.pod().pod(), client, local, peer, request.authority(), request.headers());
            pod.plan(loop, () -> pod.decisions().inbound(attempt), plan -> carryOut(plan, stream), error -> {
                stream.refuse(UNREACHABLE);
                pod.rejected(Reporter.DESTINATION, client, local, "no plan: " + ErrorText.of(error));
            });
        }

        private void carryOut(InboundPlan plan, HboneStream stream) {
            switch (plan) {
                case InboundPlan.Refuse refuse -> {
                    stream.refuse(refuse.reason().hboneStatus());
                    pod.refused(refuse.context(), refuse.reason());
                }
                case InboundPlan.Forward let ->
                    forward.start(
                            let,
                            stream,
                            loop,
                            () -> stream.accept(let.responseBaggage()),
                            () -> stream.refuse(UNREACHABLE));
            }
        }

        private void reject(String error) {
            if (!rejected) {
                rejected = true;
                pod.rejected(Reporter.DESTINATION, client, local, error);
                channel.close();
            }
        }

        @Override
        public void ready() {
            // The client speaks HTTP/2; its requests follow.
        }

        @Override
        public BufferBudget buffers() {
            return pod.buffers();
        }

        @Override
        public void over(String error, boolean tls) {
            if (!error.isEmpty() && !rejected) {
                rejected = true;
                pod.rejected(Reporter.DESTINATION, client, local, (tls ? "TLS: " : "HTTP/2: ") + error);
            }
        }
    }
}
