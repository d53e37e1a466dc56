package dev.ambit.ports.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ambit.domain.address.IpPort;
import dev.ambit.domain.dns.DnsProtocol;
import dev.ambit.ports.dns.DnsServer.DnsBinding;
import dev.ambit.ports.podnetwork.FakeNetworkNamespace;
import dev.ambit.ports.podnetwork.PodNetworkException;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What every {@link DnsServer} promises, on loopback and without privilege. Its limits are {@link DnsServerLimitsContract}. */
public abstract class DnsServerContract extends DnsServerFixture {
    @Test
    void datagramsAreAnswered() throws IOException {
        DnsListener listener = serve(reversing());

        DatagramSocket client = datagrams();
        assertThat(DnsClient.byUdp(client, LOOPBACK, listener.port(), text("abc")))
                .isEqualTo(text("cba"));
        assertThat(DnsClient.byUdp(client, LOOPBACK, listener.port(), text("de")))
                .isEqualTo(text("ed"));
    }

    @Test
    void streamsAreAnsweredOneMessageAfterTheOther() throws IOException {
        DnsListener listener = serve(reversing());

        Socket client = connect(listener);
        DnsClient.send(client, text("abc"));
        DnsClient.send(client, text("de"));

        assertThat(DnsClient.receive(client)).isEqualTo(text("cba"));
        assertThat(DnsClient.receive(client)).isEqualTo(text("ed"));
    }

    @Test
    void theApplicationLearnsWhoAsksAndHow() throws IOException {
        var seen = new ConcurrentLinkedQueue<String>();
        DnsListener listener = serve((client, protocol, message) -> {
            seen.add(client + " " + protocol);
            return CompletableFuture.completedFuture(Optional.of(message));
        });

        DatagramSocket datagrams = datagrams();
        DnsClient.byUdp(datagrams, LOOPBACK, listener.port(), text("a"));
        Socket stream = connect(listener);
        DnsClient.send(stream, text("b"));
        DnsClient.receive(stream);

        assertThat(seen)
                .containsExactly(
                        IpPort.of("127.0.0.1", datagrams.getLocalPort()) + " " + DnsProtocol.UDP,
                        IpPort.of("127.0.0.1", stream.getLocalPort()) + " " + DnsProtocol.TCP);
    }

    @Test
    void aReplyMayComeLaterFromAnyThreadAndOutOfTurn() throws IOException {
        var first = new CompletableFuture<Optional<byte[]>>();
        DnsListener listener = serve((_, _, message) -> {
            if (message[0] == '1') {
                return first;
            }
            Thread.startVirtualThread(() -> first.complete(Optional.of(text("first"))));
            return CompletableFuture.completedFuture(Optional.of(text("second")));
        });

        Socket client = connect(listener);
        DnsClient.send(client, text("1"));
        DnsClient.send(client, text("2"));

        assertThat(List.of(DnsClient.receive(client), DnsClient.receive(client)))
                .containsExactlyInAnyOrder(text("first"), text("second"));
    }

    @Test
    void aLargeReplyFitsOnAStream() throws IOException {
        byte[] large = new byte[65_535];
        new Random(1).nextBytes(large);
        DnsListener listener = serve((_, _, _) -> CompletableFuture.completedFuture(Optional.of(large)));

        Socket client = connect(listener);
        DnsClient.send(client, text("a"));

        assertThat(DnsClient.receive(client)).isEqualTo(large);
    }

    @Test
    void bothFamiliesHaveOnePort() throws IOException {
        DnsListener listener = serve(LIMITS, reversing(), LOOPBACK, LOOPBACK_V6);

        assertThat(listener.addresses()).contains(LOOPBACK);
        for (InetAddress address : listener.addresses()) {
            try (var client = new DatagramSocket(new InetSocketAddress(address, 0))) {
                assertThat(DnsClient.byUdp(client, address, listener.port(), text("abc")))
                        .isEqualTo(text("cba"));
            }
            try (var client = new Socket(address, listener.port())) {
                DnsClient.send(client, text("abc"));
                assertThat(DnsClient.receive(client)).isEqualTo(text("cba"));
            }
        }
    }

    @Test
    void aTakenPortIsSaid() throws IOException {
        try (var taken = new ServerSocket(0, 1, LOOPBACK);
                DnsServer server = server(LIMITS)) {
            assertRefused(server, taken.getLocalPort());
        }
    }

    @Test
    void afterCloseThePortsAreFreeAndConnectionsEnded() throws IOException {
        DnsListener listener = serve(reversing());
        Socket client = connect(listener);
        DnsClient.send(client, text("ab"));
        DnsClient.receive(client);

        listener.close();

        assertThat(ends(client)).isTrue();
        new ServerSocket(listener.port(), 1, LOOPBACK).close();
        new DatagramSocket(new InetSocketAddress(LOOPBACK, listener.port())).close();
    }

    private DnsListener serveAt(int port, String answer) {
        var binding = new DnsBinding(new FakeNetworkNamespace(7), List.of(LOOPBACK), port);
        return closing(closing(server(LIMITS))
                .serve(binding, (_, _, _) -> CompletableFuture.completedFuture(Optional.of(text(answer)))));
    }

