package dev.ambit.systemtests.transport;

import static dev.ambit.systemtests.transport.RoutedPods.CLIENT_V4;
import static dev.ambit.systemtests.transport.RoutedPods.CLIENT_V6;
import static dev.ambit.systemtests.transport.RoutedPods.NODE_V4;
import static dev.ambit.systemtests.transport.RoutedPods.NODE_V6;
import static dev.ambit.systemtests.transport.RoutedPods.SERVER_V4;
import static dev.ambit.systemtests.transport.RoutedPods.SERVER_V6;
import static dev.ambit.systemtests.transport.RoutedPods.application;
import static dev.ambit.systemtests.transport.RoutedPods.connect;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.adapters.linux.namespace.LinuxNetworkNamespace;
import dev.ambit.adapters.linux.redirection.NftPodRedirection;
import dev.ambit.adapters.netty.NettyOptions;
import dev.ambit.adapters.netty.NettyTransport;
import dev.ambit.domain.address.IpPort;
import dev.ambit.domain.enrolment.Capture;
import dev.ambit.domain.flow.FlowContext;
import dev.ambit.domain.flow.FlowOutcome;
import dev.ambit.domain.flow.HboneHeaders;
import dev.ambit.domain.flow.InboundAttempt;
import dev.ambit.domain.flow.InboundPlan;
import dev.ambit.domain.flow.OutboundPlan;
import dev.ambit.domain.flow.Party;
import dev.ambit.domain.flow.Reporter;
import dev.ambit.domain.flow.ResponseFlag;
import dev.ambit.domain.flow.ServiceParty;
import dev.ambit.domain.identity.SpiffeId;
import dev.ambit.domain.policy.ConnectionFacts;
import dev.ambit.domain.policy.Peer;
import dev.ambit.domain.workload.PodRef;
import dev.ambit.ports.credentials.FakeCredentials;
import dev.ambit.ports.credentials.TestPki;
import dev.ambit.ports.transport.ListenPorts;
import dev.ambit.ports.transport.PodProxy;
import dev.ambit.ports.transport.RecordingDecisions;
import dev.ambit.ports.transport.Transport;
import dev.ambit.ports.transport.Transport.PodBinding;
import dev.ambit.ports.transport.TransportLimits;
import dev.ambit.ports.transport.TransportLimits.OriginalSource;
import dev.ambit.ports.transport.TransportSecurity;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The transport on its real ports, in pods whose traffic is redirected to it, with marks and transparent sockets. */
@Timeout(60)
class RedirectedTransportTest {
    private static final SpiffeId CLIENT = SpiffeId.of("spiffe://cluster.local/ns/shop/sa/cart");
    private static final SpiffeId SERVER = SpiffeId.of("spiffe://cluster.local/ns/shop/sa/stock");
    private static final InetAddress ANY = InetAddress.ofLiteral("::");
    private static final TestPki PKI = new TestPki();
    private static final int PORT = 8080;

    private final RoutedPods pods = new RoutedPods();
    private final FakeCredentials credentials = new FakeCredentials();
    private final Transport transport =
            new NettyTransport(new NettyOptions(2), limits(), TransportSecurity.of(credentials));
    private final RecordingDecisions clientSide = new RecordingDecisions();
    private final RecordingDecisions serverSide = new RecordingDecisions();

    /** Not showing the caller's address is a failure, not a fallback. */
    private static TransportLimits limits() {
        TransportLimits istio = TransportLimits.ISTIO;
        return istio.withTimeouts(Duration.ofSeconds(5), istio.handshakeTimeout())
                .withSockets(istio.sockets().withOriginalSource(OriginalSource.REQUIRED));
    }

    @BeforeEach
    void redirect() {
        credentials.hold(CLIENT, PKI.issue(CLIENT));
        credentials.hold(SERVER, PKI.issue(SERVER));
        new NftPodRedirection().apply(pods.client, Capture.CONNECTIONS_AND_NAMES);
        new NftPodRedirection().apply(pods.server, Capture.CONNECTIONS_AND_NAMES);
        application(pods.server, PORT);
        clientSide.planOutbound(attempt -> tunnel(attempt.client(), attempt.destination()));
        serverSide.planInbound(RedirectedTransportTest::forward);
    }

    @AfterEach
    void close() {
        transport.close();
        pods.close();
    }

    private PodProxy serve(SpiffeId identity, LinuxNetworkNamespace namespace, RecordingDecisions decisions) {
        String name = identity.serviceAccount();
        var pod = new PodRef(name + "-uid", identity.namespace(), name, name);
        return transport.serve(new PodBinding(pod, namespace, ANY, ListenPorts.ISTIO), decisions);
    }

