package dev.ambit.services.ztunnel.credentials;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.adapters.netty.NettyOptions;
import dev.ambit.adapters.netty.NettyTransport;
import dev.ambit.adapters.xds.revocation.FileRevocations;
import dev.ambit.domain.address.IpPort;
import dev.ambit.domain.flow.FlowContext;
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
import dev.ambit.ports.credentials.WorkloadCertificate;
import dev.ambit.ports.podnetwork.FakeNetworkNamespace;
import dev.ambit.ports.telemetry.Counter;
import dev.ambit.ports.telemetry.RecordingTelemetry;
import dev.ambit.ports.transport.ListenPorts;
import dev.ambit.ports.transport.PodProxy;
import dev.ambit.ports.transport.RecordingDecisions;
import dev.ambit.ports.transport.TlsPolicy;
import dev.ambit.ports.transport.Transport.PodBinding;
import dev.ambit.ports.transport.TransportLimits;
import dev.ambit.ports.transport.TransportSecurity;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** From a file that changes to a connection that ends: the real list, watch, tunnels and transport together. */
@Timeout(60)
class RevokedTunnelTest {
    private static final SpiffeId CART = SpiffeId.of("spiffe://cluster.local/ns/shop/sa/cart");
    private static final SpiffeId STOCK = SpiffeId.of("spiffe://cluster.local/ns/shop/sa/stock");
    private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");

    private final TestPki pki = new TestPki();
    private final RecordingTelemetry telemetry = new RecordingTelemetry();
    private final RecordingDecisions source = new RecordingDecisions();
    private final RecordingDecisions destination = new RecordingDecisions();

    private static PodBinding pod(SpiffeId identity) {
        String name = identity.serviceAccount();
        return new PodBinding(
                new PodRef(name, identity.namespace(), name, name),
                new FakeNetworkNamespace(7),
                LOOPBACK,
                ListenPorts.EPHEMERAL);
    }

    private static FlowContext context(Reporter reporter, IpPort from, IpPort to) {
        return new FlowContext(reporter, Party.UNKNOWN, Party.UNKNOWN, ServiceParty.UNKNOWN, from, to, "", false);
    }

    private void plan(IpPort hop, IpPort application) {
        source.planOutbound(attempt -> new OutboundPlan.Tunnel(
                context(Reporter.SOURCE, attempt.client(), hop),
                hop,
                application.toString(),
                CART,
                Set.of(STOCK),
                new HboneHeaders("", "", "")));
        destination.planInbound(attempt -> forward(attempt, application));
    }

    private static InboundPlan forward(InboundAttempt attempt, IpPort application) {
        return new InboundPlan.Forward(
                context(Reporter.DESTINATION, attempt.client(), application),
                new ConnectionFacts(new Peer.Anonymous(), attempt.client().ip(), application),
                application,
                new InboundPlan.Origin.Own(),
                "");
    }

    private static void echo(ServerSocket application) {
        try (Socket connection = application.accept()) {
            connection.getInputStream().transferTo(connection.getOutputStream());
        } catch (IOException _) {
            // The caller looks at its own end.
        }
    }

    @Test
    void aCertificateThatIsRevokedEndsItsTunnels(@TempDir Path folder) throws IOException {
        Path list = Files.write(folder.resolve("ca-crl.pem"), pki.revoke());
        WorkloadCertificate cart = pki.issue(CART);
        var credentials = new FakeCredentials();
        credentials.hold(CART, cart);
        credentials.hold(STOCK, pki.issue(STOCK));
        try (ScheduledExecutorService chores = Executors.newSingleThreadScheduledExecutor();
                var revocations = FileRevocations.watch(list);
                var transport = new NettyTransport(
                        new NettyOptions(1),
                        TransportLimits.ISTIO.withPacketMark(0),
                        new TransportSecurity(
                                credentials,
                                revocations,
                                new LiveTunnels(revocations, chores, telemetry),
                                TlsPolicy.ISTIO));
                var application = new ServerSocket(0, 10, LOOPBACK)) {
            Thread.startVirtualThread(() -> echo(application));
            PodProxy server = transport.serve(pod(STOCK), destination);
            PodProxy client = transport.serve(pod(CART), source);
            IpPort address = IpPort.of((InetSocketAddress) application.getLocalSocketAddress());
            plan(new IpPort(address.ip(), server.ports().inboundHbone()), address);
            try (var socket = new Socket(LOOPBACK, client.ports().outbound())) {
                socket.setSoTimeout(30_000);
                socket.getOutputStream().write('a');
                assertThat(socket.getInputStream().read()).isEqualTo('a');

                Files.write(list, pki.revoke(cart.leaf()));

                assertThat(ends(socket)).isTrue();
            }
            assertThat(RecordingDecisions.next(destination.closed).outcome().flag())
                    .isEqualTo(ResponseFlag.CERT_REVOKED);
            assertThat(telemetry.counted(Counter.CRL_REJECTIONS, "destination")).isEqualTo(1);

            try (var again = new Socket(LOOPBACK, client.ports().outbound())) {
                assertThat(ends(again)).isTrue();
            }
            assertThat(RecordingDecisions.next(destination.rejected).error()).contains("revoked");
        }
    }

    private static boolean ends(Socket socket) throws IOException {
        try {
            return socket.getInputStream().read() < 0;
        } catch (SocketException reset) {
            return true;
        }
    }
}
