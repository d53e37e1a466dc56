package dev.ambit.ports.transport;

import static dev.ambit.ports.transport.RawTunnel.CONTINUATION;
import static dev.ambit.ports.transport.RawTunnel.DATA;
import static dev.ambit.ports.transport.RawTunnel.END_HEADERS;
import static dev.ambit.ports.transport.RawTunnel.HEADERS;
import static dev.ambit.ports.transport.RawTunnel.PING;
import static dev.ambit.ports.transport.RawTunnel.RST_STREAM;
import static dev.ambit.ports.transport.RawTunnel.WINDOW_UPDATE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.domain.identity.SpiffeId;
import dev.ambit.ports.credentials.TestPki;
import dev.ambit.ports.credentials.WorkloadCertificate;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whatever arrives on the HBONE port: its sender is turned away, the application hears why, nobody else notices. */
public abstract class TransportBadInputContract extends TransportContract {
    private static final int PROTOCOL_ERROR = 1;
    private static final int FLOW_CONTROL_ERROR = 3;
    private static final int FRAME_SIZE_ERROR = 6;

    /** HPACK's static index of {@code :status: 400}, with the bit that says indexed. */
    private static final int STATUS_400 = 0x8c;

    private final RecordingDecisions source = new RecordingDecisions();
    private final RecordingDecisions destination = new RecordingDecisions();
    private int hbone;
    private int outbound;

    @BeforeEach
    void startPods() {
        Upstream echo = closing(Upstream.echo());
        Transport transport = start(quick());
        PodProxy server = serve(transport, SERVER, destination);
        hbone = server.ports().inboundHbone();
        outbound = serve(transport, CLIENT, source).ports().outbound();
        source.planOutbound(attempt -> tunnel(attempt.client(), hbone, echo.address(), Set.of(SERVER)));
        destination.planInbound(attempt -> forward(attempt, echo.address()));
    }

    /** After every test: a good client gets through. */
    @AfterEach
    void nobodyElseIsDisturbed() throws IOException {
        assertThat(exchange(connect(outbound), "still here")).isEqualTo("still here");
    }

    private RawTunnel tunnel(WorkloadCertificate certificate) throws Exception {
        return closing(RawTunnel.open(hbone, Optional.of(certificate)));
    }

    private RawTunnel goodTunnel() throws Exception {
        return tunnel(PKI.issue(CLIENT)).greet();
    }

    private String rejection() {
        return RecordingDecisions.next(destination.rejected).error();
    }

    private void isTurnedAway(WorkloadCertificate certificate) throws Exception {
        RawTunnel tunnel = tunnel(certificate);
        try {
            tunnel.greet();
        } catch (IOException _) {
            // The alert was faster.
        }
        tunnel.awaitEnd();
        assertThat(destination.inboundAttempts).isEmpty();
    }

    @Test
    void aClientWithoutCertificate() throws Exception {
        RawTunnel tunnel = closing(RawTunnel.open(hbone, Optional.empty()));
        try {
            tunnel.greet();
        } catch (IOException _) {
            // The alert was faster.
        }
        tunnel.awaitEnd();

        assertThat(rejection()).containsIgnoringCase("certificate");
    }

    @Test
    void aClientOfAnotherTrustDomain() throws Exception {
        isTurnedAway(PKI.issue(SpiffeId.of("spiffe://elsewhere/ns/shop/sa/cart")));

        assertThat(rejection()).contains("elsewhere", "trust domain");
    }

    @Test
    void aClientWhoseCertificateHasExpired() throws Exception {
        isTurnedAway(PKI.issue(CLIENT, Instant.now().minusSeconds(7200), Duration.ofHours(1)));

        assertThat(rejection()).isNotBlank();
    }

    @Test
    void aClientOfAnotherRoot() throws Exception {
        isTurnedAway(new TestPki().issue(CLIENT));

        assertThat(rejection()).contains("not trusted");
    }

