package dev.ambit.ports.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.domain.flow.FlowOutcome;
import dev.ambit.domain.flow.FlowReport;
import dev.ambit.domain.flow.InboundAttempt;
import dev.ambit.domain.flow.InboundPlan;
import dev.ambit.domain.flow.OutboundPlan;
import dev.ambit.domain.flow.RefusalReason;
import dev.ambit.domain.flow.Reporter;
import dev.ambit.domain.flow.ResponseFlag;
import dev.ambit.ports.transport.FlowDecisions.LiveFlow;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Two pods of one transport, a tunnel between them. */
public abstract class TransportHboneContract extends TransportContract {
    final RecordingDecisions source = new RecordingDecisions();
    final RecordingDecisions destination = new RecordingDecisions();

    /** The plan that asks for this tunnel. */
    OutboundPlan planned(OutboundPlan.Tunnel tunnel) {
        return tunnel;
    }

    /** A pod that tunnels to another that lets everything in. */
    final int pair(TransportLimits limits, Upstream application) {
        Transport transport = start(limits);
        PodProxy server = serve(transport, SERVER, destination);
        PodProxy client = serve(transport, CLIENT, source);
        int hbone = server.ports().inboundHbone();
        source.planOutbound(attempt -> planned(tunnel(attempt.client(), hbone, application.address(), Set.of(SERVER))));
        destination.planInbound(attempt -> forward(attempt, application.address()));
        return client.ports().outbound();
    }

