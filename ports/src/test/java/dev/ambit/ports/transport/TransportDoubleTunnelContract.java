package dev.ambit.ports.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.domain.flow.FlowContext;
import dev.ambit.domain.flow.FlowOutcome;
import dev.ambit.domain.flow.FlowReport;
import dev.ambit.domain.flow.HboneHeaders;
import dev.ambit.domain.flow.InboundAttempt;
import dev.ambit.domain.flow.InboundPlan;
import dev.ambit.domain.flow.OutboundPlan;
import dev.ambit.domain.flow.Party;
import dev.ambit.domain.flow.RefusalReason;
import dev.ambit.domain.flow.Reporter;
import dev.ambit.domain.flow.ServiceParty;
import dev.ambit.domain.identity.SpiffeId;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Three pods: a client, a gateway of another network that lets every stream through to port 15008 of a server, and the
 * server. The gateway is what an east-west gateway is: it ends the outer tunnel and understands nothing of the inner one.
 */
public abstract class TransportDoubleTunnelContract extends TransportContract {
    private static final SpiffeId GATEWAY = SpiffeId.of("spiffe://cluster.local/ns/istio-system/sa/eastwest");
    private static final String AUTHORITY = "stock.shop.svc.cluster.local:80";

    private final RecordingDecisions source = new RecordingDecisions();
    private final RecordingDecisions gateway = new RecordingDecisions();
    private final RecordingDecisions destination = new RecordingDecisions();
    private int port;
    private int gatewayPort;
    private int serverPort;

    @BeforeEach
    void holdTheGatewaysCertificate() {
        credentials.hold(GATEWAY, PKI.issue(GATEWAY));
    }

    private void mesh(Upstream application) {
        Transport transport = start(LIMITS);
        serverPort = serve(transport, SERVER, destination).ports().inboundHbone();
        gatewayPort = serve(transport, GATEWAY, gateway).ports().inboundHbone();
        port = serve(transport, CLIENT, source).ports().outbound();
        gateway.planInbound(attempt -> forward(attempt, loopback(serverPort)));
        destination.planInbound(attempt -> forward(attempt, application.address()));
        expect(Set.of(GATEWAY), Set.of(SERVER));
    }

    private void expect(Set<SpiffeId> outside, Set<SpiffeId> inside) {
        source.planOutbound(attempt -> {
            var hop = loopback(gatewayPort);
            var context = new FlowContext(
                    Reporter.SOURCE,
                    Party.UNKNOWN,
                    Party.UNKNOWN.withIdentity(GATEWAY.toString()),
                    ServiceParty.UNKNOWN,
                    attempt.client(),
                    hop,
                    AUTHORITY,
                    true);
            var headers = new HboneHeaders("k8s.namespace.name=shop", "for=\"127.0.0.1:1\"", TRACE);
            var innerHeaders = new HboneHeaders(
                    headers.baggage(), headers.forwarded(), headers.traceparent(), Optional.of("here"));
            var outer = new OutboundPlan.Tunnel(context, hop, AUTHORITY, CLIENT, outside, headers);
            return new OutboundPlan.DoubleTunnel(outer, inside, innerHeaders);
        });
    }

    @Test
    void carriesBytesAndHalfCloseThroughBothTunnels() throws Exception {
        mesh(closing(Upstream.echo()));

        assertThat(exchange(connect(port), "ping")).isEqualTo("ping");

        FlowReport sent = RecordingDecisions.next(source.closed);
        FlowReport received = RecordingDecisions.next(destination.closed);
        for (FlowReport report : List.of(sent, received)) {
            assertThat(report.outcome()).isEqualTo(new FlowOutcome.Completed());
            assertThat(report.received()).isEqualTo(4);
            assertThat(report.sent()).isEqualTo(4);
        }
        assertThat(source.rejected).isEmpty();
        assertThat(destination.rejected).isEmpty();
    }

