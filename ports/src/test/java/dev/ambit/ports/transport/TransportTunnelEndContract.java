package dev.ambit.ports.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.domain.flow.Superseded;
import dev.ambit.domain.workload.WorkloadUid;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * How a tunnel with several streams ends, seen from its other end. The transport is one whose connections share a tunnel
 * as long as it has room.
 */
public abstract class TransportTunnelEndContract extends TransportContract {
    /** The static entry of HPACK for {@code :status 200}. */
    private static final byte[] STATUS_200 = {(byte) 0x88};

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
}
