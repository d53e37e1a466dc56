package dev.ambit.ports.transport;

import static dev.ambit.ports.transport.RawTunnel.CONTINUATION;
import static dev.ambit.ports.transport.RawTunnel.DATA;
import static dev.ambit.ports.transport.RawTunnel.END_HEADERS;
import static dev.ambit.ports.transport.RawTunnel.HEADERS;
import static dev.ambit.ports.transport.RawTunnel.RST_STREAM;
import static dev.ambit.ports.transport.RawTunnel.SETTINGS;
import static dev.ambit.ports.transport.RawTunnel.WINDOW_UPDATE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.ports.podnetwork.FakeNetworkNamespace;
import dev.ambit.ports.transport.Transport.PodBinding;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Peers with a valid certificate that cost more than they are worth: they are turned away or slowed down, what is kept for
 * them is bounded, the application hears why, and tunnels that were there before go on.
 */
public abstract class TransportFloodContract extends TransportContract {
    private static final int FLOW_CONTROL_ERROR = 3;
    private static final int MEBIBYTE = 1 << 20;

    /** What one stalled stream may hold at most: its window, and what lies in the buffers of sockets on loopback. */
    private static final long STALLED_BYTES_MAX = 24L * MEBIBYTE;

    /** What a listener may have under way at most, whatever the transport. */
    private static final int HANDSHAKES_MAX = 2_048;

    /** No deadline helps here, and none strikes a test on a busy machine that shakes hands for long. */
    private static final TransportLimits PATIENT = LIMITS.withTimeouts(Duration.ofSeconds(2), Duration.ofMinutes(5));

    private final RecordingDecisions source = new RecordingDecisions();
    private final RecordingDecisions destination = new RecordingDecisions();
    private Transport transport;
    private Upstream echo;
    private Socket established;
    private int hbone;
    private int outbound;

    @BeforeEach
    void startPods() throws IOException {
        echo = closing(Upstream.echo());
        transport = start(PATIENT);
        hbone = serve(transport, SERVER, destination).ports().inboundHbone();
        outbound = serve(transport, CLIENT, source).ports().outbound();
        source.planOutbound(attempt -> tunnel(attempt.client(), hbone, echo.address(), Set.of(SERVER)));
        forwardTo(echo);
        established = connect(outbound);
        echoes(established);
        destination.inboundAttempts.clear();
    }

    /** After every test: a tunnel from before still works, and so does a new connection. */
    @AfterEach
    void nobodyElseIsDisturbed() throws IOException {
        echoes(established);
        assertThat(exchange(connect(outbound), "still here")).isEqualTo("still here");
    }

    private static void echoes(Socket socket) throws IOException {
        socket.getOutputStream().write("ping".getBytes(StandardCharsets.UTF_8));
        assertThat(socket.getInputStream().readNBytes(4))
                .asString(StandardCharsets.UTF_8)
                .isEqualTo("ping");
    }

    /** The established connection goes on to the echo, whoever else is forwarded where. */
    private void forwardTo(Upstream application) {
        destination.planInbound(attempt -> forward(attempt, application.address()));
    }

    private RawTunnel goodTunnel() throws Exception {
        return closing(RawTunnel.open(hbone, Optional.of(PKI.issue(CLIENT)))).greet();
    }

    private static void connectStream(RawTunnel tunnel, int stream) throws IOException {
        tunnel.request(stream, "CONNECT", "10.0.0.1:80");
        assertThat(tunnel.await(HEADERS)[0] & 0xff).as("status 200").isEqualTo(0x88);
    }

    private String rejection() {
        return RecordingDecisions.next(destination.rejected).error();
    }

    @FunctionalInterface
    private interface Send {
        void send() throws IOException;
    }

    /** Sends until the peer hangs up, which it has to. */
    private static void flood(int times, Send once) {
        try {
            for (int i = 0; i < times; i++) {
                once.send();
            }
        } catch (IOException _) {
            return;
        }
        throw new AssertionError("nobody minded the flood");
    }

    @Test
    void aFloodOfSettings() throws Exception {
        RawTunnel tunnel = goodTunnel();

        flood(20_000, () -> tunnel.frame(SETTINGS, 0, 0, new byte[0]));

        assertThat(rejection()).contains("flood", "SETTINGS");
    }

    @Test
    void aFloodOfEmptyData() throws Exception {
        RawTunnel tunnel = goodTunnel();
        connectStream(tunnel, 1);

        flood(50_000, () -> tunnel.frame(DATA, 0, 1, new byte[0]));

        assertThat(rejection()).contains("flood", "EMPTY_DATA");
    }

    @Test
    void aFloodOfEmptyContinuations() throws Exception {
        RawTunnel tunnel = goodTunnel();
        tunnel.frame(HEADERS, 0, 1, RawTunnel.block("CONNECT", "10.0.0.1:80"));

        flood(20_000, () -> tunnel.frame(CONTINUATION, 0, 1, new byte[0]));

        assertThat(rejection()).contains("header block");
        assertThat(destination.inboundAttempts).isEmpty();
    }

