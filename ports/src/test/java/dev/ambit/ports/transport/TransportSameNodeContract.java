package dev.ambit.ports.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.domain.address.IpAddress;
import dev.ambit.domain.address.IpPort;
import dev.ambit.domain.flow.FlowOutcome;
import dev.ambit.domain.flow.FlowReport;
import dev.ambit.domain.flow.InboundAttempt;
import dev.ambit.domain.flow.OutboundPlan;
import dev.ambit.domain.flow.RefusalReason;
import dev.ambit.domain.flow.Reporter;
import dev.ambit.domain.flow.ResponseFlag;
import dev.ambit.ports.credentials.TestPki;
import dev.ambit.ports.credentials.WorkloadCertificate;
import dev.ambit.ports.transport.FlowDecisions.LiveFlow;
import dev.ambit.ports.transport.RecordingDecisions.Rejection;
import dev.ambit.ports.transport.TunnelWatch.LiveTunnel;
import java.net.InetAddress;
import java.net.Socket;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Two pods of one transport and one node. Everything that holds for a tunnel between them holds without it, so the whole
 * suite runs again; and what a tunnel would have proved is proved.
 */
public abstract class TransportSameNodeContract extends TransportHboneContract {

    @Override
    OutboundPlan planned(OutboundPlan.Tunnel tunnel) {
        return new OutboundPlan.Local(tunnel, SERVER.namespace(), SERVER.serviceAccount());
    }

    /** Where nobody listens: what gets through did not take the tunnel. */
    private static final int NO_PORT = 1;

    private int neighbours(IpPort hop, Upstream application) {
        Transport transport = start(LIMITS);
        serve(transport, SERVER, destination);
        PodProxy client = serve(transport, CLIENT, source);
        source.planOutbound(attempt -> planned(tunnel(attempt.client(), hop, application.address(), Set.of(SERVER))));
        destination.planInbound(attempt -> forward(attempt, application.address()));
        return client.ports().outbound();
    }

    @Test
    void bytesDoNotTakeTheTunnel() throws Exception {
        int port = neighbours(loopback(NO_PORT), closing(Upstream.echo()));

        assertThat(exchange(connect(port), "neighbour")).isEqualTo("neighbour");

        var attempt = (InboundAttempt.Hbone) RecordingDecisions.next(destination.inboundAttempts);
        assertThat(attempt.local()).isEqualTo(loopback(NO_PORT));
        assertThat(attempt.client())
                .isEqualTo(RecordingDecisions.next(source.outboundAttempts).client());
        assertThat(RecordingDecisions.next(source.closed).received()).isEqualTo(9);
        assertThat(RecordingDecisions.next(destination.closed).received()).isEqualTo(9);
    }

    @Test
    void aPodThatIsNotServedHereGetsATunnel() throws Exception {
        Upstream echo = closing(Upstream.echo());
        Transport elsewhere = start(LIMITS);
        PodProxy server = serve(elsewhere, SERVER, destination);
        PodProxy client = serve(start(LIMITS), CLIENT, source);
        int hbone = server.ports().inboundHbone();
        source.planOutbound(attempt -> planned(tunnel(attempt.client(), hbone, echo.address(), Set.of(SERVER))));
        destination.planInbound(attempt -> forward(attempt, echo.address()));

        assertThat(exchange(connect(client.ports().outbound()), "far")).isEqualTo("far");
    }

    @Test
    void anAddressThatIsNotThePodsIsNotConnectedTo() throws Exception {
        var foreign = new IpPort(IpAddress.of(InetAddress.ofLiteral("192.0.2.1")), NO_PORT);
        int port = neighbours(foreign, closing(Upstream.echo()));

        assertThat(endsWithoutData(connect(port))).isTrue();

        assertThat(RecordingDecisions.next(source.closed).outcome())
                .isInstanceOfSatisfying(FlowOutcome.Failed.class, failed -> {
                    assertThat(failed.flag()).isEqualTo(ResponseFlag.CONNECT);
                    assertThat(failed.message()).contains("192.0.2.1", "not an address of pod");
                });
        assertThat(destination.inboundAttempts).isEmpty();
    }

