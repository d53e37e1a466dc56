package dev.ambit.ports.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ambit.domain.address.IpPort;
import dev.ambit.domain.dns.DnsProtocol;
import dev.ambit.domain.dns.DnsQuery;
import dev.ambit.domain.dns.DnsReply;
import dev.ambit.domain.dns.RecordType;
import dev.ambit.ports.podnetwork.FakeNetworkNamespace;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What every {@link DnsUpstream} promises, against name servers that are plain sockets on loopback. */
@Timeout(60)
public abstract class DnsUpstreamContract {
    private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");
    private static final Duration PATIENT = Duration.ofSeconds(20);
    private static final Duration SHORT = Duration.ofMillis(300);

    /** The adapter under test, without packet mark; the suite closes it. */
    protected abstract DnsUpstream upstream();

    private static CompletableFuture<byte[]> ask(
            DnsUpstream upstream, int port, DnsProtocol protocol, DnsQuery query, Duration timeout) {
        return upstream.ask(new FakeNetworkNamespace(7), IpPort.of("127.0.0.1", port), protocol, query, timeout)
                .toCompletableFuture();
    }

    /** A message that answers the query, without records. */
    private static byte[] answerTo(byte[] query) {
        byte[] answer = query.clone();
        answer[2] |= (byte) 0x80;
        return answer;
    }

    private static DatagramPacket received(DatagramSocket server) throws IOException {
        var packet = new DatagramPacket(new byte[4096], 4096);
        server.setSoTimeout(20_000);
        server.receive(packet);
        return packet;
    }

    private static byte[] bytes(DatagramPacket packet) {
        return Arrays.copyOf(packet.getData(), packet.getLength());
    }

    private static void send(DatagramSocket server, DatagramPacket to, byte[] message) throws IOException {
        server.send(new DatagramPacket(message, message.length, to.getSocketAddress()));
    }

    private static DatagramSocket datagramServer() throws IOException {
        return new DatagramSocket(new InetSocketAddress(LOOPBACK, 0));
    }

    @Test
    void datagramIsAskedAndAnswered() throws Exception {
        DnsQuery query = DnsClient.query("www.bing.com", RecordType.A);
        try (DnsUpstream upstream = upstream();
                DatagramSocket server = datagramServer()) {
            var reply = ask(upstream, server.getLocalPort(), DnsProtocol.UDP, query, PATIENT);
            DatagramPacket asked = received(server);
            assertThat(bytes(asked)).isEqualTo(query.bytes());
            send(server, asked, answerTo(query.bytes()));

            assertThat(reply.get()).isEqualTo(answerTo(query.bytes()));
        }
    }

    @Test
    void streamIsAskedAndAnswered() throws Exception {
        DnsQuery query = DnsClient.query("www.bing.com", RecordType.A);
        try (DnsUpstream upstream = upstream();
                var server = new ServerSocket(0, 5, LOOPBACK)) {
            var reply = ask(upstream, server.getLocalPort(), DnsProtocol.TCP, query, PATIENT);
            try (Socket asked = server.accept()) {
                assertThat(DnsClient.receive(asked)).isEqualTo(query.bytes());
                DnsClient.send(asked, answerTo(query.bytes()));

                assertThat(reply.get()).isEqualTo(answerTo(query.bytes()));
                assertThat(asked.getInputStream().read()).isNegative();
            }
        }
    }

    @Test
    void whatIsNotTheAnswerIsIgnored() throws Exception {
        DnsQuery query = DnsClient.query("www.bing.com", RecordType.A);
        byte[] right = answerTo(query.bytes());
        byte[] wrongId = right.clone();
        wrongId[0] ^= 1;
        byte[] wrongName = right.clone();
        wrongName[13] = 'x';
        try (DnsUpstream upstream = upstream();
                DatagramSocket server = datagramServer()) {
            var reply = ask(upstream, server.getLocalPort(), DnsProtocol.UDP, query, PATIENT);
            DatagramPacket asked = received(server);
            for (byte[] wrong : new byte[][] {wrongId, wrongName, query.bytes(), new byte[0], new byte[] {1, 2, 3}}) {
                send(server, asked, wrong);
            }
            send(server, asked, right);

            assertThat(reply.get()).isEqualTo(right);
        }
    }