    @Test
    void bothTunnelsAskForTheServiceAndOnlyTheInnerSaysWhereFrom() throws Exception {
        mesh(closing(Upstream.echo()));

        exchange(connect(port), "x");

        var outer = (InboundAttempt.Hbone) RecordingDecisions.next(gateway.inboundAttempts);
        var inner = (InboundAttempt.Hbone) RecordingDecisions.next(destination.inboundAttempts);
        assertThat(outer.authority()).isEqualTo(AUTHORITY);
        assertThat(inner.authority()).isEqualTo(AUTHORITY);
        assertThat(outer.peer()).isEqualTo(CLIENT);
        assertThat(inner.peer()).isEqualTo(CLIENT);
        assertThat(outer.headers().network()).isEmpty();
        assertThat(inner.headers().network()).contains("here");
        assertThat(inner.headers().traceparent()).isEqualTo(outer.headers().traceparent());
        assertThat(inner.headers().baggage()).isEqualTo("k8s.namespace.name=shop");
    }

    @Test
    void theReportIsAboutWhoeverAnswered() throws Exception {
        Upstream echo = closing(Upstream.echo());
        mesh(echo);
        destination.planInbound(attempt -> {
            var plain = (InboundPlan.Forward) forward(attempt, echo.address());
            return new InboundPlan.Forward(
                    plain.context(),
                    plain.facts(),
                    plain.destination(),
                    plain.origin(),
                    "k8s.cluster.name=far,k8s.deployment.name=stock,service.name=stock-app,service.version=v7");
        });

        exchange(connect(port), "x");

        FlowReport report = RecordingDecisions.next(source.closed);
        Party answered = report.context().destination();
        assertThat(answered.identity()).isEqualTo(SERVER.toString());
        assertThat(answered.namespace()).isEqualTo(SERVER.namespace());
        assertThat(answered.workload()).isEqualTo("stock");
        assertThat(answered.cluster()).isEqualTo("far");
        assertThat(answered.canonicalService()).isEqualTo("stock-app");
        assertThat(answered.canonicalRevision()).isEqualTo("v7");
        assertThat(report.context().target()).isEqualTo(loopback(gatewayPort));
        assertThat(RecordingDecisions.next(source.opened).context()).isSameAs(report.context());
        assertThat(source.opened).isEmpty();
    }

