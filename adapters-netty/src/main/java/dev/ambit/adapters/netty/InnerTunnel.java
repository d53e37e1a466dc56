package dev.ambit.adapters.netty;

import dev.ambit.adapters.netty.http2.ClientSession;
import dev.ambit.adapters.netty.http2.HboneStream;
import dev.ambit.adapters.netty.http2.SessionOwner;
import dev.ambit.adapters.netty.relay.BufferBudget;
import dev.ambit.adapters.netty.relay.LegChannel;
import dev.ambit.adapters.netty.relay.Relay;
import dev.ambit.adapters.netty.tls.HandshakeFailure;
import dev.ambit.adapters.netty.tls.PeerIdentity;
import dev.ambit.domain.flow.OutboundPlan;
import dev.ambit.domain.flow.Reporter;
import dev.ambit.domain.flow.ResponseFlag;
import dev.ambit.domain.identity.SpiffeId;
import dev.ambit.ports.credentials.WorkloadCertificate;
import io.netty.channel.EventLoop;
import io.netty.handler.ssl.SslHandler;
import java.util.Optional;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSession;

/**
 * The second tunnel of a connection to another network: TLS and HTTP/2 within a stream of the tunnel to the gateway. It
 * serves this connection alone, because the gateway chooses anew for each: shared, every connection would end at the one
 * workload that was chosen first.
 */
final class InnerTunnel implements TunnelPool.Waiter, SessionOwner {
    private final OutboundPlan.DoubleTunnel plan;
    private final Flow flow;
    private final PodConnections pod;
    private final EventLoop loop;
    private final ClientSession session;
    private final LegChannel channel = new LegChannel();
    private Optional<SpiffeId> peer = Optional.empty();

    InnerTunnel(OutboundPlan.DoubleTunnel plan, Flow flow, PodConnections pod, EventLoop loop) {
        this.plan = plan;
        this.flow = flow;
        this.pod = pod;
        this.loop = loop;
        this.session = new ClientSession(pod.limits(), this, this::streamEnded);
    }

    @Override
    public boolean isWanted() {
        return !flow.isOver();
    }

    @Override
    public void asked(HboneStream outer) {
        flow.reaching(outer);
    }

    @Override
    public void failed(ResponseFlag flag, String message) {
        flow.fail(flag, "network gateway: " + message);
    }

    /** The gateway has let us through. */
    @Override
    public void opened(HboneStream outer) {
        SpiffeId source = plan.outer().source();
        Answers.ask(
                loop, () -> pod.credentials().certificate(source), certificate -> secure(outer, certificate), error -> {
                    outer.abort();
                    flow.fail(ResponseFlag.IDENTITY_ERROR, "no certificate for " + source + ": " + ErrorText.of(error));
                });
    }

    private void secure(HboneStream outer, WorkloadCertificate certificate) {
        if (flow.isOver()) {
            outer.abort();
            return;
        }
        session.carriedBy(outer);
        flow.reaching(channel.wire());
        pod.track(channel);
        loop.register(channel);
        Relay.join(channel.wire(), outer, (_, _, error) -> lost(error), pod.buffers());
        try {
            SslHandler tls = pod.tls().client(certificate, plan.expected(), channel.alloc());
            channel.pipeline()
                    .addLast(
                            tls,
                            new TlsHandshake(() -> begin(tls.engine().getSession(), certificate), this::untrusted));
        } catch (SSLException | RuntimeException unusable) {
            fail(
                    ResponseFlag.IDENTITY_ERROR,
                    "certificate " + certificate + " cannot be used: " + ErrorText.of(unusable));
        }
    }

    private void untrusted(Throwable failure) {
        HandshakeFailure meaning = HandshakeFailure.of(failure);
        meaning.revoked().ifPresent(revoked -> pod.security().tunnels().refused(Reporter.SOURCE, revoked));
        fail(meaning.flag(), "TLS handshake failed: " + ErrorText.of(failure));
    }

    private void begin(SSLSession proved, WorkloadCertificate certificate) {
        peer = PeerIdentity.of(proved);
        channel.pipeline().addLast(session);
        NettyTunnel.show(
                pod,
                Reporter.SOURCE,
                channel,
                plan.outer().hop(),
                certificate,
                PeerIdentity.chain(proved),
                session::close,
                session::retire);
    }

    /** The tunnel to the gateway ended under this one. */
    private void lost(String error) {
        fail(ResponseFlag.CONNECT, "network gateway ended the connection" + (error.isEmpty() ? "" : ": " + error));
    }

    @Override
    public void ready() {
        if (flow.isOver()) {
            session.close();
            return;
        }
        HboneStream asked = session.connect(plan.outer().authority(), plan.headers(), new ClientSession.Response() {
            @Override
            public void accepted(HboneStream stream, String baggage) {
                peer.ifPresent(identity -> flow.reached(plan.reached(identity, baggage)));
                flow.carry(stream);
            }

            @Override
            public void refused(String error, boolean untouched) {
                fail(ResponseFlag.CONNECT, error);
            }
        });
        flow.reaching(asked);
    }

    /** Later, because the session is in the middle of something. */
    private void streamEnded() {
        loop.execute(session::close);
    }

    @Override
    public BufferBudget buffers() {
        return pod.buffers();
    }

    @Override
    public void over(String error, boolean tls) {
        fail(
                tls ? ResponseFlag.TLS_FAILURE : ResponseFlag.H2_HANDSHAKE_FAILURE,
                (tls ? "TLS failed: " : "HTTP/2 failed: ") + ErrorText.line(error));
    }

    /** Does nothing once the flow is carried: then its legs know what ends them. */
    private void fail(ResponseFlag flag, String message) {
        flow.failUnlessCarried(flag, "through network gateway " + plan.outer().hop() + ": " + message);
        // Later, because the session may be in the middle of something.
        loop.execute(channel::close);
    }
}
