package dev.ambit.ports.transport;

import dev.ambit.domain.address.IpPort;
import dev.ambit.domain.flow.FlowContext;
import dev.ambit.domain.flow.HboneHeaders;
import dev.ambit.domain.flow.InboundAttempt;
import dev.ambit.domain.flow.InboundPlan;
import dev.ambit.domain.flow.InboundPlan.Origin;
import dev.ambit.domain.flow.OutboundPlan;
import dev.ambit.domain.flow.Party;
import dev.ambit.domain.flow.Reporter;
import dev.ambit.domain.flow.ServiceParty;
import dev.ambit.domain.identity.SpiffeId;
import dev.ambit.domain.policy.ConnectionFacts;
import dev.ambit.domain.policy.Peer;
import dev.ambit.domain.workload.PodRef;
import dev.ambit.ports.credentials.FakeCredentials;
import dev.ambit.ports.credentials.FakeRevocations;
import dev.ambit.ports.credentials.TestPki;
import dev.ambit.ports.podnetwork.FakeNetworkNamespace;
import dev.ambit.ports.transport.Transport.PodBinding;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;

/**
 * What every {@link Transport} promises, in three suites that share what is here: pods on loopback, applications that
 * are plain sockets, and decisions that the test sets. An adapter extends all three.
 *
 * <p>Needs no privilege: no marks, and source addresses that loopback has anyway.
 */
@Timeout(60)
public abstract class TransportContract {
    protected static final SpiffeId CLIENT = SpiffeId.of("spiffe://cluster.local/ns/shop/sa/cart");
    protected static final SpiffeId SERVER = SpiffeId.of("spiffe://cluster.local/ns/shop/sa/stock");
    protected static final SpiffeId STRANGER = SpiffeId.of("spiffe://cluster.local/ns/shop/sa/stranger");

    static final TestPki PKI = new TestPki();

    static final TransportLimits LIMITS = TransportLimits.ISTIO.withPacketMark(0);

    protected final FakeCredentials credentials = new FakeCredentials();
    final FakeRevocations revocations = new FakeRevocations();
    final RecordingTunnels tunnels = new RecordingTunnels();
    private final Deque<AutoCloseable> resources = new ArrayDeque<>();

    /** The adapter under test; the suite closes it. */
    protected abstract Transport transport(TransportLimits limits, TransportSecurity security);

    @AfterEach
    void closeAll() throws Exception {
        while (!resources.isEmpty()) {
            resources.pop().close();
        }
    }

    final <T extends AutoCloseable> T closing(T resource) {
        resources.push(resource);
        return resource;
    }

    final Transport start(TransportLimits limits) {
        return start(limits, TlsPolicy.ISTIO);
    }

    final Transport start(TransportLimits limits, TlsPolicy policy) {
        credentials.hold(CLIENT, PKI.issue(CLIENT));
        credentials.hold(SERVER, PKI.issue(SERVER));
        return closing(transport(limits, new TransportSecurity(credentials, revocations, tunnels, policy)));
    }

    final PodProxy serve(Transport transport, SpiffeId identity, FlowDecisions decisions) {
        var pod = new PodRef(
                identity.serviceAccount() + "-uid",
                identity.namespace(),
                identity.serviceAccount(),
                identity.serviceAccount());
        return closing(transport.serve(
                new PodBinding(pod, new FakeNetworkNamespace(7), LOOPBACK, ListenPorts.EPHEMERAL), decisions));
    }

    private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");

    static IpPort loopback(int port) {
        return new IpPort(dev.ambit.domain.address.IpAddress.of(LOOPBACK), port);
    }

    final Socket connect(int port) throws IOException {
        Socket socket = closing(new Socket(LOOPBACK, port));
        socket.setSoTimeout(20_000);
        return socket;
    }

    static FlowContext context(Reporter reporter, IpPort client, IpPort target) {
        return new FlowContext(reporter, Party.UNKNOWN, Party.UNKNOWN, ServiceParty.UNKNOWN, client, target, "", false);
    }

    static OutboundPlan passthrough(IpPort client, IpPort target) {
        return new OutboundPlan.Passthrough(context(Reporter.SOURCE, client, target), target);
    }

    static OutboundPlan.Tunnel tunnel(IpPort client, int hbonePort, IpPort application, Set<SpiffeId> expected) {
        return tunnel(client, loopback(hbonePort), application, expected);
    }

    static OutboundPlan.Tunnel tunnel(IpPort client, IpPort hop, IpPort application, Set<SpiffeId> expected) {
        return new OutboundPlan.Tunnel(
                context(Reporter.SOURCE, client, hop),
                hop,
                application.toString(),
                CLIENT,
                expected,
                new HboneHeaders("k8s.namespace.name=shop", "for=\"127.0.0.1:1\"", TRACE));
    }

    static final String TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00";

    /** Lets everything in to the application, showing the proxy's own address. */
    static InboundPlan forward(InboundAttempt attempt, IpPort application) {
        return forward(attempt, application, new Origin.Own());
    }

    static InboundPlan forward(InboundAttempt attempt, IpPort application, Origin origin) {
        Peer peer = attempt instanceof InboundAttempt.Hbone hbone
                ? new Peer.Authenticated(hbone.peer())
                : new Peer.Anonymous();
        return new InboundPlan.Forward(
                context(Reporter.DESTINATION, attempt.client(), application),
                new ConnectionFacts(peer, attempt.client().ip(), application),
                application,
                origin,
                attempt instanceof InboundAttempt.Hbone ? "k8s.namespace.name=shop" : "");
    }

    /** Sends the text and the end, and returns everything that comes back. */
    static String exchange(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
        socket.shutdownOutput();
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    /** Whether the connection ends without a byte, in order or by a reset. */
    static boolean endsWithoutData(Socket socket) throws IOException {
        try {
            InputStream in = socket.getInputStream();
            return in.read() < 0;
        } catch (java.net.SocketException reset) {
            return true;
        }
    }

    static TransportLimits quick() {
        return LIMITS.withTimeouts(Duration.ofSeconds(2), Duration.ofSeconds(1));
    }
}