    @Test
    void carriesBytesAndHalfCloseThroughTheTunnel() throws Exception {
        Upstream echo = closing(Upstream.echo());
        int port = pair(LIMITS, echo);

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
    void theDestinationHearsWhoCallsAndWhatTheRequestSays() throws Exception {
        Upstream echo = closing(Upstream.echo());
        int port = pair(LIMITS, echo);

        exchange(connect(port), "x");

        var attempt = (InboundAttempt.Hbone) RecordingDecisions.next(destination.inboundAttempts);
        assertThat(attempt.peer()).isEqualTo(CLIENT);
        assertThat(attempt.authority()).isEqualTo(echo.address().toString());
        assertThat(attempt.headers().traceparent()).isEqualTo(TRACE);
        assertThat(attempt.headers().forwarded()).isEqualTo("for=\"127.0.0.1:1\"");
        assertThat(attempt.headers().baggage()).isEqualTo("k8s.namespace.name=shop");
    }

    /** Both sides end while bytes are still on their way: whoever is last must not cut them short. */
    @Test
    void nothingIsLostWhenBothSidesEndAtOnce() throws Exception {
        Upstream echo = closing(Upstream.echo());
        int port = pair(LIMITS, echo);
        String text = "0123456789abcdef".repeat(20_000);

        for (int i = 0; i < 60; i++) {
            assertThat(exchange(connect(port), text)).as("exchange " + i).hasSize(text.length());
        }
    }

    @Test
    void manyConnectionsShareTunnelsWithinTheirLimit() throws Exception {
        Upstream echo = closing(Upstream.echo());
        int port = pair(LIMITS.withTunnels(LIMITS.tunnels().withStreamsMax(2)), echo);
        var open = new ArrayList<Socket>();
        for (int i = 0; i < 25; i++) {
            open.add(connect(port));
        }

        for (Socket socket : open) {
            assertThat(exchange(socket, "many")).isEqualTo("many");
        }
    }

    @Test
    void streamsPerTunnelOfOneLetsNobodyHang() throws Exception {
        Upstream echo = closing(Upstream.echo());
        int port = pair(LIMITS.withTunnels(LIMITS.tunnels().withStreamsMax(1)), echo);
        var open = new ArrayList<Socket>();
        for (int i = 0; i < 8; i++) {
            open.add(connect(port));
        }

        for (Socket socket : open) {
            socket.getOutputStream().write('a');
            assertThat(socket.getInputStream().read()).isEqualTo('a');
        }
    }

    @Test
    void renewalUnderLoadFailsNoConnection() throws Exception {
        Upstream echo = closing(Upstream.echo());
        int port = pair(LIMITS, echo);
        Socket early = connect(port);
        early.getOutputStream().write('a');
        assertThat(early.getInputStream().read()).isEqualTo('a');

        for (int i = 0; i < 30; i++) {
            if (i % 5 == 0) {
                credentials.hold(CLIENT, PKI.issue(CLIENT));
                credentials.hold(SERVER, PKI.issue(SERVER));
            }
            assertThat(exchange(connect(port), "renewed")).isEqualTo("renewed");
        }

        assertThat(exchange(early, "b")).isEqualTo("b");
        assertThat(destination.rejected).isEmpty();
    }

    @Test
    void aServerWithAnotherIdentityIsNotTalkedTo() throws Exception {
        Upstream echo = closing(Upstream.echo());
        Transport transport = start(LIMITS);
        PodProxy server = serve(transport, SERVER, destination);
        PodProxy client = serve(transport, CLIENT, source);
        source.planOutbound(attempt ->
                planned(tunnel(attempt.client(), server.ports().inboundHbone(), echo.address(), Set.of(STRANGER))));

        assertThat(endsWithoutData(connect(client.ports().outbound()))).isTrue();

        assertThat(RecordingDecisions.next(source.closed).outcome())
                .isInstanceOfSatisfying(FlowOutcome.Failed.class, failed -> {
                    assertThat(failed.flag()).isEqualTo(ResponseFlag.CONNECT);
                    assertThat(failed.message()).contains(STRANGER.toString(), SERVER.toString());
                });
        RecordingDecisions.next(destination.rejected);
        assertThat(destination.inboundAttempts).isEmpty();
    }

    @Test
    void withoutACertificateNothingIsSent() throws Exception {
        Transport transport = start(LIMITS);
        PodProxy client = serve(transport, CLIENT, source);
        credentials.drop(CLIENT);
        source.planOutbound(attempt -> planned(tunnel(attempt.client(), 1, loopback(1), Set.of(SERVER))));

        assertThat(endsWithoutData(connect(client.ports().outbound()))).isTrue();

        assertThat(RecordingDecisions.next(source.closed).outcome().flag()).isEqualTo(ResponseFlag.IDENTITY_ERROR);
    }

    @Test
    void aRefusedStreamLeavesTheTunnelToOthers() throws Exception {
        Upstream echo = closing(Upstream.echo());
        int port = pair(LIMITS, echo);
        var reason = new RefusalReason.DestinationUnknown("nowhere:1");
        destination.planInbound(attempt ->
                new InboundPlan.Refuse(context(Reporter.DESTINATION, attempt.client(), echo.address()), reason));

        assertThat(endsWithoutData(connect(port))).isTrue();

        assertThat(RecordingDecisions.next(destination.closed).outcome()).isEqualTo(new FlowOutcome.Refused(reason));
        assertThat(RecordingDecisions.next(source.closed).outcome())
                .isInstanceOfSatisfying(
                        FlowOutcome.Failed.class,
                        failed -> assertThat(failed.message()).contains("503"));
        assertThat(destination.opened).isEmpty();
        destination.planInbound(attempt -> forward(attempt, echo.address()));
        assertThat(exchange(connect(port), "next")).isEqualTo("next");
    }

    @Test
    void anApplicationThatDoesNotListenIsReportedAtBothEnds() throws Exception {
        Upstream gone = Upstream.echo();
        int port = pair(LIMITS, gone);
        gone.close();

        assertThat(endsWithoutData(connect(port))).isTrue();

        assertThat(RecordingDecisions.next(destination.closed).outcome().flag()).isEqualTo(ResponseFlag.CONNECT);
        assertThat(RecordingDecisions.next(source.closed).outcome())
                .isInstanceOfSatisfying(
                        FlowOutcome.Failed.class,
                        failed -> assertThat(failed.message()).contains("503"));
    }

    @Test
    void anUnreachableHopIsReported() throws Exception {
        Upstream gone = Upstream.echo();
        gone.close();
        PodProxy client = serve(start(LIMITS), CLIENT, source);
        source.planOutbound(
                attempt -> planned(tunnel(attempt.client(), gone.address().port(), loopback(1), Set.of(SERVER))));

        assertThat(endsWithoutData(connect(client.ports().outbound()))).isTrue();

        assertThat(RecordingDecisions.next(source.closed).outcome().flag()).isEqualTo(ResponseFlag.CONNECT);
    }

    @Test
    void oneStalledStreamDoesNotStallAnother() throws Exception {
        var released = new CompletableFuture<Void>();
        Upstream application = closing(Upstream.start(connection -> {
            if (connection.getInputStream().read() == 's') {
                released.join();
            }
            connection.getInputStream().transferTo(connection.getOutputStream());
            connection.shutdownOutput();
        }));
        int port = pair(LIMITS, application);
        for (int i = 0; i < 6; i++) {
            Socket socket = connect(port);
            socket.getOutputStream().write('s');
            Thread.startVirtualThread(() -> fill(socket));
        }

        for (int i = 0; i < 20; i++) {
            assertThat(exchange(connect(port), "fgo")).isEqualTo("go");
        }
        released.complete(null);
    }

    /** Writes until the other end takes no more. */
    private static void fill(Socket socket) {
        try {
            socket.getOutputStream().write(new byte[16 << 20]);
        } catch (IOException _) {
            // The test is over.
        }
    }

    @Test
    void aResetOfTheApplicationReachesTheCaller() throws Exception {
        Upstream application = closing(Upstream.start(connection -> {
            connection.getInputStream().read();
            connection.setSoLinger(true, 0);
        }));
        Socket socket = connect(pair(LIMITS, application));

        socket.getOutputStream().write('x');

        assertThat(endsWithoutData(socket)).isTrue();
        RecordingDecisions.next(source.closed);
        RecordingDecisions.next(destination.closed);
    }

    /** With what the windows of a tunnel hold, the caller would wait for ever for somebody to take the rest. */
    @Test
    void aCallerThatStillSendsToAnApplicationThatWentAwayIsToldSo() throws Exception {
        Upstream application = closing(Upstream.start(connection -> {
            connection.getInputStream().read();
            connection.shutdownOutput();
        }));
        Socket caller = connect(pair(LIMITS, application));

        caller.getOutputStream().write('x');
        assertThat(caller.getInputStream().read()).as("the application's end").isNegative();

        assertThat(refuses(caller)).succeedsWithin(Duration.ofSeconds(20)).isEqualTo(true);
        assertThat(RecordingDecisions.next(source.closed).outcome()).isEqualTo(new FlowOutcome.Completed());
        assertThat(RecordingDecisions.next(destination.closed).outcome()).isEqualTo(new FlowOutcome.Completed());
    }

    @Test
    void anApplicationThatStillSendsToACallerThatWentAwayIsToldSo() throws Exception {
        var told = new CompletableFuture<Boolean>();
        Upstream application = closing(Upstream.start(connection -> {
            connection.getInputStream().transferTo(OutputStream.nullOutputStream());
            told.complete(refuses(connection).join());
        }));
        Socket caller = connect(pair(LIMITS, application));

        exchangeNothing(caller);
        caller.close();

        assertThat(told).succeedsWithin(Duration.ofSeconds(20)).isEqualTo(true);
        assertThat(RecordingDecisions.next(source.closed).outcome()).isEqualTo(new FlowOutcome.Completed());
        assertThat(RecordingDecisions.next(destination.closed).outcome()).isEqualTo(new FlowOutcome.Completed());
    }

    /** Says the end, and reads the first of what comes nevertheless. */
    private static void exchangeNothing(Socket caller) throws IOException {
        caller.shutdownOutput();
        assertThat(caller.getInputStream().read()).isZero();
    }

    /** Writes more than any window holds; whether that fails. */
    private static CompletableFuture<Boolean> refuses(Socket socket) {
        var refused = new CompletableFuture<Boolean>();
        Thread.startVirtualThread(() -> {
            byte[] piece = new byte[1 << 16];
            try {
                for (int i = 0; i < 1_024; i++) {
                    socket.getOutputStream().write(piece);
                }
                refused.complete(false);
            } catch (IOException _) {
                refused.complete(true);
            }
        });
        return refused;
    }

    @Test
    void aFlowCanBeEndedAndSaysWhy() throws Exception {
        Upstream echo = closing(Upstream.echo());
        Socket socket = connect(pair(LIMITS, echo));
        socket.getOutputStream().write('x');
        assertThat(socket.getInputStream().read()).isEqualTo('x');
        LiveFlow flow = RecordingDecisions.next(destination.opened);
        var reason = new RefusalReason.Draining();

        flow.end(reason);
        flow.end(new RefusalReason.RecursiveCall(echo.address()));

        assertThat(endsWithoutData(socket)).isTrue();
        FlowReport report = RecordingDecisions.next(destination.closed);
        assertThat(report.outcome()).isEqualTo(new FlowOutcome.Refused(reason));
        assertThat(report.received()).isEqualTo(1);
        RecordingDecisions.next(source.closed);
        assertThat(destination.closed).isEmpty();
    }

    @Test
    void drainLetsConnectionsFinishThatDoSoInTime() throws Exception {
        Upstream echo = closing(Upstream.echo());
        Transport transport = start(LIMITS);
        PodProxy server = serve(transport, SERVER, destination);
        PodProxy client = serve(transport, CLIENT, source);
        source.planOutbound(attempt ->
                planned(tunnel(attempt.client(), server.ports().inboundHbone(), echo.address(), Set.of(SERVER))));
        destination.planInbound(attempt -> forward(attempt, echo.address()));
        Socket socket = connect(client.ports().outbound());
        socket.getOutputStream().write('a');
        assertThat(socket.getInputStream().read()).isEqualTo('a');

        CompletableFuture<Void> drained = server.drain(Duration.ofSeconds(30)).toCompletableFuture();

        assertThat(exchange(socket, "last words")).isEqualTo("last words");
        drained.get(10, TimeUnit.SECONDS);
        assertThat(RecordingDecisions.next(destination.closed).outcome()).isEqualTo(new FlowOutcome.Completed());
        assertThat(endsWithoutData(connect(client.ports().outbound()))).isTrue();
    }

    @Test
    void drainEndsWhatIsLeftAtTheDeadline() throws Exception {
        Upstream echo = closing(Upstream.echo());
        Transport transport = start(LIMITS);
        PodProxy client = serve(transport, CLIENT, source);
        source.planOutbound(attempt -> passthrough(attempt.client(), echo.address()));
        Socket socket = connect(client.ports().outbound());
        socket.getOutputStream().write("a".getBytes(StandardCharsets.UTF_8));
        assertThat(socket.getInputStream().read()).isEqualTo('a');

        client.drain(Duration.ofMillis(200)).toCompletableFuture().get(10, TimeUnit.SECONDS);

        assertThat(endsWithoutData(socket)).isTrue();
        assertThat(RecordingDecisions.next(source.closed).outcome())
                .isEqualTo(new FlowOutcome.Refused(new RefusalReason.Draining()));
    }
}