    @Test
    void plainHttp() throws Exception {
        Socket socket = connect(hbone);
        socket.getOutputStream().write("GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));

        socket.getInputStream().readAllBytes();

        assertThat(rejection()).contains("TLS");
    }

    @Test
    void aClientThatSaysNothing() throws Exception {
        Socket socket = connect(hbone);

        assertThat(endsWithoutData(socket)).isTrue();

        assertThat(rejection()).isNotBlank();
    }

    @Test
    void somethingElseInsideTls() throws Exception {
        RawTunnel tunnel = tunnel(PKI.issue(CLIENT));
        tunnel.raw("GET / HTTP/1.1\r\n\r\n");

        tunnel.awaitEnd();

        assertThat(rejection()).contains("not HTTP/2");
    }

    @Test
    void nothingInsideTls() throws Exception {
        RawTunnel tunnel = tunnel(PKI.issue(CLIENT));
        tunnel.raw("PRI");

        tunnel.awaitEnd();

        assertThat(rejection()).contains("settings");
    }

    @Test
    void aConnectWithoutPortAndAnotherMethodEndTheirStreamsOnly() throws Exception {
        RawTunnel tunnel = goodTunnel();
        tunnel.request(1, "CONNECT", "10.0.0.1");
        assertThat(tunnel.await(HEADERS)[0] & 0xff).isEqualTo(STATUS_400);
        assertThat(rejection()).contains("10.0.0.1", "port");

        tunnel.request(3, "GET", "10.0.0.1:80");
        assertThat(tunnel.await(HEADERS)[0] & 0xff).isEqualTo(STATUS_400);
        assertThat(rejection()).contains("GET");

        tunnel.request(5, "CONNECT", "10.0.0.1:80");
        assertThat(tunnel.await(HEADERS)[0] & 0xff).isEqualTo(0x88);
        assertThat(destination.inboundAttempts).hasSize(1);
    }

    @Test
    void headersWithoutEnd() throws Exception {
        RawTunnel tunnel = goodTunnel();
        tunnel.frame(HEADERS, 0, 1, RawTunnel.block("CONNECT", "10.0.0.1:80"));
        // Few and large: it is their bytes that are too many.
        for (int i = 0; i < 10; i++) {
            try {
                tunnel.frame(CONTINUATION, 0, 1, new byte[32_768]);
            } catch (IOException gone) {
                break;
            }
        }

        tunnel.awaitEnd();

        assertThat(rejection()).contains("header block");
    }

    @Test
    void aFrameThatIsTooLarge() throws Exception {
        RawTunnel tunnel = goodTunnel();
        tunnel.header(DATA, 0, 1, (1 << 20) + 1);

        assertThat(tunnel.awaitGoAway()).isEqualTo(FRAME_SIZE_ERROR);
        assertThat(rejection()).contains("1048577");
    }

    @Test
    void aHeaderBlockThatCannotBeDecoded() throws Exception {
        RawTunnel tunnel = goodTunnel();
        tunnel.frame(HEADERS, END_HEADERS, 1, new byte[] {(byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff});

        tunnel.awaitGoAway();

        rejection();
    }

    @Test
    void aWindowThatOverflows() throws Exception {
        RawTunnel tunnel = goodTunnel();
        tunnel.frame(WINDOW_UPDATE, 0, 0, new byte[] {0x7f, -1, -1, -1});

        assertThat(tunnel.awaitGoAway()).isEqualTo(FLOW_CONTROL_ERROR);
        rejection();
    }

    @Test
    void dataOnAStreamThatWasNeverOpened() throws Exception {
        RawTunnel tunnel = goodTunnel();
        tunnel.frame(DATA, 0, 9, new byte[10]);

        assertThat(tunnel.awaitGoAway()).isEqualTo(PROTOCOL_ERROR);
        rejection();
    }

    @Test
    void aFloodOfPings() throws Exception {
        RawTunnel tunnel = goodTunnel();
        flood(() -> tunnel.frame(PING, 0, 0, new byte[8]));

        assertThat(rejection()).contains("flood");
    }

    @Test
    void rapidResets() throws Exception {
        RawTunnel tunnel = goodTunnel();
        int[] stream = {1};
        flood(() -> {
            tunnel.frame(HEADERS, END_HEADERS, stream[0], RawTunnel.block("CONNECT", "10.0.0.1:80"));
            tunnel.frame(RST_STREAM, 0, stream[0], new byte[] {0, 0, 0, 8});
            stream[0] += 2;
        });

        assertThat(rejection()).contains("flood");
    }

    @FunctionalInterface
    private interface Send {
        void send() throws IOException;
    }

    private static void flood(Send once) {
        try {
            for (int i = 0; i < 20_000; i++) {
                once.send();
            }
        } catch (IOException _) {
            return;
        }
        throw new AssertionError("nobody minded the flood");
    }

    @Test
    void unknownFramesAreIgnored() throws Exception {
        RawTunnel tunnel = goodTunnel();
        tunnel.frame(0x42, 0xff, 77, new byte[100]);
        tunnel.request(1, "CONNECT", "10.0.0.1:80");

        assertThat(tunnel.await(HEADERS)[0] & 0xff).isEqualTo(0x88);
    }
}