    /** Many times what fits into any window of either tunnel, both ways at once. */
    @Test
    void nothingIsLostHoweverMuchThereIs() throws Exception {
        mesh(closing(Upstream.echo()));
        String text = "0123456789abcdef".repeat(2_000_000);
        Socket socket = connect(port);
        CompletableFuture<String> answer =
                CompletableFuture.supplyAsync(() -> read(socket), Thread::startVirtualThread);

        socket.getOutputStream().write(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
        socket.shutdownOutput();

        assertThat(answer.get(50, TimeUnit.SECONDS)).isEqualTo(text);
    }

    private static String read(Socket socket) {
        try {
            return new String(socket.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        } catch (java.io.IOException lost) {
            throw new java.io.UncheckedIOException(lost);
        }
    }

    /** The gateway chooses a workload for each connection; a shared inner tunnel would take the choice from it. */
    @Test
    void everyConnectionHasAnInnerTunnelOfItsOwnAndSharesTheOuter() throws Exception {
        mesh(closing(Upstream.echo()));
        var open = new ArrayList<Socket>();
        for (int i = 0; i < 5; i++) {
            Socket socket = connect(port);
            open.add(socket);
            socket.getOutputStream().write('a');
            assertThat(socket.getInputStream().read()).isEqualTo('a');
        }

        assertThat(gateway.inboundAttempts).hasSize(5);
        for (Socket socket : open) {
            assertThat(exchange(socket, "b")).isEqualTo("b");
        }
        for (int i = 0; i < 5; i++) {
            assertThat(RecordingDecisions.next(gateway.closed).outcome()).isEqualTo(new FlowOutcome.Completed());
        }
    }

    @Test
    void nobodyElseIsTalkedToBehindTheGateway() throws Exception {
        mesh(closing(Upstream.echo()));
        expect(Set.of(GATEWAY), Set.of(STRANGER));

        assertThat(endsWithoutData(connect(port))).isTrue();

        assertThat(RecordingDecisions.next(source.closed).outcome())
                .isInstanceOfSatisfying(
                        FlowOutcome.Failed.class,
                        failed -> assertThat(failed.message()).contains(STRANGER.toString(), SERVER.toString()));
        assertThat(destination.inboundAttempts).isEmpty();
        assertThat(RecordingDecisions.next(source.opened)
                        .context()
                        .destination()
                        .identity())
                .isEqualTo(GATEWAY.toString());
    }

    @Test
    void noOtherGatewayIsTalkedTo() throws Exception {
        mesh(closing(Upstream.echo()));
        expect(Set.of(STRANGER), Set.of(SERVER));

        assertThat(endsWithoutData(connect(port))).isTrue();

        assertThat(RecordingDecisions.next(source.closed).outcome()).isInstanceOf(FlowOutcome.Failed.class);
        assertThat(gateway.inboundAttempts).isEmpty();
    }

    @Test
    void aRefusalOfEitherEndIsReported() throws Exception {
        Upstream echo = closing(Upstream.echo());
        mesh(echo);
        var reason = new RefusalReason.DestinationUnknown(AUTHORITY);
        InboundPlan refusal =
                new InboundPlan.Refuse(context(Reporter.DESTINATION, loopback(1), echo.address()), reason);

        destination.planInbound(attempt -> refusal);
        assertThat(endsWithoutData(connect(port))).isTrue();
        assertThat(failure()).contains("503");

        gateway.planInbound(attempt -> refusal);
        assertThat(endsWithoutData(connect(port))).isTrue();
        assertThat(failure()).contains("gateway").contains("503");

        gateway.planInbound(attempt -> forward(attempt, loopback(serverPort)));
        destination.planInbound(attempt -> forward(attempt, echo.address()));
        assertThat(exchange(connect(port), "again")).isEqualTo("again");
    }

    private String failure() {
        return ((FlowOutcome.Failed) RecordingDecisions.next(source.closed).outcome()).message();
    }

    @Test
    void aGatewayWithNobodyBehindItIsReported() throws Exception {
        Upstream gone = Upstream.echo();
        mesh(closing(Upstream.echo()));
        gone.close();
        gateway.planInbound(attempt -> forward(attempt, gone.address()));

        assertThat(endsWithoutData(connect(port))).isTrue();

        assertThat(failure()).contains("503");
    }

    @Test
    void whatIsBehindTheGatewayMustSpeakTls() throws Exception {
        Upstream mute =
                closing(Upstream.start(connection -> connection.getInputStream().read()));
        mesh(closing(Upstream.echo()));
        gateway.planInbound(attempt -> forward(attempt, mute.address()));

        assertThat(endsWithoutData(connect(port))).isTrue();

        assertThat(failure()).contains("gateway");
    }

    @Test
    void aFlowCanBeEndedAndBothTunnelsWithIt() throws Exception {
        mesh(closing(Upstream.echo()));
        Socket socket = connect(port);
        socket.getOutputStream().write('x');
        assertThat(socket.getInputStream().read()).isEqualTo('x');
        var reason = new RefusalReason.Draining();

        RecordingDecisions.next(source.opened).end(reason);

        assertThat(endsWithoutData(socket)).isTrue();
        assertThat(RecordingDecisions.next(source.closed).outcome()).isEqualTo(new FlowOutcome.Refused(reason));
        RecordingDecisions.next(destination.closed);
        RecordingDecisions.next(gateway.closed);
    }

    @Test
    void anApplicationThatGoesAwayEndsBothTunnels() throws Exception {
        var arrived = new CompletableFuture<Void>();
        Upstream silent = closing(Upstream.start(connection -> {
            arrived.complete(null);
            connection.getInputStream().transferTo(java.io.OutputStream.nullOutputStream());
        }));
        mesh(silent);
        Socket socket = connect(port);
        arrived.get(Duration.ofSeconds(20).toMillis(), TimeUnit.MILLISECONDS);

        socket.setSoLinger(true, 0);
        socket.close();

        RecordingDecisions.next(source.closed);
        RecordingDecisions.next(destination.closed);
        RecordingDecisions.next(gateway.closed);
    }
}