    @Test
    void aDestinationOfAnotherAuthorityIsNotTrusted() throws Exception {
        int port = neighbours(loopback(NO_PORT), closing(Upstream.echo()));
        credentials.hold(SERVER, new TestPki().issue(SERVER));

        assertThat(endsWithoutData(connect(port))).isTrue();

        assertUntrusted("is not trusted");
    }

    @Test
    void aDestinationWithoutACertificateIsNotTrusted() throws Exception {
        int port = neighbours(loopback(NO_PORT), closing(Upstream.echo()));
        credentials.drop(SERVER);

        assertThat(endsWithoutData(connect(port))).isTrue();

        assertUntrusted(SERVER.toString());
    }

    private void assertUntrusted(String why) {
        assertThat(RecordingDecisions.next(source.closed).outcome())
                .isInstanceOfSatisfying(FlowOutcome.Failed.class, failed -> {
                    assertThat(failed.flag()).isEqualTo(ResponseFlag.TLS_FAILURE);
                    assertThat(failed.message()).contains(why);
                });
        Rejection rejection = RecordingDecisions.next(destination.rejected);
        assertThat(rejection.error()).contains(why);
        assertThat(destination.inboundAttempts).isEmpty();
    }

    @Test
    void aRevokedDestinationIsNotTrusted() throws Exception {
        int port = neighbours(loopback(NO_PORT), closing(Upstream.echo()));
        WorkloadCertificate revoked = PKI.issue(SERVER);
        credentials.hold(SERVER, revoked);
        revocations.revoke(revoked.leaf());

        assertThat(endsWithoutData(connect(port))).isTrue();

        assertThat(RecordingDecisions.next(source.closed).outcome().flag()).isEqualTo(ResponseFlag.CERT_REVOKED);
        assertThat(RecordingDecisions.next(tunnels.refused).reporter()).isEqualTo(Reporter.SOURCE);
        assertThat(destination.inboundAttempts).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Reporter.class)
    void aConnectionWhoseTrustEndsSaysWhyAtBothEnds(Reporter reporter) throws Exception {
        Socket socket = connect(neighbours(loopback(NO_PORT), closing(Upstream.echo())));
        socket.getOutputStream().write('x');
        assertThat(socket.getInputStream().read()).isEqualTo('x');
        LiveTunnel tunnel = RecordingDecisions.next(tunnels.opened);
        if (tunnel.reporter() != reporter) {
            tunnel = RecordingDecisions.next(tunnels.opened);
        }
        var reason = new RefusalReason.CertificateRevoked("stock serial 1 of O=test");

        tunnel.end(reason);

        assertThat(endsWithoutData(socket)).isTrue();
        assertThat(RecordingDecisions.next(source.closed).outcome()).isEqualTo(new FlowOutcome.Refused(reason));
        assertThat(RecordingDecisions.next(destination.closed).outcome()).isEqualTo(new FlowOutcome.Refused(reason));
        RecordingDecisions.next(tunnels.closed);
        RecordingDecisions.next(tunnels.closed);
    }

    @Test
    void endingTheCallersFlowEndsTheOther() throws Exception {
        Socket socket = connect(neighbours(loopback(NO_PORT), closing(Upstream.echo())));
        socket.getOutputStream().write('x');
        assertThat(socket.getInputStream().read()).isEqualTo('x');
        LiveFlow flow = RecordingDecisions.next(source.opened);
        assertThat(flow.received()).isEqualTo(1);
        assertThat(flow.sent()).isEqualTo(1);
        assertThat(RecordingDecisions.next(destination.opened).sent()).isEqualTo(1);

        flow.end(new RefusalReason.Draining());

        assertThat(endsWithoutData(socket)).isTrue();
        assertThat(RecordingDecisions.next(source.closed).outcome())
                .isEqualTo(new FlowOutcome.Refused(new RefusalReason.Draining()));
        FlowReport other = RecordingDecisions.next(destination.closed);
        assertThat(other.outcome()).isEqualTo(new FlowOutcome.Completed());
        assertThat(other.sent()).isEqualTo(1);
    }
}
