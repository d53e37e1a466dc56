package dev.ambit.ports.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.domain.flow.FlowOutcome;
import dev.ambit.domain.flow.InboundAttempt;
import dev.ambit.domain.flow.RefusalReason;
import dev.ambit.domain.flow.Reporter;
import dev.ambit.domain.flow.ResponseFlag;
import dev.ambit.domain.identity.SpiffeId;
import dev.ambit.ports.credentials.TestPki;
import dev.ambit.ports.credentials.WorkloadCertificate;
import dev.ambit.ports.transport.TunnelWatch.LiveTunnel;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whom a transport believes, what it tells those whom it does not, and tunnels whose trust ends before they do. */
public abstract class TransportTrustContract extends TransportContract {
    private static final int GOAWAY_NO_ERROR = 0;
    private static final RefusalReason REVOKED = new RefusalReason.CertificateRevoked("cart serial 1 of O=test");

    private final RecordingDecisions source = new RecordingDecisions();
    private final RecordingDecisions destination = new RecordingDecisions();
    private int hbone;
    private int outbound;

    private void pods() throws IOException {
        pods(TlsPolicy.ISTIO);
    }

    private void pods(TlsPolicy policy) throws IOException {
        Upstream echo = closing(Upstream.echo());
        Transport transport = start(LIMITS, policy);
        hbone = serve(transport, SERVER, destination).ports().inboundHbone();
        outbound = serve(transport, CLIENT, source).ports().outbound();
        source.planOutbound(attempt -> tunnel(attempt.client(), hbone, echo.address(), Set.of(SERVER)));
        destination.planInbound(attempt -> forward(attempt, echo.address()));
    }

    private RawTunnel raw(WorkloadCertificate certificate, Consumer<SSLParameters> hello) throws Exception {
        return closing(RawTunnel.open(hbone, Optional.of(certificate), hello));
    }

    private RawTunnel raw(WorkloadCertificate certificate) throws Exception {
        return raw(certificate, _ -> {});
    }

    /** Who the server takes the client for. */
    private SpiffeId known(RawTunnel tunnel) throws IOException {
        tunnel.greet().request(1, "CONNECT", "10.0.0.1:80");
        return ((InboundAttempt.Hbone) RecordingDecisions.next(destination.inboundAttempts)).peer();
    }

    private String rejection() {
        return RecordingDecisions.next(destination.rejected).error();
    }

    // What a client hears that is not believed.

    @Test
    void aClientWithoutCertificateIsAskedForOne() throws Exception {
        pods();
        assertThat(closing(RawTunnel.open(hbone, Optional.empty())).alert()).contains("certificate_required");
    }

    @Test
    void aClientOfAnotherTrustDomainOrNoneIsUnknown() throws Exception {
        pods();
        for (String uri : new String[] {"spiffe://elsewhere/ns/shop/sa/cart", "https://cluster.local/cart"}) {
            assertThat(raw(PKI.issueNamed(CLIENT, uri)).alert()).contains("certificate_unknown");
        }
        assertThat(raw(PKI.issueNamed(CLIENT)).alert()).contains("certificate_unknown");
    }

    @Test
    void anExpiredCertificateIsCalledSo() throws Exception {
        pods();
        WorkloadCertificate expired = PKI.issue(CLIENT, Instant.now().minusSeconds(7200), Duration.ofHours(1));
        assertThat(raw(expired).alert()).contains("certificate_expired");
    }

    @Test
    void anotherRootIsAnUnknownAuthority() throws Exception {
        pods();
        assertThat(raw(new TestPki().issue(CLIENT)).alert()).contains("unknown_ca");
    }

    @Test
    void olderTlsIsRefusedUnlessAllowed() throws Exception {
        pods();
        Consumer<SSLParameters> old = hello -> hello.setProtocols(new String[] {"TLSv1.2"});
        assertThat(raw(PKI.issue(CLIENT), old).alert()).contains("protocol_version");

        pods(new TlsPolicy(true, false));
        assertThat(raw(PKI.issue(CLIENT), old).session().getCipherSuite())
                .isEqualTo("TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384");
        assertThat(raw(
                                PKI.issue(CLIENT),
                                old.andThen(hello -> hello.setCipherSuites(
                                        new String[] {"TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256"})))
                        .alert())
                .contains("handshake_failure");
        assertThat(exchange(connect(outbound), "hello")).isEqualTo("hello");
    }