    @Test
    void onlyTheServerThatWasAskedCanAnswer() throws Exception {
        DnsQuery query = DnsClient.query("www.bing.com", RecordType.A);
        byte[] forged = answerTo(query.bytes());
        forged[3] |= 3;
        try (DnsUpstream upstream = upstream();
                DatagramSocket server = datagramServer();
                DatagramSocket other = datagramServer()) {
            var reply = ask(upstream, server.getLocalPort(), DnsProtocol.UDP, query, PATIENT);
            DatagramPacket asked = received(server);
            send(other, asked, forged);
            send(server, asked, answerTo(query.bytes()));

            assertThat(DnsReply.code(reply.get())).isZero();
        }
    }

    @Test
    void everyQuestionComesFromAnotherPort() throws Exception {
        Set<Integer> ports = new HashSet<>();
        try (DnsUpstream upstream = upstream();
                DatagramSocket server = datagramServer()) {
            for (int i = 0; i < 20; i++) {
                DnsQuery query = DnsClient.query("www.bing.com", RecordType.A);
                var reply = ask(upstream, server.getLocalPort(), DnsProtocol.UDP, query, PATIENT);
                DatagramPacket asked = received(server);
                ports.add(asked.getPort());
                send(server, asked, answerTo(query.bytes()));
                reply.get();
            }
        }
        assertThat(ports).hasSizeGreaterThan(15);
    }

    @ParameterizedTest
    @EnumSource
    void silenceIsAFailureInTime(DnsProtocol protocol) throws Exception {
        DnsQuery query = DnsClient.query("www.bing.com", RecordType.A);
        try (DnsUpstream upstream = upstream();
                DatagramSocket datagrams = datagramServer();
                var streams = new ServerSocket(0, 5, LOOPBACK)) {
            int port = protocol == DnsProtocol.UDP ? datagrams.getLocalPort() : streams.getLocalPort();

            assertFails(ask(upstream, port, protocol, query, SHORT), "127.0.0.1:" + port);
        }
    }

    private static void assertFails(CompletableFuture<byte[]> reply, String text) {
        assertThatThrownBy(reply::get)
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isInstanceOf(DnsUpstreamException.class)
                .hasMessageContaining(text);
    }

    @ParameterizedTest
    @EnumSource
    void nobodyThereIsAFailureAtOnce(DnsProtocol protocol) throws Exception {
        DnsQuery query = DnsClient.query("www.bing.com", RecordType.A);
        int port;
        try (DatagramSocket gone = datagramServer()) {
            port = gone.getLocalPort();
        }
        try (DnsUpstream upstream = upstream()) {
            assertFails(ask(upstream, port, protocol, query, PATIENT), "127.0.0.1:" + port);
        }
    }

    @Test
    void aStreamThatEndsIsAFailure() throws Exception {
        DnsQuery query = DnsClient.query("www.bing.com", RecordType.A);
        try (DnsUpstream upstream = upstream();
                var server = new ServerSocket(0, 5, LOOPBACK)) {
            var reply = ask(upstream, server.getLocalPort(), DnsProtocol.TCP, query, PATIENT);
            try (Socket asked = server.accept()) {
                DnsClient.receive(asked);
                asked.getOutputStream().write(new byte[] {9, 9, 1});
            }
            assertFails(reply, "127.0.0.1:" + server.getLocalPort());
        }
    }

    @Test
    void closingFailsWhatIsUnderWay() throws Exception {
        DnsQuery query = DnsClient.query("www.bing.com", RecordType.A);
        try (DatagramSocket server = datagramServer()) {
            CompletableFuture<byte[]> reply;
            try (DnsUpstream upstream = upstream()) {
                reply = ask(upstream, server.getLocalPort(), DnsProtocol.UDP, query, PATIENT);
                received(server);
            }
            assertFails(reply, "127.0.0.1");
        }
    }

    @Test
    void aVirtualThreadMayAsk() throws Exception {
        DnsQuery query = DnsClient.query("www.bing.com", RecordType.A);
        try (DnsUpstream upstream = upstream();
                DatagramSocket server = datagramServer()) {
            var reply = new CompletableFuture<byte[]>();
            Thread.startVirtualThread(() -> {
                var _ = ask(upstream, server.getLocalPort(), DnsProtocol.UDP, query, PATIENT)
                        .whenComplete((bytes, failure) -> {
                            if (failure != null) {
                                reply.completeExceptionally(failure);
                            } else {
                                reply.complete(bytes);
                            }
                        });
            });
            DatagramPacket asked = received(server);
            send(server, asked, answerTo(query.bytes()));

            assertThat(reply.get()).isEqualTo(answerTo(query.bytes()));
        }
    }
}
