package dev.ambit.ports.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.domain.flow.FairShare;
import dev.ambit.domain.flow.FlowOutcome;
import dev.ambit.domain.flow.OutboundAttempt;
import dev.ambit.domain.flow.OutboundPlan;
import dev.ambit.domain.flow.RefusalReason;
import dev.ambit.domain.flow.Reporter;
import dev.ambit.ports.transport.TransportLimits.Capacity;
import java.io.IOException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** One noisy pod cannot exhaust the transport: a neighbour's connections work, and the application hears what is short. */
public abstract class TransportOverloadContract extends TransportContract {
    private static final int SOCKETS = 100;

    private final RecordingDecisions noisy = new RecordingDecisions();
    private final RecordingDecisions quiet = new RecordingDecisions();

    private record Ports(int noisy, int quiet) {}

    private Ports pods(Capacity capacity, Upstream application) {
        Transport transport = start(LIMITS.withCapacity(capacity));
        noisy.planOutbound(attempt -> passthrough(attempt.client(), application.address()));
        quiet.planOutbound(attempt -> passthrough(attempt.client(), application.address()));
        return new Ports(
                serve(transport, STRANGER, noisy).ports().outbound(),
                serve(transport, CLIENT, quiet).ports().outbound());
    }

    private static boolean echoes(Socket socket) {
        try {
            socket.getOutputStream().write('a');
            return socket.getInputStream().read() == 'a';
        } catch (IOException reset) {
            return false;
        }
    }

    @Test
    void aPodThatTakesAllSocketsLeavesItsNeighbourSome() throws Exception {
        Upstream echo = closing(Upstream.echo());
        Ports ports = pods(new Capacity(SOCKETS, 1 << 20, 1 << 20), echo);
        Socket before = connect(ports.quiet());
        assertThat(echoes(before)).isTrue();

        var held = new ArrayList<Socket>();
        int carried = 0;
        for (int i = 0; i < 2 * SOCKETS; i++) {
            Socket socket = connect(ports.noisy());
            held.add(socket);
            carried += echoes(socket) ? 1 : 0;
        }

        assertThat(carried).as("two sockets each").isBetween(10, SOCKETS / 2);
        assertThat(echoes(before)).isTrue();
        for (int i = 0; i < 5; i++) {
            assertThat(echoes(connect(ports.quiet()))).isTrue();
        }
        RecordingDecisions.Strained strained = RecordingDecisions.next(noisy.strained);
        assertThat(strained.strain()).isEqualTo(Strain.SOCKETS);
        assertThat(strained.message()).contains("AMBIT_SOCKETS_MAX", "100");
        assertThat(quiet.strained).isEmpty();
        for (Socket socket : held) {
            socket.close();
        }
        assertThat(worksAgain(ports.noisy()))
                .as("once it has given back what it held")
                .isTrue();
    }

    private boolean worksAgain(int port) throws IOException {
        for (int i = 0; i < 200; i++) {
            if (echoes(connect(port))) {
                return true;
            }
        }
        return false;
    }

    @Test
    void connectionsBeyondAWorkloadsShareAreRefusedAndItsNeighbourIsServed() throws Exception {
        Upstream echo = closing(Upstream.echo());
        Ports ports = pods(Capacity.GENEROUS, echo);
        var admitted = new AtomicInteger();
        noisy.planOutbound(attempt ->
                admitted.incrementAndGet() <= 10 ? passthrough(attempt.client(), echo.address()) : refused(attempt));
        List<Socket> held = new ArrayList<>();

        int carried = 0;
        for (int i = 0; i < 500; i++) {
            Socket socket = connect(ports.noisy());
            held.add(socket);
            carried += echoes(socket) ? 1 : 0;
            if (i % 50 == 0) {
                assertThat(echoes(connect(ports.quiet()))).isTrue();
            }
        }

        assertThat(carried).isEqualTo(10);
        assertThat(noisy.closed)
                .hasSizeGreaterThanOrEqualTo(480)
                .allSatisfy(report -> assertThat(report.outcome())
                        .isInstanceOfSatisfying(
                                FlowOutcome.Refused.class,
                                refused ->
                                        assertThat(refused.reason()).isInstanceOf(RefusalReason.LimitReached.class)));
        assertThat(held).hasSize(500);
    }

    /** Its peers fill the windows that they were granted, and it reads nothing of that. */
    @Test
    void aWorkloadThatReadsNothingHoldsWhatItMayAndItsNeighbourIsServed() throws Exception {
        Upstream deaf = closing(Upstream.deaf());
        Upstream echo = closing(Upstream.echo());
        Transport transport = start(LIMITS.withCapacity(new Capacity(10_000, 4 << 20, 8 << 20)));
        var destination = new RecordingDecisions();
        destination.planInbound(attempt -> forward(attempt, deaf.address()));
        int hbone = serve(transport, SERVER, destination).ports().inboundHbone();
        noisy.planOutbound(attempt -> tunnel(attempt.client(), hbone, deaf.address(), Set.of(SERVER)));
        quiet.planOutbound(attempt -> passthrough(attempt.client(), echo.address()));
        int caller = serve(transport, CLIENT, noisy).ports().outbound();
        int neighbour = serve(transport, STRANGER, quiet).ports().outbound();

        for (int i = 0; i < 16; i++) {
            Socket socket = connect(caller);
            Thread.startVirtualThread(() -> fill(socket));
        }

        RecordingDecisions.Strained strained = RecordingDecisions.next(destination.strained);
        assertThat(strained.strain()).isEqualTo(Strain.BUFFERS);
        assertThat(strained.message()).contains("buffers are full", "AMBIT_WORKLOAD_BUFFERED_BYTES_MAX");
        FlowOutcome outcome = RecordingDecisions.next(destination.closed).outcome();
        assertThat(outcome)
                .isInstanceOfSatisfying(
                        FlowOutcome.Failed.class,
                        failed -> assertThat(failed.message()).contains("buffers are full"));
        for (int i = 0; i < 20; i++) {
            assertThat(echoes(connect(neighbour))).isTrue();
        }
    }

    private static void fill(Socket socket) {
        byte[] piece = new byte[65_536];
        try {
            while (true) {
                socket.getOutputStream().write(piece);
            }
        } catch (IOException ended) {
            // Which is what was to happen, or the test is over.
        }
    }

    private static OutboundPlan refused(OutboundAttempt attempt) {
        return new OutboundPlan.Refuse(
                context(Reporter.SOURCE, attempt.client(), attempt.destination()),
                new RefusalReason.LimitReached(attempt.source(), FairShare.Limit.WORKLOAD_CONNECTIONS, 10));
    }
}