    @Test
    void aFloodOfStreamsBeyondTheLimit() throws Exception {
        RawTunnel tunnel = goodTunnel();
        int[] stream = {1};

        flood(20_000, () -> {
            tunnel.frame(HEADERS, END_HEADERS, stream[0], RawTunnel.block("CONNECT", "10.0.0.1:80"));
            stream[0] += 2;
        });

        assertThat(rejection()).contains("flood");
        assertThat(destination.inboundAttempts.size()).isLessThanOrEqualTo(TransportLimits.SERVER_STREAMS_MAX);
    }

    /** A few bytes on the wire that become megabytes: one large header in the table, then a thousand references to it. */
    @Test
    void aHeaderListThatGrowsWhenItIsDecompressed() throws Exception {
        RawTunnel tunnel = goodTunnel();
        int[] stream = {1};

        flood(20_000, () -> {
            tunnel.frame(HEADERS, END_HEADERS, stream[0], bomb());
            stream[0] += 2;
        });

        assertThat(rejection()).contains("flood");
        assertThat(destination.inboundAttempts).isEmpty();
    }

    private static byte[] bomb() {
        var block = new ByteArrayOutputStream();
        block.writeBytes(RawTunnel.block("CONNECT", "10.0.0.1:80"));
        byte[] value = new byte[3_900];
        java.util.Arrays.fill(value, (byte) 'a');
        block.write(0x40);
        block.write(1);
        block.write('x');
        // A length of 3900 as a 7-bit prefix integer: 127, then 3773 in groups of seven bits.
        block.write(0x7f);
        block.write(0x80 | (3_773 & 0x7f));
        block.write(3_773 >> 7);
        block.writeBytes(value);
        for (int i = 0; i < 1_000; i++) {
            block.write(0x80 | 62);
        }
        return block.toByteArray();
    }

    @Test
    void aHeaderThatIsLargerThanAnyHeaderMayBe() throws Exception {
        RawTunnel tunnel = goodTunnel();

        tunnel.header(HEADERS, 0, 1, TransportLimits.SERVER_HEADER_LIST_BYTES_MAX + 1);

        tunnel.awaitEnd();
        assertThat(rejection())
                .as("its length is enough, nothing waits for the rest")
                .contains("header block", Integer.toString(TransportLimits.SERVER_HEADER_LIST_BYTES_MAX));
    }

    @Test
    void aWindowOfAStreamThatOverflowsEndsThatStreamOnly() throws Exception {
        RawTunnel tunnel = goodTunnel();
        connectStream(tunnel, 1);
        tunnel.frame(WINDOW_UPDATE, 0, 1, new byte[] {0x7f, -1, -1, -1});

        assertThat(tunnel.await(RST_STREAM)[3]).isEqualTo((byte) FLOW_CONTROL_ERROR);
        connectStream(tunnel, 3);
    }

    /** MadeYouReset, CVE-2025-8671: a request is taken back by an error that has us reset its stream. */
    @Test
    void aFloodOfStreamsThatWeAreMadeToReset() throws Exception {
        RawTunnel tunnel = goodTunnel();
        int[] stream = {1};

        flood(20_000, () -> {
            tunnel.frame(HEADERS, END_HEADERS, stream[0], RawTunnel.block("CONNECT", "10.0.0.1:80"));
            tunnel.frame(WINDOW_UPDATE, 0, stream[0], new byte[4]);
            stream[0] += 2;
        });

        assertThat(rejection()).contains("flood");
    }

    @Test
    void dataBeyondTheWindowOfItsStreamEndsTheTunnel() throws Exception {
        overruns(4 * MEBIBYTE, 512 * MEBIBYTE);
    }

    @Test
    void dataBeyondTheWindowOfItsTunnelEndsTheTunnel() throws Exception {
        overruns(512 * MEBIBYTE, MEBIBYTE);
    }

    /** One of the windows is wider than everything that is sent; the application reads nothing. */
    private void overruns(int streamWindow, int tunnelWindow) throws Exception {
        Upstream deaf = closing(Upstream.deaf());
        var limits = LIMITS.withTunnels(LIMITS.tunnels().withWindows(streamWindow, tunnelWindow));
        var decisions = new RecordingDecisions();
        decisions.planInbound(attempt -> forward(attempt, deaf.address()));
        int port = serve(start(limits), SERVER, decisions).ports().inboundHbone();
        RawTunnel tunnel =
                closing(RawTunnel.open(port, Optional.of(PKI.issue(CLIENT)))).greet();
        connectStream(tunnel, 1);

        flood(60, () -> tunnel.frame(DATA, 0, 1, new byte[MEBIBYTE]));

        assertThat(RecordingDecisions.next(decisions.rejected).error()).contains("window");
    }

