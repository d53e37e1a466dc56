package dev.ambit.adapters.netty;

import dev.ambit.adapters.netty.http2.ClientSession;
import dev.ambit.adapters.netty.http2.SessionOwner;
import dev.ambit.adapters.netty.relay.BufferBudget;
import dev.ambit.adapters.netty.tls.HandshakeFailure;
import dev.ambit.adapters.netty.tls.PeerIdentity;
import dev.ambit.domain.flow.Reporter;
import dev.ambit.domain.flow.ResponseFlag;
import dev.ambit.ports.credentials.WorkloadCertificate;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** One tunnel: TCP, then TLS, then HTTP/2, then streams until it is idle for too long. */
final class TunnelDial implements SessionOwner {
    private static final int HBONE_PORT = 15_008;

    /** Either {@code ready} and later {@code over}, or {@code failed}. */
    interface Listener {
        void ready(TunnelDial tunnel);

        void failed(ResponseFlag flag, String message);

        void streamEnded();

        void over(TunnelDial tunnel);
    }

    private final TunnelKey key;
    private final WorkloadCertificate certificate;
    private final PodConnections pod;
    private final EventLoop loop;
    private final Listener listener;
    private final ClientSession session;
    private @Nullable SocketChannel channel;
    private @Nullable Future<?> expiry;
    private boolean ready;
    private boolean over;

    TunnelDial(TunnelKey key, WorkloadCertificate certificate, PodConnections pod, EventLoop loop, Listener listener) {
        this.key = key;
        this.certificate = certificate;
        this.pod = pod;
        this.loop = loop;
        this.listener = listener;
        this.session = new ClientSession(pod.limits(), this, listener::streamEnded);
    }

    WorkloadCertificate certificate() {
        return certificate;
    }

    ClientSession session() {
        return session;
    }

    void start() {
        Future<SocketChannel> connected =
                pod.sockets().connect(loop, key.hop(), Optional.empty(), _ -> new ChannelInboundHandlerAdapter());
        connected.addListener(_ -> {
            if (connected.isSuccess()) {
                secure(connected.getNow());
            } else {
                unreachable(connected.cause());
            }
        });
    }

    private void unreachable(Throwable cause) {
        String message = "cannot connect to " + key.hop() + ": " + ErrorText.of(cause);
        if (cause instanceof ConnectTimeoutException && key.hop().port() == HBONE_PORT) {
            fail(ResponseFlag.NETWORK_POLICY, message + "; maybe a NetworkPolicy is blocking HBONE port " + HBONE_PORT);
        } else {
            fail(ResponseFlag.CONNECT, message);
        }
    }

    private void secure(SocketChannel connected) {
        channel = connected;
        pod.track(connected);
        if (over) {
            connected.close();
            return;
        }
        try {
            connected.config().setAllowHalfClosure(false);
            SslHandler tls = pod.tls().client(certificate, key.expected(), connected.alloc());
            connected.pipeline().addLast(tls, new TlsHandshake(() -> begin(connected, tls), this::untrusted));
            connected.config().setAutoRead(true);
        } catch (SSLException | RuntimeException unusable) {
            fail(
                    ResponseFlag.IDENTITY_ERROR,
                    "certificate " + certificate + " cannot be used: " + ErrorText.of(unusable));
        }
    }

    private void untrusted(Throwable failure) {
        HandshakeFailure meaning = HandshakeFailure.of(failure);
        meaning.revoked()
                .filter(_ -> !over)
                .ifPresent(revoked -> pod.security().tunnels().refused(Reporter.SOURCE, revoked));
        fail(meaning.flag(), "TLS handshake with " + key.hop() + " failed: " + ErrorText.of(failure));
    }

    private void begin(SocketChannel connected, SslHandler tls) {
        connected.pipeline().addLast(session);
        NettyTunnel.show(
                pod,
                Reporter.SOURCE,
                connected,
                key.hop(),
                certificate,
                PeerIdentity.chain(tls.engine().getSession()),
                session::close,
                session::retire);
    }

    private void fail(ResponseFlag flag, String message) {
        if (over) {
            return;
        }
        over = true;
        if (channel != null) {
            channel.close();
        }
        listener.failed(flag, message);
    }

    @Override
    public void ready() {
        ready = true;
        if (!over) {
            listener.ready(this);
        }
    }

    @Override
    public BufferBudget buffers() {
        return pod.buffers();
    }

    @Override
    public void over(String error, boolean tls) {
        if (!ready) {
            fail(
                    tls ? ResponseFlag.TLS_FAILURE : ResponseFlag.H2_HANDSHAKE_FAILURE,
                    (tls ? "TLS with " : "HTTP/2 with ") + key.hop() + " failed: " + ErrorText.line(error));
        } else if (!over) {
            over = true;
            busy();
            listener.over(this);
        }
    }

    /** Starts to count the time without streams. */
    void idle() {
        if (expiry == null && !over) {
            expiry = loop.schedule(
                    this::close, pod.limits().tunnels().idleTimeout().toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    void busy() {
        if (expiry != null) {
            expiry.cancel(false);
            expiry = null;
        }
    }

    void close() {
        if (ready) {
            session.close();
        } else {
            fail(ResponseFlag.CONNECT, "tunnel is no longer wanted");
        }
    }
}