    @Test
    void aClientOfOtherProtocolsIsToldSo() throws Exception {
        pods();
        RawTunnel tunnel =
                raw(PKI.issue(CLIENT), hello -> hello.setApplicationProtocols(new String[] {"http/1.1", "spdy/3"}));

        assertThat(tunnel.alert()).contains("no_application_protocol");
        assertThat(rejection()).contains("h2");
    }

    @Test
    void aClientThatNamesHttp2OrNothingIsServed() throws Exception {
        pods();
        assertThat(known(raw(
                        PKI.issue(CLIENT), hello -> hello.setApplicationProtocols(new String[] {"http/1.1", "h2"}))))
                .isEqualTo(CLIENT);
        assertThat(known(raw(PKI.issue(CLIENT)))).isEqualTo(CLIENT);
    }

    /** As Istio's ztunnel: any name opens the door, the first one counts for policy. */
    @Test
    void anyNameOfTheTrustDomainLetsInAndTheFirstIdentityCounts() throws Exception {
        pods();
        String foreign = "spiffe://elsewhere/ns/shop/sa/stock";

        assertThat(known(raw(PKI.issueNamed(CLIENT, "https://a/b", foreign, CLIENT.toString()))))
                .isEqualTo(SpiffeId.of(foreign));
        assertThat(known(raw(PKI.issueNamed(CLIENT, CLIENT.toString(), foreign))))
                .isEqualTo(CLIENT);
    }

    /** Whoever resumed a session would not be verified again. */
    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void everyConnectionIsVerifiedAnew(String protocol) throws Exception {
        pods(new TlsPolicy(true, false));
        WorkloadCertificate certificate = PKI.issue(CLIENT);
        SSLContext context = RawTunnel.context(Optional.of(certificate));
        Consumer<SSLParameters> hello = parameters -> parameters.setProtocols(new String[] {protocol});
        for (int i = 0; i < 2; i++) {
            assertThat(known(closing(RawTunnel.open(context, hbone, hello)))).isEqualTo(CLIENT);
        }

        revocations.revoke(certificate.leaf());

        try {
            assertThat(closing(RawTunnel.open(context, hbone, hello)).alert()).contains("certificate_revoked");
        } catch (SocketException _) {
            // The end of the connection overtook the alert while the client was still sending.
        }
        assertThat(rejection()).contains("revoked");
    }

    @Test
    void postQuantumOnlyMeansBothEnds() throws Exception {
        pods(new TlsPolicy(false, true));

        assertThat(exchange(connect(outbound), "hello")).isEqualTo("hello");

        assertThat(raw(PKI.issue(CLIENT), hello -> hello.setNamedGroups(new String[] {"x25519", "secp256r1"}))
                        .alert())
                .contains("handshake_failure");
    }

    // Revocation in handshakes.

    @Test
    void aRevokedClientIsTurnedAway() throws Exception {
        pods();
        WorkloadCertificate revoked = PKI.issue(CLIENT);
        revocations.revoke(revoked.leaf());

        assertThat(raw(revoked).alert()).contains("certificate_revoked");

        assertThat(rejection()).contains("revoked");
        RecordingTunnels.Refusal refusal = RecordingDecisions.next(tunnels.refused);
        assertThat(refusal.reporter()).isEqualTo(Reporter.DESTINATION);
        assertThat(refusal.revoked().serial())
                .isEqualTo(revoked.leaf().getSerialNumber().toString(16));
        assertThat(tunnels.opened).isEmpty();
        assertThat(known(raw(PKI.issue(CLIENT)))).as("others of its identity").isEqualTo(CLIENT);
    }

    @Test
    void aClientBelowARevokedAuthorityIsTurnedAway() throws Exception {
        pods();
        TestPki between = PKI.intermediate();
        assertThat(known(raw(between.issue(CLIENT)))).isEqualTo(CLIENT);

        revocations.revoke(between.certificate());

        assertThat(raw(between.issue(CLIENT)).alert()).contains("certificate_revoked");
    }

