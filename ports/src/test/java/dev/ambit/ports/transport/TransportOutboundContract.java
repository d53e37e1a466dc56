package dev.ambit.ports.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.domain.address.IpAddress;
import dev.ambit.domain.address.IpPort;
import dev.ambit.domain.flow.FlowOutcome;
import dev.ambit.domain.flow.FlowReport;
import dev.ambit.domain.flow.InboundAttempt;
import dev.ambit.domain.flow.InboundPlan.Origin;
import dev.ambit.domain.flow.OutboundAttempt;
import dev.ambit.domain.flow.OutboundPlan;
import dev.ambit.domain.flow.RefusalReason;
import dev.ambit.domain.flow.Reporter;
import dev.ambit.domain.flow.ResponseFlag;
import dev.ambit.ports.transport.FlowDecisions.LiveFlow;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Connections that a pod opens, plain and tunnelled, and plaintext that arrives: bytes, ends, pressure, reports. */
public abstract class TransportOutboundContract extends TransportContract {
    private static final int BIG = 64 << 20;

    private final RecordingDecisions decisions = new RecordingDecisions();

    private PodProxy pod(Upstream application, boolean tunnelled) {
        Transport transport = start(LIMITS);
        PodProxy proxy = serve(transport, CLIENT, decisions);
        if (tunnelled) {
            PodProxy server = serve(transport, SERVER, decisions);
            int hbone = server.ports().inboundHbone();
            decisions.planOutbound(attempt -> tunnel(attempt.client(), hbone, application.address(), Set.of(SERVER)));
        } else {
            decisions.planOutbound(attempt -> passthrough(attempt.client(), application.address()));
        }
        decisions.planInbound(attempt -> forward(attempt, application.address()));
        return proxy;
    }

    @Test
    void passthroughReachesTheAddressThatThePlanNames() throws Exception {
        Upstream echo = closing(Upstream.echo());
        PodProxy proxy = pod(echo, false);
        Socket socket = connect(proxy.ports().outbound());

        assertThat(exchange(socket, "hello")).isEqualTo("hello");

        OutboundAttempt attempt = RecordingDecisions.next(decisions.outboundAttempts);
        assertThat(attempt.client()).isEqualTo(loopback(socket.getLocalPort()));
        assertThat(attempt.destination()).isEqualTo(loopback(proxy.ports().outbound()));
        FlowReport report = RecordingDecisions.next(decisions.closed);
        assertThat(report.outcome()).isEqualTo(new FlowOutcome.Completed());
        assertThat(report.received()).isEqualTo(5);
        assertThat(report.sent()).isEqualTo(5);
        assertThat(report.duration()).isPositive();
        assertThat(RecordingDecisions.next(decisions.opened).context()).isSameAs(report.context());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anOpenConnectionTellsHowFarItHasCome(boolean tunnelled) throws Exception {
        Socket socket = connect(pod(closing(Upstream.echo()), tunnelled).ports().outbound());
        assertThat(echoed(socket, "hello")).isEqualTo("hello");
        LiveFlow flow = RecordingDecisions.next(decisions.opened);
        assertThat(flow.received()).isEqualTo(5);
        assertThat(flow.sent()).isEqualTo(5);

        assertThat(echoed(socket, "how are you")).isEqualTo("how are you");
        assertThat(flow.received()).isEqualTo(16);
        assertThat(flow.sent()).isEqualTo(16);
        if (tunnelled) {
            LiveFlow otherEnd = RecordingDecisions.next(decisions.opened);
            assertThat(otherEnd.received()).isEqualTo(16);
            assertThat(otherEnd.sent()).isEqualTo(16);
        }

        socket.shutdownOutput();
        FlowReport report = RecordingDecisions.next(decisions.closed);
        assertThat(report.received()).isEqualTo(16);
        assertThat(flow.received()).isEqualTo(16);
        assertThat(flow.sent()).isEqualTo(16);
    }

    private static String echoed(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
        return new String(socket.getInputStream().readNBytes(text.length()), StandardCharsets.UTF_8);
    }

    @Test
    void whatAPodHasOfTheTransportIsTold() throws Exception {
        var reading = new CompletableFuture<Void>();
        Upstream application = closing(Upstream.start(connection -> {
            reading.join();
            connection.getInputStream().transferTo(java.io.OutputStream.nullOutputStream());
        }));
        PodProxy proxy = pod(application, false);
        assertThat(proxy.usage()).isEqualTo(new PodUsage(0, 0));
        Socket socket = connect(proxy.ports().outbound());
        Thread writer = Thread.startVirtualThread(() -> write(socket, new AtomicLong()));
        LiveFlow flow = RecordingDecisions.next(decisions.opened);
        // The application reads nothing: once what the kernel holds is full, the proxy holds what it has read.
        await(() -> proxy.usage().bufferedBytes() > 0 || flow.received() == BIG);

        assertThat(proxy.usage().sockets()).isEqualTo(2);
        assertThat(proxy.usage().bufferedBytes()).isPositive();
        reading.complete(null);
        writer.join();
        RecordingDecisions.next(decisions.closed);
        await(() -> proxy.usage().equals(new PodUsage(0, 0)));
    }

    private static void await(BooleanSupplier state) {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!state.getAsBoolean()) {
            assertThat(System.nanoTime()).as("in time").isLessThan(until);
            LockSupport.parkNanos(1_000_000);
        }
    }