    /** Writes for ever, and counts. */
    private static Upstream talkative(AtomicLong written) {
        byte[] piece = new byte[65_536];
        return Upstream.start(connection -> {
            while (true) {
                connection.getOutputStream().write(piece);
                written.addAndGet(piece.length);
            }
        });
    }

    @Test
    void streamsThatNeverOpenTheirWindowHoldLittle() throws Exception {
        var written = new AtomicLong();
        try (Upstream talkative = talkative(written)) {
            forwardTo(talkative);
            RawTunnel tunnel = goodTunnel();
            tunnel.frame(SETTINGS, 0, 0, new byte[] {0, 4, 0, 0, 0, 0});
            int streams = 10;
            for (int i = 0; i < streams; i++) {
                connectStream(tunnel, 2 * i + 1);
            }

            assertThat(settled(written)).isLessThan(streams * STALLED_BYTES_MAX);
            forwardTo(echo);
        }
    }

    @Test
    void aReaderThatNeverReadsHoldsLittleHoweverWideItsWindow() throws Exception {
        var written = new AtomicLong();
        try (Upstream talkative = talkative(written)) {
            forwardTo(talkative);
            RawTunnel tunnel = goodTunnel();
            connectStream(tunnel, 1);
            tunnel.frame(WINDOW_UPDATE, 0, 0, new byte[] {0x3f, -1, -1, -1});
            tunnel.frame(WINDOW_UPDATE, 0, 1, new byte[] {0x3f, -1, -1, -1});

            assertThat(settled(written)).isLessThan(2 * STALLED_BYTES_MAX);
            forwardTo(echo);
        }
    }

    /** The count once it no longer grows while a neighbour is served a hundred times. */
    private long settled(AtomicLong written) throws IOException {
        long before = -1;
        long now = written.get();
        for (int round = 0; round < 50 && (now != before || now == 0); round++) {
            before = now;
            for (int i = 0; i < 100; i++) {
                echoes(established);
            }
            now = written.get();
        }
        return now;
    }

    @Test
    void requestsThatNeverEndAreOnlyTheirSendersLoss() throws Exception {
        for (int i = 0; i < 50; i++) {
            RawTunnel slow = goodTunnel();
            slow.header(HEADERS, END_HEADERS, 1, 40);
            slow.raw("\u0002");
        }

        echoes(established);
        assertThat(destination.inboundAttempts).isEmpty();
    }

    /** More than any transport carries out at a time, none of which goes on; and no deadline that helps in time. */
    @Test
    void thousandsOfHandshakesThatAreNeverFinishedKeepNobodyOut() throws Exception {
        var decisions = new RecordingDecisions();
        decisions.planInbound(attempt -> forward(attempt, echo.address()));
        int port = serve(start(PATIENT), SERVER, decisions).ports().inboundHbone();
        var silent = new ArrayList<Socket>();
        for (int i = 0; i < 3_000; i++) {
            silent.add(connect(port));
        }

        RawTunnel good =
                closing(RawTunnel.open(port, Optional.of(PKI.issue(CLIENT)))).greet();
        connectStream(good, 1);
        for (int i = 0; i < 3_000 - HANDSHAKES_MAX; i++) {
            assertThat(RecordingDecisions.next(decisions.rejected).error()).contains("handshake", "room");
        }
        for (Socket socket : silent) {
            socket.close();
        }
    }

    /** Its own has expired and the authority is away, say. */
    @Test
    void aPodWithoutCertificateTurnsTunnelsAway() throws Exception {
        credentials.drop(SERVER);
        Socket socket = connect(hbone);

        assertThat(endsWithoutData(socket)).isTrue();

        assertThat(rejection()).contains("no certificate for " + SERVER, "nobody issues");
        credentials.hold(SERVER, PKI.issue(SERVER));
    }

    @Test
    void aNamespaceThatVanishesFailsWhatIsNewInItAndNothingElse() throws Exception {
        var decisions = new RecordingDecisions();
        var namespace = new FakeNetworkNamespace(8);
        var pod = new dev.ambit.domain.workload.PodRef("gone-uid", "shop", "gone", "gone");
        int port = closing(transport.serve(
                        new PodBinding(
                                pod, namespace, java.net.InetAddress.ofLiteral("127.0.0.1"), ListenPorts.EPHEMERAL),
                        decisions))
                .ports()
                .outbound();
        decisions.planOutbound(attempt -> passthrough(attempt.client(), echo.address()));
        Socket before = connect(port);
        echoes(before);

        namespace.close();

        assertThat(endsWithoutData(connect(port))).isTrue();
        assertThat(RecordingDecisions.next(decisions.closed).outcome().toString())
                .contains("namespace");
        echoes(before);
    }
}