    private static FlowContext context(Reporter reporter, IpPort client, IpPort target) {
        return new FlowContext(reporter, Party.UNKNOWN, Party.UNKNOWN, ServiceParty.UNKNOWN, client, target, "", false);
    }

    private static OutboundPlan tunnel(IpPort client, IpPort destination) {
        var hop = new IpPort(destination.ip(), ListenPorts.ISTIO.inboundHbone());
        return new OutboundPlan.Tunnel(
                context(Reporter.SOURCE, client, hop),
                hop,
                destination.toString(),
                CLIENT,
                Set.of(SERVER),
                new HboneHeaders("", "", ""));
    }

    /** To where the caller wanted, showing the caller's address. */
    private static InboundPlan forward(InboundAttempt attempt) {
        IpPort destination = switch (attempt) {
            case InboundAttempt.Hbone hbone -> IpPort.parse(hbone.authority()).orElseThrow();
            case InboundAttempt.Plaintext plaintext -> plaintext.original();
        };
        Peer peer = attempt instanceof InboundAttempt.Hbone hbone
                ? new Peer.Authenticated(hbone.peer())
                : new Peer.Anonymous();
        return new InboundPlan.Forward(
                context(Reporter.DESTINATION, attempt.client(), destination),
                new ConnectionFacts(peer, attempt.client().ip(), destination),
                destination,
                new InboundPlan.Origin.Preserved(attempt.client().ip()),
                "");
    }

    /** Sends text and its end through; what comes back. */
    private String exchange(Socket socket, String text) throws IOException {
        try (socket) {
            socket.getOutputStream().write(text.getBytes(UTF_8));
            socket.shutdownOutput();
            return new String(socket.getInputStream().readAllBytes(), UTF_8);
        } catch (IOException broken) {
            throw new AssertionError(
                    "connection failed; reported by the client's proxy: " + clientSide.closed + clientSide.rejected
                            + ", by the server's: " + serverSide.closed + serverSide.rejected,
                    broken);
        }
    }

    @ParameterizedTest
    @CsvSource({CLIENT_V4 + "," + SERVER_V4, CLIENT_V6 + "," + SERVER_V6})
    void podToPodShowsTheCallersAddress(String client, String server) throws IOException {
        serve(CLIENT, pods.client, clientSide);
        serve(SERVER, pods.server, serverSide);
        String text = "0123456789abcdef".repeat(100);

        assertThat(exchange(connect(pods.client, server, PORT), text)).isEqualTo(client + "\n" + text);

        assertThat(RecordingDecisions.next(clientSide.outboundAttempts).destination())
                .as("original destination")
                .isEqualTo(IpPort.of(server, PORT));
        assertThat(RecordingDecisions.next(serverSide.inboundAttempts))
                .isInstanceOfSatisfying(InboundAttempt.Hbone.class, hbone -> {
                    assertThat(hbone.client().ip()).hasToString(client);
                    assertThat(hbone.local()).isEqualTo(IpPort.of(server, 15008));
                    assertThat(hbone.peer()).isEqualTo(CLIENT);
                });
        RecordingDecisions.next(clientSide.closed);
        RecordingDecisions.next(serverSide.closed);
        assertThat(clientSide.outboundAttempts).as("the proxy's own traffic").isEmpty();
        assertThat(serverSide.outboundAttempts).as("replies to the proxy").isEmpty();
        assertThat(serverSide.inboundAttempts).as("the proxy's own traffic").isEmpty();
    }

    /** The caller half-closes and the answer does not fit into socket buffers: nothing of it may get lost. */
    @ParameterizedTest
    @CsvSource({CLIENT_V4 + "," + SERVER_V4, CLIENT_V6 + "," + SERVER_V6})
    void aLongAnswerAfterHalfCloseArrivesWhole(String client, String server) throws IOException {
        serve(CLIENT, pods.client, clientSide);
        serve(SERVER, pods.server, serverSide);
        String text = "0123456789abcdef".repeat(20_000);

        for (int i = 0; i < 12; i++) {
            assertThat(exchange(connect(pods.client, server, PORT), text))
                    .as("exchange " + i)
                    .hasSize(client.length() + 1 + text.length());
        }
    }

