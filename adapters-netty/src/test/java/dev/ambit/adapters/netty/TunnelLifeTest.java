package dev.ambit.adapters.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.domain.address.IpPort;
import dev.ambit.ports.transport.RecordingDecisions;
import dev.ambit.ports.transport.TransportLimits;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** When tunnels are shared, given up and replaced. */
@Timeout(60)
class TunnelLifeTest {
    private static final Duration IDLE = Duration.ofMillis(300);

    private static TransportLimits limits() {
        TransportLimits istio = TransportLimits.ISTIO;
        return istio.withTunnels(istio.tunnels().withIdleTimeout(IDLE)).withSockets(unmarked());
    }

    /** The tunnel that a new connection takes, by its source port. */
    private static IpPort tunnelOf(TwoPods pods) throws IOException {
        assertThat(pods.exchange("hello")).isEqualTo("hello");
        return RecordingDecisions.next(pods.serverSide.inboundAttempts).client();
    }

    @Test
    void tunnelIsSharedUntilItIsIdleForTooLong() throws IOException {
        try (var pods = new TwoPods(TransportLimits.ISTIO.withPacketMark(0))) {
            assertThat(tunnelOf(pods)).isEqualTo(tunnelOf(pods));
        }
        try (var pods = new TwoPods(limits())) {
            IpPort first = tunnelOf(pods);
            // Nothing tells that a tunnel is gone but that the next connection takes another.
            LockSupport.parkNanos(IDLE.multipliedBy(3).toNanos());
            assertThat(tunnelOf(pods)).isNotEqualTo(first);
        }
    }

    /** The window of the whole tunnel is used up by one who does not read. */
    @Test
    void aTunnelThatIsStuckGetsNoNewConnections() throws IOException, InterruptedException {
        try (var pods = new TwoPods(narrow())) {
            IpPort first = tunnelOf(pods);
            Socket stalled = pods.connect();
            assertThat(RecordingDecisions.next(pods.serverSide.inboundAttempts).client())
                    .isEqualTo(first);
            var written = new AtomicLong();
            Thread.startVirtualThread(() -> fill(stalled, written));
            for (long before = -1; before != written.get(); ) {
                before = written.get();
                LockSupport.parkNanos(Duration.ofMillis(700).toNanos());
            }

            assertThat(tunnelOf(pods)).isNotEqualTo(first);
            stalled.close();
        }
    }

    private static void fill(Socket socket, AtomicLong written) {
        byte[] chunk = new byte[16_384];
        try {
            for (int i = 0; i < 10_000; i++) {
                socket.getOutputStream().write(chunk);
                written.addAndGet(chunk.length);
            }
        } catch (IOException _) {
            // The test is over.
        }
    }

    private static TransportLimits narrow() {
        TransportLimits istio = TransportLimits.ISTIO;
        return istio.withTunnels(istio.tunnels().withWindows(istio.tunnels().streamWindowBytes(), 65_535))
                .withSockets(unmarked());
    }

    private static TransportLimits.Sockets unmarked() {
        return TransportLimits.ISTIO
                .sockets()
                .withPacketMark(0)
                .withOriginalSource(TransportLimits.OriginalSource.NEVER);
    }

    @Test
    void renewedCertificateGetsNewTunnel() throws IOException {
        try (var pods = new TwoPods(TransportLimits.ISTIO.withPacketMark(0))) {
            IpPort first = tunnelOf(pods);
            pods.renew();
            assertThat(tunnelOf(pods)).isNotEqualTo(first);
        }
    }

    @Test
    void renewalUnderLoadFailsNothing() throws InterruptedException, ExecutionException, IOException {
        var stop = new AtomicBoolean();
        try (var pods = new TwoPods(TransportLimits.ISTIO.withPacketMark(0));
                ExecutorService callers = Executors.newFixedThreadPool(8)) {
            List<Future<Integer>> exchanges = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                exchanges.add(callers.submit(() -> {
                    int count = 0;
                    while (!stop.get()) {
                        assertThat(pods.exchange("hello")).isEqualTo("hello");
                        count++;
                    }
                    return count;
                }));
            }
            for (int renewal = 0; renewal < 5; renewal++) {
                pods.renew();
                // As long as it takes for the new certificate to be used.
                for (int i = 0; i < 20; i++) {
                    assertThat(pods.exchange("hello")).isEqualTo("hello");
                }
            }
            stop.set(true);
            for (Future<Integer> count : exchanges) {
                assertThat(count.get()).isPositive();
            }
        }
    }
}
