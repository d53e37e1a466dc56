package dev.ambit.systemtests.transport;

import static dev.ambit.systemtests.transport.RoutedPods.SERVER_V4;
import static dev.ambit.systemtests.transport.RoutedPods.SERVER_V6;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.adapters.linux.namespace.LinuxNetworkNamespace;
import dev.ambit.adapters.linux.redirection.NftPodRedirection;
import dev.ambit.adapters.netty.dns.NettyDnsServer;
import dev.ambit.adapters.netty.dns.NettyDnsUpstream;
import dev.ambit.domain.address.IpAddress;
import dev.ambit.domain.address.IpPort;
import dev.ambit.domain.dns.DnsProtocol;
import dev.ambit.domain.dns.DnsQuery;
import dev.ambit.domain.dns.DnsReply;
import dev.ambit.domain.dns.QueryReading;
import dev.ambit.domain.dns.RecordType;
import dev.ambit.domain.dns.ResponseCode;
import dev.ambit.domain.enrolment.Capture;
import dev.ambit.ports.dns.DnsClient;
import dev.ambit.ports.dns.DnsLimits;
import dev.ambit.ports.dns.DnsListener;
import dev.ambit.ports.dns.DnsMessages;
import dev.ambit.ports.dns.DnsServer;
import dev.ambit.ports.dns.DnsServer.DnsBinding;
import dev.ambit.ports.dns.DnsUpstream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** DNS on its real port, in a pod whose questions are redirected to it, with a name server in another pod. */
@Timeout(60)
class RedirectedDnsTest {
    private static final String OURS = "payments.shop";
    private static final List<InetAddress> LOOPBACKS =
            List.of(InetAddress.ofLiteral("127.0.0.1"), InetAddress.ofLiteral("::1"));
    private static final int MARK = 1337;

    private final RoutedPods pods = new RoutedPods();
    private final DnsServer server = new NettyDnsServer(DnsLimits.STANDARD.withPacketMark(MARK));
    private final DnsUpstream upstream = new NettyDnsUpstream(MARK);
    private final SecureRandom random = new SecureRandom();

    /** Stands for the cluster's name server, on port 53 of the other pod. */
    private final DnsServer nameServer = new NettyDnsServer(DnsLimits.STANDARD.withPacketMark(0));

    @BeforeEach
    void serve() {
        new NftPodRedirection().apply(pods.client, Capture.CONNECTIONS_AND_NAMES);
        nameServer.serve(
                new DnsBinding(
                        pods.server, List.of(InetAddress.ofLiteral(SERVER_V4), InetAddress.ofLiteral(SERVER_V6)), 53),
                (_, _, message) -> CompletableFuture.completedFuture(Optional.of(refusal(message))));
        DnsListener listener = server.serve(new DnsBinding(pods.client, LOOPBACKS, 15_053), proxy(SERVER_V4));
        assertThat(listener.addresses()).isEqualTo(LOOPBACKS);
    }

    @AfterEach
    void close() {
        server.close();
        upstream.close();
        nameServer.close();
        pods.close();
    }

    private static DnsQuery query(byte[] message) {
        return ((QueryReading.Asked) QueryReading.of(message)).query();
    }

    /** Nobody but the name server answers so. */
    private static byte[] refusal(byte[] message) {
        return DnsReply.failure(query(message), ResponseCode.REFUSED);
    }

    /** Knows one name, without an address, and asks the name server for all others. */
    private DnsMessages proxy(String server) {
        return (_, protocol, message) -> {
            DnsQuery asked = query(message);
            return asked.question().name().text().equals(OURS)
                    ? CompletableFuture.completedFuture(Optional.of(DnsReply.empty(asked)))
                    : forwarded(asked, protocol, server);
        };
    }

    private CompletionStage<Optional<byte[]>> forwarded(DnsQuery asked, DnsProtocol protocol, String server) {
        var address = new IpPort(IpAddress.of(server), 53);
        return upstream.ask(pods.client, address, protocol, asked.withFreshId(random), Duration.ofSeconds(10))
                .thenApply(reply -> Optional.of(DnsReply.relayed(asked, reply, DnsReply.bytesMax(asked, protocol))));
    }

    private static DatagramSocket socket(LinuxNetworkNamespace namespace) {
        return namespace.call(() -> {
            try {
                return new DatagramSocket(new InetSocketAddress(InetAddress.ofLiteral("::"), 0));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    private static int codeByUdp(DatagramSocket socket, String server, String name) throws IOException {
        DnsQuery query = DnsClient.query(name, RecordType.A);
        byte[] reply = DnsClient.byUdp(socket, InetAddress.ofLiteral(server), 53, query.bytes());
        assertThat(query.isAnsweredBy(reply)).isTrue();
        return DnsReply.code(reply);
    }

    private static int codeByTcp(Socket socket, String name) throws IOException {
        DnsQuery query = DnsClient.query(name, RecordType.A);
        DnsClient.send(socket, query.bytes());
        byte[] reply = DnsClient.receive(socket);
        assertThat(query.isAnsweredBy(reply)).isTrue();
        return DnsReply.code(reply);
    }

    @ParameterizedTest
    @ValueSource(strings = {SERVER_V4, SERVER_V6, "192.0.2.53", "2001:db8::53"})
    void ourNamesAreAnsweredHereAndAllOthersByTheNameServer(String server) throws IOException {
        try (DatagramSocket client = socket(pods.client)) {
            for (int i = 0; i < 3; i++) {
                assertThat(codeByUdp(client, server, OURS)).isZero();
                assertThat(codeByUdp(client, server, "www.example.com")).isEqualTo(5);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {SERVER_V4, SERVER_V6})
    void byTcpAsWell(String server) throws IOException {
        try (Socket client = RoutedPods.connect(pods.client, server, 53)) {
            assertThat(codeByTcp(client, OURS)).isZero();
            assertThat(codeByTcp(client, "www.example.com")).isEqualTo(5);
        }
    }

    @Test
    void manyQuestionsFromManySocketsAllComeBack() throws IOException {
        for (int i = 0; i < 200; i++) {
            try (DatagramSocket client = socket(pods.client)) {
                assertThat(codeByUdp(client, SERVER_V4, "www.example.com")).isEqualTo(5);
            }
        }
    }

    @Test
    void otherPodsAskTheNameServerThemselves() throws IOException {
        try (DatagramSocket client = socket(pods.node)) {
            assertThat(codeByUdp(client, SERVER_V4, OURS)).isEqualTo(5);
        }
    }

    /** A pod without IPv6 on loopback is served on IPv4 alone. */
    @Test
    void whereLoopbackHasNoIpv6ThePodIsServedAllTheSame() {
        RoutedPods.run(pods.server, "echo 1 > /proc/sys/net/ipv6/conf/lo/disable_ipv6");

        DnsListener listener = server.serve(new DnsBinding(pods.server, LOOPBACKS, 15_053), proxy(SERVER_V4));

        assertThat(listener.addresses()).containsExactly(LOOPBACKS.getFirst());
    }
}