    @ParameterizedTest
    @CsvSource({CLIENT_V4 + "," + NODE_V4, CLIENT_V6 + "," + NODE_V6})
    void whatTheProxyPassesThroughIsNotCapturedAgain(String client, String outside) throws IOException {
        application(pods.node, PORT);
        clientSide.planOutbound(attempt -> new OutboundPlan.Passthrough(
                context(Reporter.SOURCE, attempt.client(), attempt.destination()), attempt.destination()));
        serve(CLIENT, pods.client, clientSide);

        assertThat(exchange(connect(pods.client, outside, PORT), "hello")).isEqualTo(client + "\nhello");

        RecordingDecisions.next(clientSide.outboundAttempts);
        RecordingDecisions.next(clientSide.closed);
        assertThat(clientSide.outboundAttempts).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({NODE_V4 + "," + SERVER_V4, NODE_V6 + "," + SERVER_V6})
    void plaintextIsCapturedAndShowsTheCallersAddress(String caller, String server) throws IOException {
        serve(SERVER, pods.server, serverSide);

        assertThat(exchange(connect(pods.node, server, PORT), "hello")).isEqualTo(caller + "\nhello");

        assertThat(RecordingDecisions.next(serverSide.inboundAttempts))
                .isInstanceOfSatisfying(InboundAttempt.Plaintext.class, plaintext -> {
                    assertThat(plaintext.client().ip()).hasToString(caller);
                    assertThat(plaintext.original()).isEqualTo(IpPort.of(server, PORT));
                });
        RecordingDecisions.next(serverSide.closed);
        assertThat(serverSide.inboundAttempts).isEmpty();
        assertThat(serverSide.outboundAttempts).isEmpty();
    }

    @Test
    void withoutIpv6ThePodIsServedOnIpv4() throws IOException {
        RoutedPods.run(pods.server, "echo 1 > /proc/sys/net/ipv6/conf/all/disable_ipv6");
        serve(SERVER, pods.server, serverSide);

        assertThat(exchange(connect(pods.node, SERVER_V4, PORT), "hello")).isEqualTo(NODE_V4 + "\nhello");
    }

    @Test
    void silentHbonePortHintsAtNetworkPolicy() throws IOException {
        RoutedPods.run(
                pods.node,
                "nft 'table inet block { chain c { type filter hook forward priority 0; tcp dport 15008 drop; }; }'");
        serve(CLIENT, pods.client, clientSide);

        try (Socket caller = connect(pods.client, SERVER_V4, PORT)) {
            assertThat(RecordingDecisions.next(clientSide.closed).outcome())
                    .isInstanceOfSatisfying(FlowOutcome.Failed.class, failed -> {
                        assertThat(failed.flag()).isEqualTo(ResponseFlag.NETWORK_POLICY);
                        assertThat(failed.message()).contains("NetworkPolicy", "15008");
                    });
            assertThat(caller.isConnected()).isTrue();
        }
    }

    @Test
    void portsAreFreeAfterCloseAndServedAgain() throws IOException {
        for (int round = 0; round < 3; round++) {
            PodProxy proxy = serve(SERVER, pods.server, serverSide);
            assertThat(proxy.ports()).isEqualTo(ListenPorts.ISTIO);
            assertThat(exchange(connect(pods.node, SERVER_V4, PORT), "hello")).endsWith("hello");
            proxy.close();
            assertThat(RoutedPods.run(pods.server, "cat /proc/net/tcp /proc/net/tcp6"))
                    .as("a listener on 15001, 15006 or 15008")
                    .doesNotContainPattern(":(3A99|3A9E|3AA0) [0-9A-F:]+ 0A ");
        }
    }

    @Test
    void noThreadStaysInPodsNamespace() throws IOException {
        serve(CLIENT, pods.client, clientSide);
        serve(SERVER, pods.server, serverSide);
        for (int i = 0; i < 20; i++) {
            exchange(connect(pods.client, SERVER_V4, PORT), "hello");
        }

        String home = Files.readSymbolicLink(Path.of("/proc/self/ns/net")).toString();
        assertThat(namespacesOfThreads())
                .isNotEmpty()
                .allSatisfy(thread -> assertThat(thread).endsWith(home));
    }

    /** Name and namespace of each event loop. */
    private static List<String> namespacesOfThreads() throws IOException {
        try (Stream<Path> threads = Files.list(Path.of("/proc/self/task"))) {
            return threads.map(RedirectedTransportTest::describe)
                    .filter(thread -> thread.startsWith("transport"))
                    .toList();
        }
    }

    private static String describe(Path thread) {
        try {
            return Files.readString(thread.resolve("comm")).strip() + " "
                    + Files.readSymbolicLink(thread.resolve("ns/net"));
        } catch (IOException gone) {
            // The thread ended meanwhile; event loops do not.
            return "";
        }
    }
}
