package dev.ambit.adapters.netty;

import dev.ambit.domain.address.IpPort;
import dev.ambit.domain.flow.FlowContext;
import dev.ambit.domain.flow.HboneHeaders;
import dev.ambit.domain.flow.InboundAttempt;
import dev.ambit.domain.flow.InboundPlan;
import dev.ambit.domain.flow.OutboundPlan;
import dev.ambit.domain.flow.Party;
import dev.ambit.domain.flow.Reporter;
import dev.ambit.domain.flow.ServiceParty;
import dev.ambit.domain.identity.SpiffeId;
import dev.ambit.domain.policy.ConnectionFacts;
import dev.ambit.domain.policy.Peer;
import dev.ambit.domain.workload.PodRef;
import dev.ambit.ports.credentials.FakeCredentials;
import dev.ambit.ports.credentials.TestPki;
import dev.ambit.ports.podnetwork.FakeNetworkNamespace;
import dev.ambit.ports.transport.ListenPorts;
import dev.ambit.ports.transport.PodProxy;
import dev.ambit.ports.transport.RecordingDecisions;
import dev.ambit.ports.transport.Transport.PodBinding;
import dev.ambit.ports.transport.TransportLimits;
import dev.ambit.ports.transport.TransportSecurity;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;

/** A pod that calls and one that echoes, on loopback, with a tunnel between them. */
final class TwoPods implements AutoCloseable {
    static final SpiffeId CLIENT = SpiffeId.of("spiffe://cluster.local/ns/shop/sa/cart");
    static final SpiffeId SERVER = SpiffeId.of("spiffe://cluster.local/ns/shop/sa/stock");

    private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");

    final TestPki pki = new TestPki();
    final FakeCredentials credentials = new FakeCredentials();
    final RecordingDecisions clientSide = new RecordingDecisions();
    final RecordingDecisions serverSide = new RecordingDecisions();
    private final NettyTransport transport;
    private final ServerSocket application;
    private final PodProxy client;
    private final PodProxy server;

    TwoPods(TransportLimits limits) {
        renew();
        transport = new NettyTransport(new NettyOptions(1), limits, TransportSecurity.of(credentials));
        try {
            application = new ServerSocket(0, 200, LOOPBACK);
        } catch (IOException noPort) {
            throw new UncheckedIOException(noPort);
        }
        Thread.startVirtualThread(this::accept);
        client = serve(CLIENT, clientSide);
        server = serve(SERVER, serverSide);
        callThrough(server.ports().inboundHbone());
        serverSide.planInbound(this::forward);
    }

    /** New certificates for both. */
    void renew() {
        credentials.hold(CLIENT, pki.issue(CLIENT));
        credentials.hold(SERVER, pki.issue(SERVER));
    }

    int hbonePort() {
        return server.ports().inboundHbone();
    }

    /** Tunnels go to this port of loopback from now on. */
    void callThrough(int hbonePort) {
        var hop = new IpPort(address().ip(), hbonePort);
        clientSide.planOutbound(attempt -> new OutboundPlan.Tunnel(
                context(Reporter.SOURCE, attempt.client(), hop),
                hop,
                address().toString(),
                CLIENT,
                Set.of(SERVER),
                new HboneHeaders("", "", "")));
    }

    private PodProxy serve(SpiffeId identity, RecordingDecisions decisions) {
        var pod = new PodRef("uid", identity.namespace(), identity.serviceAccount(), identity.serviceAccount());
        return transport.serve(
                new PodBinding(pod, new FakeNetworkNamespace(7), LOOPBACK, ListenPorts.EPHEMERAL), decisions);
    }

    private IpPort address() {
        return IpPort.of((InetSocketAddress) application.getLocalSocketAddress());
    }

    private static FlowContext context(Reporter reporter, IpPort from, IpPort to) {
        return new FlowContext(reporter, Party.UNKNOWN, Party.UNKNOWN, ServiceParty.UNKNOWN, from, to, "", false);
    }

    private InboundPlan forward(InboundAttempt attempt) {
        return new InboundPlan.Forward(
                context(Reporter.DESTINATION, attempt.client(), address()),
                new ConnectionFacts(new Peer.Anonymous(), attempt.client().ip(), address()),
                address(),
                new InboundPlan.Origin.Own(),
                "");
    }

    private void accept() {
        try {
            while (true) {
                Socket connection = application.accept();
                Thread.startVirtualThread(() -> echo(connection));
            }
        } catch (IOException _) {
            // The test is over.
        }
    }

    private static void echo(Socket connection) {
        try (connection) {
            connection.getInputStream().transferTo(connection.getOutputStream());
        } catch (IOException _) {
            // The caller went away; the test looks at its own end.
        }
    }

    /** A connection of the calling application, open. */
    Socket connect() throws IOException {
        var socket = new Socket(LOOPBACK, client.ports().outbound());
        socket.setSoTimeout(20_000);
        return socket;
    }

    /** Sends text and its end to the other application; what comes back. */
    String exchange(String text) throws IOException {
        try (Socket socket = connect()) {
            socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
            socket.shutdownOutput();
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Override
    public void close() {
        transport.close();
        try {
            application.close();
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }
}