    @Test
    void directReachesTheChosenEndpoint() throws Exception {
        Upstream echo = closing(Upstream.echo());
        PodProxy proxy = pod(echo, false);
        decisions.planOutbound(attempt ->
                new OutboundPlan.Direct(context(Reporter.SOURCE, attempt.client(), echo.address()), echo.address()));

        assertThat(exchange(connect(proxy.ports().outbound()), "direct")).isEqualTo("direct");
    }

    @Test
    void aRefusedConnectionEndsWithoutData() throws Exception {
        Upstream echo = closing(Upstream.echo());
        PodProxy proxy = pod(echo, false);
        var reason = new RefusalReason.NoHealthyUpstream("stock.shop", 80);
        decisions.planOutbound(
                attempt -> new OutboundPlan.Refuse(context(Reporter.SOURCE, attempt.client(), echo.address()), reason));

        assertThat(endsWithoutData(connect(proxy.ports().outbound()))).isTrue();

        assertThat(RecordingDecisions.next(decisions.closed).outcome()).isEqualTo(new FlowOutcome.Refused(reason));
        assertThat(decisions.opened).isEmpty();
        assertThat(echo.clients()).isEmpty();
    }

    @Test
    void decisionsThatFailCloseTheConnectionOnly() throws Exception {
        Upstream echo = closing(Upstream.echo());
        PodProxy proxy = pod(echo, false);
        decisions.planOutbound(attempt -> {
            throw new IllegalStateException("no idea");
        });

        assertThat(endsWithoutData(connect(proxy.ports().outbound()))).isTrue();

        assertThat(RecordingDecisions.next(decisions.rejected).error()).contains("no idea");
        decisions.planOutbound(attempt -> passthrough(attempt.client(), echo.address()));
        assertThat(exchange(connect(proxy.ports().outbound()), "next")).isEqualTo("next");
    }

