package dev.ambit.ports.dns;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.domain.dns.DnsQuery;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;

/** What every {@link DnsServer} lets clients cost it. */
public abstract class DnsServerLimitsContract extends DnsServerFixture {
    @Test
    void silenceAndFailureCostNobodyElseAnything() throws IOException {
        DnsListener listener = serve((_, _, message) -> switch ((char) message[0]) {
            case 'n' -> CompletableFuture.completedFuture(Optional.empty());
            case 'f' -> CompletableFuture.failedFuture(new IllegalStateException("the test's failure"));
            case 't' -> throw new IllegalStateException("the test's throw");
            default -> CompletableFuture.completedFuture(Optional.of(message));
        });

        DatagramSocket client = datagrams();
        for (String bad : List.of("none", "failed", "thrown")) {
            client.send(new DatagramPacket(text(bad), bad.length(), LOOPBACK, listener.port()));
            Socket stream = connect(listener);
            DnsClient.send(stream, text(bad));
            assertThat(ends(stream)).isTrue();
        }

        assertThat(DnsClient.byUdp(client, LOOPBACK, listener.port(), text("good")))
                .isEqualTo(text("good"));
    }

    @Test
    void anIdleConnectionIsClosed() throws IOException {
        var limits = new DnsLimits(10, 10, Duration.ofMillis(300), 0, true);
        DnsListener listener = serve(limits, reversing(), LOOPBACK);

        assertThat(ends(connect(listener))).isTrue();
    }

    @Test
    void dribblingIsNotActivity() throws IOException {
        var limits = new DnsLimits(10, 10, Duration.ofMillis(300), 0, true);
        DnsListener listener = serve(limits, reversing(), LOOPBACK);

        Socket client = connect(listener);
        client.setSoTimeout(50);
        client.getOutputStream().write(new byte[] {1, 0});
        assertThat(dribble(client)).isTrue();
    }

    /** Sends a byte now and then until the server ends the connection; false if 256 bytes do not bring that about. */
    private static boolean dribble(Socket client) throws IOException {
        for (int i = 0; i < 255; i++) {
            try {
                client.getOutputStream().write(1);
                if (client.getInputStream().read() < 0) {
                    return true;
                }
            } catch (java.net.SocketTimeoutException stillOpen) {
                // The next byte.
            } catch (SocketException reset) {
                return true;
            }
        }
        return false;
    }

    @Test
    void aConnectionThatWaitsForItsReplyIsNotIdle() throws IOException {
        var limits = new DnsLimits(10, 10, Duration.ofMillis(200), 0, true);
        DnsListener listener = serve(
                limits,
                (_, _, message) -> new CompletableFuture<Optional<byte[]>>()
                        .completeOnTimeout(Optional.of(message), 900, java.util.concurrent.TimeUnit.MILLISECONDS),
                LOOPBACK);

        Socket client = connect(listener);
        DnsClient.send(client, text("slow"));

        assertThat(DnsClient.receive(client)).isEqualTo(text("slow"));
    }

    @Test
    void oneConnectionTooManyIsClosed() throws IOException {
        var limits = new DnsLimits(2, 10, Duration.ofSeconds(30), 0, true);
        DnsListener listener = serve(limits, reversing(), LOOPBACK);
        Socket first = connect(listener);
        Socket second = connect(listener);
        DnsClient.send(second, text("ab"));
        DnsClient.receive(second);

        assertThat(ends(connect(listener))).isTrue();
        DnsClient.send(first, text("ab"));
        assertThat(DnsClient.receive(first)).isEqualTo(text("ba"));
    }

    @Test
    void whatIsPendingIsBounded() throws IOException {
        var limits = new DnsLimits(10, 2, Duration.ofSeconds(30), 0, true);
        var held = new ConcurrentLinkedQueue<CompletableFuture<Optional<byte[]>>>();
        DnsListener listener = serve(
                limits,
                (_, _, _) -> {
                    var reply = new CompletableFuture<Optional<byte[]>>();
                    held.add(reply);
                    return reply;
                },
                LOOPBACK);

        Socket client = connect(listener);
        DnsClient.send(client, text("1"));
        DnsClient.send(client, text("2"));
        DnsClient.send(client, text("3"));

        assertThat(ends(client)).isTrue();
        assertThat(held).hasSize(2);
    }

    @Test
    void tooLongAMessageEndsItsConnection() throws IOException {
        DnsListener listener = serve(reversing());

        Socket client = connect(listener);
        DnsClient.send(client, new byte[DnsQuery.BYTES_MAX]);
        assertThat(DnsClient.receive(client)).hasSize(DnsQuery.BYTES_MAX);
        DnsClient.send(client, new byte[DnsQuery.BYTES_MAX + 1]);
        assertThat(ends(client)).isTrue();
    }

    @Test
    void anEmptyMessageIsNoMessage() throws IOException {
        DnsListener listener = serve(reversing());

        Socket client = connect(listener);
        DnsClient.send(client, new byte[0]);
        assertThat(ends(client)).isTrue();
        DatagramSocket datagrams = datagrams();
        datagrams.send(new DatagramPacket(new byte[0], 0, LOOPBACK, listener.port()));
        assertThat(DnsClient.byUdp(datagrams, LOOPBACK, listener.port(), text("abc")))
                .isEqualTo(text("cba"));
    }

    @Test
    void garbageTakesNothingDown() throws IOException {
        DnsListener listener = serve(reversing());
        var random = new Random(5);

        DatagramSocket datagrams = datagrams();
        // No more than fits into a socket's receive buffer: what the kernel drops is nobody's failure.
        for (int i = 0; i < 60; i++) {
            byte[] garbage = new byte[random.nextInt(i < 5 ? 9000 : 600)];
            random.nextBytes(garbage);
            datagrams.send(new DatagramPacket(garbage, garbage.length, LOOPBACK, listener.port()));
        }
        for (int i = 0; i < 50; i++) {
            byte[] garbage = new byte[random.nextInt(9000)];
            random.nextBytes(garbage);
            try (Socket stream = new Socket(LOOPBACK, listener.port())) {
                stream.getOutputStream().write(garbage);
            } catch (SocketException refused) {
                // The server may well close before it has read everything.
            }
        }

        assertThat(DnsClient.byUdp(datagrams(), LOOPBACK, listener.port(), text("abc")))
                .isEqualTo(text("cba"));
        Socket stream = connect(listener);
        DnsClient.send(stream, text("abc"));
        assertThat(DnsClient.receive(stream)).isEqualTo(text("cba"));
    }

    @Test
    void aClientThatIsGoneHurtsNobody() throws IOException {
        DnsListener listener = serve(reversing());
        for (int i = 0; i < 20; i++) {
            try (var client = new DatagramSocket(new InetSocketAddress(LOOPBACK, 0))) {
                client.send(new DatagramPacket(text("abc"), 3, LOOPBACK, listener.port()));
            }
        }

        assertThat(DnsClient.byUdp(datagrams(), LOOPBACK, listener.port(), text("abc")))
                .isEqualTo(text("cba"));
    }
}
