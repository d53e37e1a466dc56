package dev.ambit.ports.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.domain.flow.FlowOutcome;
import dev.ambit.domain.flow.Superseded;
import dev.ambit.domain.workload.WorkloadUid;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * How a tunnel with several streams ends, seen from its other end. The transport is one whose connections share a tunnel
 * as long as it has room.
 */
public abstract class TransportTunnelEndContract extends TransportContract {
    /** The static entry of HPACK for {@code :status 200}. */
    private static final byte[] STATUS_200 = {(byte) 0x88};

    private static final int NO_ERROR = 0;
    private static final int CANCEL = 8;

    private final RecordingDecisions decisions = new RecordingDecisions();

    /** RFC 9113, section 6.8: what came after the last stream that the peer names was not looked at. */
    @Test
    void whatATunnelThatGoesAwayDidNotLookAtIsSentOnAnother() throws Exception {
        try (ServerSocket listener = RawTunnel.listen(PKI.issue(SERVER))) {
            Transport transport = start(LIMITS);
            decisions.planOutbound(
                    attempt -> tunnel(attempt.client(), listener.getLocalPort(), loopback(80), Set.of(SERVER)));
            int port = serve(transport, CLIENT, decisions).ports().outbound();
            Socket first = connect(port);
            RawTunnel leaving = closing(RawTunnel.accept(listener));
            leaving.await(RawTunnel.HEADERS);
            leaving.frame(RawTunnel.HEADERS, RawTunnel.END_HEADERS, 1, STATUS_200);

            Socket second = connect(port);
            leaving.await(RawTunnel.HEADERS);
            leaving.frame(RawTunnel.GOAWAY, 0, 0, new byte[] {0, 0, 0, 1, 0, 0, 0, 0});

            RawTunnel fresh = closing(RawTunnel.accept(listener));
            fresh.await(RawTunnel.HEADERS);
            fresh.frame(RawTunnel.HEADERS, RawTunnel.END_HEADERS, 1, STATUS_200);
            fresh.frame(RawTunnel.DATA, 0, 1, "new".getBytes(StandardCharsets.UTF_8));
            leaving.frame(RawTunnel.DATA, 0, 1, "old".getBytes(StandardCharsets.UTF_8));
            assertThat(second.getInputStream().readNBytes(3)).asString().isEqualTo("new");
            assertThat(first.getInputStream().readNBytes(3)).asString().isEqualTo("old");
        }
    }

    /** Live connections obey change: no tunnel waits to be idle for long on a way that nobody takes any more. */
    @Test
    void aTunnelWhoseWayWasLeftSaysSoWhenItsLastStreamIsOver() throws Exception {
        try (ServerSocket listener = RawTunnel.listen(PKI.issue(SERVER))) {
            Transport transport = start(LIMITS);
            decisions.planOutbound(
                    attempt -> tunnel(attempt.client(), listener.getLocalPort(), loopback(80), Set.of(SERVER)));
            int port = serve(transport, CLIENT, decisions).ports().outbound();
            Socket first = connect(port);
            RawTunnel left = closing(RawTunnel.accept(listener));
            left.await(RawTunnel.HEADERS);
            left.frame(RawTunnel.HEADERS, RawTunnel.END_HEADERS, 1, STATUS_200);
            Socket second = connect(port);
            left.await(RawTunnel.HEADERS);
            left.frame(RawTunnel.HEADERS, RawTunnel.END_HEADERS, 3, STATUS_200);

            RecordingDecisions.next(decisions.opened).end(new Superseded.JoinedMesh(new WorkloadUid("w")));
            assertThat(endsWithoutData(first)).isTrue();
            left.await(RawTunnel.RST_STREAM);

            connect(port);
            RawTunnel fresh = closing(RawTunnel.accept(listener));
            fresh.await(RawTunnel.HEADERS);
            left.frame(RawTunnel.DATA, RawTunnel.END_STREAM, 3, "still".getBytes(StandardCharsets.UTF_8));
            assertThat(exchange(second, "")).isEqualTo("still");
            assertThat(left.awaitGoAway()).isZero();
            left.awaitEnd();
        }
    }

    /** RFC 9113, section 8.1: what was answered to the end is reset without error, so that nothing more is sent for it. */
    @Test
    void aClientThatStillSendsToAnApplicationThatWentAwayIsToldSo() throws Exception {
        Upstream application = closing(Upstream.start(connection -> {
            connection.getInputStream().read();
            connection.shutdownOutput();
        }));
        decisions.planInbound(attempt -> forward(attempt, application.address()));
        int port = serve(start(LIMITS), SERVER, decisions).ports().inboundHbone();
        RawTunnel tunnel =
                closing(RawTunnel.open(port, Optional.of(PKI.issue(CLIENT)))).greet();
        connectStream(tunnel, 1);

        tunnel.frame(RawTunnel.DATA, 0, 1, new byte[1]);
        assertThat(tunnel.await(RawTunnel.DATA)).as("the application's end").isEmpty();

        assertThat(tunnel.sendUntilReset(1)).isEqualTo(NO_ERROR);
        assertThat(RecordingDecisions.next(decisions.closed).outcome()).isEqualTo(new FlowOutcome.Completed());
        lateDataIsNoFlood(tunnel);
        connectStream(tunnel, 3);
        assertThat(decisions.rejected).isEmpty();
    }

    /** RFC 9113, section 5.1: what was under way when the stream was reset, here as many small frames. */
    private static void lateDataIsNoFlood(RawTunnel tunnel) throws IOException {
        String one = "\0\0\1\0\0\0\0\0\1x";
        String many = one.repeat(5_000);
        for (int i = 0; i < 30; i++) {
            tunnel.raw(many);
        }
    }

    private static void connectStream(RawTunnel tunnel, int stream) throws IOException {
        tunnel.request(stream, "CONNECT", "10.0.0.1:80");
        assertThat(tunnel.await(RawTunnel.HEADERS)).as("status 200").startsWith(STATUS_200);
    }

    @Test
    void aServerThatStillSendsToACallerThatWentAwayIsToldSo() throws Exception {
        try (ServerSocket listener = RawTunnel.listen(PKI.issue(SERVER))) {
            Transport transport = start(LIMITS);
            decisions.planOutbound(
                    attempt -> tunnel(attempt.client(), listener.getLocalPort(), loopback(80), Set.of(SERVER)));
            Socket caller = connect(serve(transport, CLIENT, decisions).ports().outbound());
            RawTunnel tunnel = closing(RawTunnel.accept(listener));
            tunnel.await(RawTunnel.HEADERS);
            tunnel.frame(RawTunnel.HEADERS, RawTunnel.END_HEADERS, 1, STATUS_200);

            caller.shutdownOutput();
            assertThat(tunnel.await(RawTunnel.DATA)).as("the caller's end").isEmpty();
            caller.close();

            assertThat(tunnel.sendUntilReset(1)).isEqualTo(CANCEL);
            assertThat(RecordingDecisions.next(decisions.closed).outcome()).isEqualTo(new FlowOutcome.Completed());
        }
    }
}