    /** The kernel would spread them by the client's port. */
    private void assertAllAnswered(int port, String answer) throws IOException {
        for (int i = 0; i < 20; i++) {
            assertThat(DnsClient.byUdp(datagrams(), LOOPBACK, port, text("?"))).isEqualTo(text(answer));
            Socket stream = closing(new Socket(LOOPBACK, port));
            DnsClient.send(stream, text("?"));
            assertThat(DnsClient.receive(stream)).isEqualTo(text(answer));
        }
    }

    @Test
    void whoeverComesLastIsAskedAndTheOldOneAgainWhenItLeaves() throws IOException {
        DnsListener old = serveAt(0, "old");
        assertAllAnswered(old.port(), "old");

        DnsListener fresh = serveAt(old.port(), "new");
        assertAllAnswered(old.port(), "new");
        fresh.close();
        assertAllAnswered(old.port(), "old");
    }

    /** As long as one of the two does not share it, the port has one owner: by whichever protocol it is asked. */
    @ParameterizedTest
    @CsvSource({"false, true", "true, false", "false, false"})
    void aPortThatIsNotSharedHasOneServer(boolean oldShares, boolean newShares) throws IOException {
        DnsServer first = closing(server(LIMITS.withPortReuse(oldShares)));
        DnsServer second = closing(server(LIMITS.withPortReuse(newShares)));
        DnsListener old = closing(first.serve(
                new DnsBinding(new FakeNetworkNamespace(7), List.of(LOOPBACK), 0),
                (_, _, _) -> CompletableFuture.completedFuture(Optional.of(text("old")))));
        var binding = new DnsBinding(new FakeNetworkNamespace(7), List.of(LOOPBACK), old.port());

        assertRefused(second, old.port());
        assertAllAnswered(old.port(), "old");

        old.close();
        closing(second.serve(binding, (_, _, _) -> CompletableFuture.completedFuture(Optional.of(text("new")))));
        assertAllAnswered(old.port(), "new");
    }

    @Test
    void neitherProtocolOfAPortThatIsNotSharedIsShared() throws IOException {
        DnsServer alone = closing(server(LIMITS.withPortReuse(false)));
        try (var stream = new ServerSocket()) {
            stream.setOption(StandardSocketOptions.SO_REUSEPORT, true);
            stream.bind(new InetSocketAddress(LOOPBACK, 0));
            assertRefused(alone, stream.getLocalPort());
        }
        try (var datagrams = new DatagramSocket(null)) {
            datagrams.setOption(StandardSocketOptions.SO_REUSEPORT, true);
            datagrams.bind(new InetSocketAddress(LOOPBACK, 0));
            assertRefused(alone, datagrams.getLocalPort());
        }
    }

    private static void assertRefused(DnsServer server, int port) {
        var binding = new DnsBinding(new FakeNetworkNamespace(7), List.of(LOOPBACK), port);
        assertThatThrownBy(() -> server.serve(binding, reversing()))
                .isInstanceOf(PodNetworkException.class)
                .hasMessageContaining(String.valueOf(port));
    }

    @Test
    void noMessageIsLostWhenTheOldOneLeaves() throws Exception {
        DnsListener old = serveAt(0, "old");
        int port = old.port();
        var asking = new AtomicBoolean(true);
        var lost = new ConcurrentLinkedQueue<Exception>();
        Thread client = Thread.ofPlatform().start(() -> {
            while (asking.get() && lost.isEmpty()) {
                try (var socket = new DatagramSocket(new InetSocketAddress(LOOPBACK, 0))) {
                    DnsClient.byUdp(socket, LOOPBACK, port, text("?"));
                } catch (IOException unanswered) {
                    lost.add(unanswered);
                }
            }
        });
        for (int i = 0; i < 5; i++) {
            DnsListener fresh = serveAt(port, "new");
            // Asked after the new one came, so the old one has read all it will ever get before this is answered.
            assertAllAnswered(port, "new");
            old.close();
            assertAllAnswered(port, "new");
            old = fresh;
        }
        asking.set(false);
        client.join();

        assertThat(lost).isEmpty();
    }

    @Test
    void everyPodHasItsOwnListener() throws IOException {
        DnsServer server = closing(server(LIMITS));
        DnsListener one = closing(server.serve(
                new DnsBinding(new FakeNetworkNamespace(7), List.of(LOOPBACK), 0),
                (_, _, _) -> CompletableFuture.completedFuture(Optional.of(text("one")))));
        DnsListener two = closing(server.serve(
                new DnsBinding(new FakeNetworkNamespace(8), List.of(LOOPBACK), 0),
                (_, _, _) -> CompletableFuture.completedFuture(Optional.of(text("two")))));
        one.close();

        assertThat(DnsClient.byUdp(datagrams(), LOOPBACK, two.port(), text("?")))
                .isEqualTo(text("two"));
    }

    @Test
    void theMessageIsTheReceiversOwn() throws IOException {
        var kept = new ConcurrentLinkedQueue<byte[]>();
        DnsListener listener = serve((_, _, message) -> {
            kept.add(message);
            return CompletableFuture.completedFuture(Optional.of(message));
        });
        DatagramSocket client = datagrams();
        for (String each : List.of("aa", "bb", "cc")) {
            DnsClient.byUdp(client, LOOPBACK, listener.port(), text(each));
        }

        assertThat(kept.stream().map(Arrays::toString).distinct()).hasSize(3);
    }
}