    @Test
    void anUpstreamThatDoesNotListenIsAFailureToConnect() throws Exception {
        Upstream gone = Upstream.echo();
        PodProxy proxy = pod(gone, false);
        gone.close();

        assertThat(endsWithoutData(connect(proxy.ports().outbound()))).isTrue();

        FlowReport report = RecordingDecisions.next(decisions.closed);
        assertThat(report.outcome().flag()).isEqualTo(ResponseFlag.CONNECT);
        assertThat(((FlowOutcome.Failed) report.outcome()).message())
                .contains(gone.address().toString());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theUpstreamMayEndFirst(boolean tunnelled) throws Exception {
        var heard = new CompletableFuture<String>();
        Upstream application = closing(Upstream.start(connection -> {
            connection.getOutputStream().write("bye".getBytes(StandardCharsets.UTF_8));
            connection.shutdownOutput();
            heard.complete(new String(connection.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
        }));
        Socket socket = connect(pod(application, tunnelled).ports().outbound());

        assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                .isEqualTo("bye");
        socket.getOutputStream().write("one more thing".getBytes(StandardCharsets.UTF_8));
        socket.shutdownOutput();

        assertThat(heard.get(10, TimeUnit.SECONDS)).isEqualTo("one more thing");
        assertThat(RecordingDecisions.next(decisions.closed).outcome()).isEqualTo(new FlowOutcome.Completed());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void carriesMuchUnchangedInBothDirections(boolean tunnelled) throws Exception {
        Upstream echo = closing(Upstream.echo());
        Socket socket = connect(pod(echo, tunnelled).ports().outbound());
        var sent = new CRC32();
        CompletableFuture<Void> writing =
                CompletableFuture.runAsync(() -> send(socket, sent), Thread::startVirtualThread);

        var received = new CRC32();
        byte[] buffer = new byte[100_000];
        long bytes = 0;
        InputStream in = socket.getInputStream();
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
            received.update(buffer, 0, n);
            bytes += n;
        }

        writing.get(10, TimeUnit.SECONDS);
        assertThat(bytes).isEqualTo(BIG);
        assertThat(received.getValue()).isEqualTo(sent.getValue());
    }

    private static void send(Socket socket, CRC32 sum) {
        var random = new Random(7);
        byte[] chunk = new byte[1 << 18];
        try {
            for (int left = BIG; left > 0; left -= chunk.length) {
                random.nextBytes(chunk);
                sum.update(chunk);
                socket.getOutputStream().write(chunk);
            }
            socket.shutdownOutput();
        } catch (IOException broken) {
            throw new java.io.UncheckedIOException(broken);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aSlowReaderSlowsTheWriterDown(boolean tunnelled) throws Exception {
        var reading = new CompletableFuture<Void>();
        var read = new CompletableFuture<Long>();
        Upstream application = closing(Upstream.start(connection -> {
            reading.join();
            read.complete(connection.getInputStream().transferTo(java.io.OutputStream.nullOutputStream()));
        }));
        Socket socket = connect(pod(application, tunnelled).ports().outbound());
        var written = new AtomicLong();
        Thread writer = Thread.startVirtualThread(() -> write(socket, written));

        long before = -1;
        while (before != written.get()) {
            before = written.get();
            writer.join(java.time.Duration.ofMillis(500));
        }

        // Windows, read-ahead and the kernel's buffers (6 MiB per loopback socket) at both ends, and no more.
        assertThat(written.get()).isLessThan(40L << 20);
        reading.complete(null);
        assertThat(read.get(30, TimeUnit.SECONDS)).isEqualTo(BIG);
    }

    private static void write(Socket socket, AtomicLong written) {
        byte[] chunk = new byte[1 << 16];
        try {
            while (written.get() < BIG) {
                socket.getOutputStream().write(chunk);
                written.addAndGet(chunk.length);
            }
            socket.shutdownOutput();
        } catch (IOException _) {
            // The test fails by the count.
        }
    }

    @Test
    void plaintextArrivesAndShowsTheCallersAddress() throws Exception {
        Upstream echo = closing(Upstream.echo());
        PodProxy proxy = pod(echo, false);
        decisions.planInbound(attempt -> forward(
                attempt, echo.address(), new Origin.Preserved(attempt.client().ip())));
        Socket socket = closing(new Socket());
        socket.bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.5"), 0));
        socket.connect(loopback(proxy.ports().inboundPlaintext()).toSocketAddress());

        assertThat(exchange(socket, "plain")).isEqualTo("plain");

        var attempt = (InboundAttempt.Plaintext) RecordingDecisions.next(decisions.inboundAttempts);
        assertThat(attempt.client()).isEqualTo(new IpPort(IpAddress.of("127.0.0.5"), socket.getLocalPort()));
        assertThat(attempt.original()).isEqualTo(loopback(proxy.ports().inboundPlaintext()));
        assertThat(echo.clients()).first().extracting(IpPort::ip).isEqualTo(IpAddress.of("127.0.0.5"));
    }

    @Test
    void aSourceAddressThatCannotBeShownIsNotInsistedOn() throws Exception {
        Upstream echo = closing(Upstream.echo());
        PodProxy proxy = pod(echo, false);
        decisions.planInbound(attempt -> forward(attempt, echo.address(), new Origin.Preserved(IpAddress.of("::1"))));

        assertThat(exchange(connect(proxy.ports().inboundPlaintext()), "any")).isEqualTo("any");
    }

    @Test
    void closingFreesThePortsAndEndsConnections() throws Exception {
        Upstream echo = closing(Upstream.echo());
        PodProxy proxy = pod(echo, false);
        Socket socket = connect(proxy.ports().outbound());
        socket.getOutputStream().write('x');
        assertThat(socket.getInputStream().read()).isEqualTo('x');

        proxy.close();
        proxy.close();

        assertThat(endsWithoutData(socket)).isTrue();
        assertThat(RecordingDecisions.next(decisions.closed).outcome())
                .isEqualTo(new FlowOutcome.Refused(new RefusalReason.Draining()));
        new java.net.ServerSocket(proxy.ports().outbound()).close();
    }
}