    @Test
    void aRevokedServerIsNotTalkedTo() throws Exception {
        pods();
        WorkloadCertificate revoked = PKI.issue(SERVER);
        credentials.hold(SERVER, revoked);
        revocations.revoke(revoked.leaf());

        assertThat(endsWithoutData(connect(outbound))).isTrue();

        assertThat(RecordingDecisions.next(source.closed).outcome())
                .isInstanceOfSatisfying(FlowOutcome.Failed.class, failed -> {
                    assertThat(failed.flag()).isEqualTo(ResponseFlag.CERT_REVOKED);
                    assertThat(failed.message()).contains("revoked");
                });
        assertThat(RecordingDecisions.next(tunnels.refused).reporter()).isEqualTo(Reporter.SOURCE);
    }

    // Live tunnels.

    private Socket established() throws IOException {
        Socket socket = connect(outbound);
        socket.getOutputStream().write('a');
        assertThat(socket.getInputStream().read()).isEqualTo('a');
        return socket;
    }

    /** The tunnels that come next, of this side. */
    private LiveTunnel tunnel(Reporter reporter) {
        LiveTunnel tunnel = RecordingDecisions.next(tunnels.opened);
        return tunnel.reporter() == reporter ? tunnel : RecordingDecisions.next(tunnels.opened);
    }

    @ParameterizedTest
    @EnumSource(Reporter.class)
    void bothEndsShowTheTunnelAndWhatWasProved(Reporter reporter) throws Exception {
        pods();
        established();

        LiveTunnel tunnel = tunnel(reporter);

        SpiffeId own = reporter == Reporter.SOURCE ? CLIENT : SERVER;
        SpiffeId peer = reporter == Reporter.SOURCE ? SERVER : CLIENT;
        assertThat(tunnel.reporter()).isEqualTo(reporter);
        assertThat(tunnel.own().identity()).isEqualTo(own);
        assertThat(tunnel.pod().serviceAccount()).isEqualTo(own.serviceAccount());
        assertThat(tunnel.peerChain().getFirst().getSubjectAlternativeNames().toString())
                .contains(peer.toString());
    }

    @ParameterizedTest
    @EnumSource(Reporter.class)
    void anEndedTunnelTakesItsConnectionsAlongAndSaysWhy(Reporter reporter) throws Exception {
        pods();
        Socket socket = established();
        LiveTunnel tunnel = tunnel(reporter);

        tunnel.end(REVOKED);
        tunnel.end(new RefusalReason.Draining());

        assertThat(endsWithoutData(socket)).isTrue();
        RecordingDecisions side = reporter == Reporter.SOURCE ? source : destination;
        assertThat(RecordingDecisions.next(side.closed).outcome()).isEqualTo(new FlowOutcome.Refused(REVOKED));
        List<LiveTunnel> closed =
                List.of(RecordingDecisions.next(tunnels.closed), RecordingDecisions.next(tunnels.closed));
        assertThat(closed).contains(tunnel);
        assertThat(exchange(connect(outbound), "next")).isEqualTo("next");
        assertThat(tunnels.opened).isNotEmpty();
    }

    @Test
    void theOtherEndOfAnEndedTunnelHearsThatItDidNothingWrong() throws Exception {
        pods();
        RawTunnel raw = raw(PKI.issue(CLIENT)).greet();

        tunnel(Reporter.DESTINATION).end(REVOKED);

        assertThat(raw.awaitGoAway()).isEqualTo(GOAWAY_NO_ERROR);
        raw.awaitEnd();
    }

    @ParameterizedTest
    @EnumSource(Reporter.class)
    void aDrainedTunnelIsReplacedAndNobodyNotices(Reporter reporter) throws Exception {
        pods();
        Socket early = established();
        LiveTunnel first = tunnel(reporter);
        tunnels.opened.clear();

        first.drain();

        // A stream that is under way when the server says GOAWAY is still carried: the new tunnel comes soon, not at
        // once.
        for (int i = 0; i < 200 && tunnels.opened.isEmpty(); i++) {
            assertThat(exchange(connect(outbound), "new")).isEqualTo("new");
        }
        assertThat(tunnels.opened).isNotEmpty();
        assertThat(tunnels.closed).doesNotContain(first);
        assertThat(exchange(early, "b")).isEqualTo("b");
        if (reporter == Reporter.SOURCE) {
            RecordingDecisions.next(tunnels.closed);
        }
        assertThat(source.rejected).isEmpty();
        assertThat(destination.rejected).isEmpty();
    }
}
