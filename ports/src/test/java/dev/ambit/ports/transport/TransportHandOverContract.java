package dev.ambit.ports.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ambit.domain.flow.FlowOutcome;
import dev.ambit.domain.flow.RefusalReason;
import dev.ambit.domain.workload.PodRef;
import dev.ambit.ports.podnetwork.FakeNetworkNamespace;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;

/** Two transports that serve one pod, as while a proxy is replaced: listeners change hands and no connection is lost. */
public abstract class TransportHandOverContract extends TransportContract {
    private static final Duration LONG = Duration.ofMinutes(1);
    private static final PodRef POD = new PodRef("stock-uid", "shop", "stock", "stock");

    private final RecordingDecisions old = new RecordingDecisions();
    private final RecordingDecisions fresh = new RecordingDecisions();

    private Transport.PodBinding binding(ListenPorts ports) {
        return new Transport.PodBinding(POD, new FakeNetworkNamespace(7), InetAddress.ofLiteral("127.0.0.1"), ports);
    }

    private PodProxy serve(Transport transport, ListenPorts ports, RecordingDecisions decisions, Upstream application) {
        decisions.planOutbound(attempt -> passthrough(attempt.client(), application.address()));
        decisions.planInbound(attempt -> forward(attempt, application.address()));
        return closing(transport.serve(binding(ports), decisions));
    }

    private static void echoes(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
        assertThat(socket.getInputStream().readNBytes(text.length()))
                .asString(StandardCharsets.UTF_8)
                .isEqualTo(text);
    }

    @Test
    void knowsWhetherAPodIsServedAndWhetherItHasASuccessor() throws Exception {
        Upstream echo = closing(Upstream.echo());
        PodProxy first = serve(start(LIMITS), ListenPorts.EPHEMERAL, old, echo);
        Transport second = start(LIMITS);

        assertThat(second.isServed(binding(first.ports()))).isTrue();
        assertThat(first.hasSuccessor()).isFalse();

        PodProxy successor = serve(second, first.ports(), fresh, echo);
        assertThat(first.hasSuccessor()).isTrue();
        successor.close();
        assertThat(first.hasSuccessor()).isFalse();
        first.close();
        assertThat(second.isServed(binding(first.ports()))).isFalse();
    }

    /** INPOD_PORT_REUSE=false: facts on ztunnel, section 2. */
    @Test
    void whoSharesNoPortsLetsNobodyListenBeside() {
        Upstream echo = closing(Upstream.echo());
        PodProxy first = serve(
                start(LIMITS.withSockets(LIMITS.sockets().withPortReuse(false))), ListenPorts.EPHEMERAL, old, echo);

        for (boolean shares : new boolean[] {false, true}) {
            Transport second = start(LIMITS.withSockets(LIMITS.sockets().withPortReuse(shares)));
            assertThatThrownBy(() -> serve(second, first.ports(), fresh, echo))
                    .hasMessageContaining("in use")
                    .hasMessageContaining(Integer.toString(first.ports().outbound()));
        }
    }

    @Test
    void newConnectionsComeToTheNewestAndOldOnesStay() throws Exception {
        Upstream echo = closing(Upstream.echo());
        PodProxy first = serve(start(LIMITS), ListenPorts.EPHEMERAL, old, echo);
        Socket early = connect(first.ports().outbound());
        echoes(early, "before");
        int before = old.outboundAttempts.size();

        PodProxy second = serve(start(LIMITS), first.ports(), fresh, echo);
        for (int i = 0; i < 20; i++) {
            assertThat(exchange(connect(first.ports().outbound()), "new")).isEqualTo("new");
        }
        assertThat(old.outboundAttempts).hasSize(before);

        CompletableFuture<Void> drained = first.drain(LONG).toCompletableFuture();
        echoes(early, "meanwhile");
        assertThat(drained).isNotDone();
        assertThat(exchange(early, "at last")).isEqualTo("at last");

        drained.get(15, TimeUnit.SECONDS);
        assertThat(second.hasSuccessor()).isFalse();
        assertThat(exchange(connect(first.ports().outbound()), "after")).isEqualTo("after");
    }

    @Test
    void theOlderTakesOverAgainWhenTheNewerLeaves() throws Exception {
        Upstream echo = closing(Upstream.echo());
        PodProxy first = serve(start(LIMITS), ListenPorts.EPHEMERAL, old, echo);
        PodProxy second = serve(start(LIMITS), first.ports(), fresh, echo);

        var _ = second.drain(LONG);

        assertThat(exchange(connect(first.ports().outbound()), "back")).isEqualTo("back");
        assertThat(old.outboundAttempts).hasSize(1);
        assertThat(fresh.outboundAttempts).isEmpty();
    }

    @Test
    void nothingIsLostWhileListenersChangeHands() throws Exception {
        Upstream echo = closing(Upstream.echo());
        PodProxy first = serve(start(LIMITS), ListenPorts.EPHEMERAL, old, echo);
        ListenPorts ports = first.ports();
        PodProxy client = closing(start(LIMITS)
                .serve(
                        new Transport.PodBinding(
                                new PodRef("cart-uid", "shop", "cart", "cart"),
                                new FakeNetworkNamespace(8),
                                InetAddress.ofLiteral("127.0.0.1"),
                                ListenPorts.EPHEMERAL),
                        source(ports, echo)));
        var failures = new ConcurrentLinkedQueue<Throwable>();
        var done = new AtomicInteger();
        var running = new AtomicInteger(1);
        var callers = new ArrayList<Thread>();
        for (int i = 0; i < 4; i++) {
            int port = i % 2 == 0 ? ports.outbound() : client.ports().outbound();
            callers.add(Thread.ofPlatform().start(() -> {
                while (running.get() > 0 && failures.isEmpty()) {
                    try (var socket = new Socket(InetAddress.ofLiteral("127.0.0.1"), port)) {
                        socket.setSoTimeout(20_000);
                        socket.setSoLinger(true, 0);
                        assertThat(exchange(socket, "call")).isEqualTo("call");
                        done.incrementAndGet();
                    } catch (IOException | AssertionError e) {
                        failures.add(e);
                    }
                }
            }));
        }

        PodProxy last = first;
        for (int i = 0; i < 3; i++) {
            int reached = done.get();
            PodProxy next = serve(start(LIMITS), ports, fresh, echo);
            CompletableFuture<Void> drained = last.drain(LONG).toCompletableFuture();
            last = next;
            drained.get(30, TimeUnit.SECONDS);
            assertThat(done.get()).isGreaterThan(reached);
        }
        running.set(0);
        for (Thread caller : callers) {
            caller.join();
        }

        assertThat(failures).isEmpty();
        assertThat(old.rejected).isEmpty();
        assertThat(fresh.rejected).isEmpty();
    }

    /** Hand-overs of several pods share the transport's threads, and must not wait for each other. */
    @Test
    void severalPodsAreHandedOverAtOnce() throws Exception {
        Upstream echo = closing(Upstream.echo());
        Transport before = start(LIMITS);
        Transport after = start(LIMITS);
        var drained = new ArrayList<CompletableFuture<Void>>();
        var open = new ArrayList<Socket>();
        for (int i = 0; i < 8; i++) {
            PodProxy first = serve(before, ListenPorts.EPHEMERAL, old, echo);
            Socket socket = connect(first.ports().outbound());
            echoes(socket, "before");
            open.add(socket);
            serve(after, first.ports(), fresh, echo);
            drained.add(first.drain(LONG).toCompletableFuture());
        }

        for (Socket socket : open) {
            assertThat(exchange(socket, "after")).isEqualTo("after");
        }
        CompletableFuture.allOf(drained.toArray(CompletableFuture[]::new)).get(30, TimeUnit.SECONDS);
    }

    private static RecordingDecisions source(ListenPorts ports, Upstream application) {
        var source = new RecordingDecisions();
        source.planOutbound(
                attempt -> tunnel(attempt.client(), ports.inboundHbone(), application.address(), Set.of(SERVER)));
        return source;
    }

    @Test
    void whatIsLeftAtTheDeadlineIsClosedWithTheReason() throws Exception {
        Upstream echo = closing(Upstream.echo());
        PodProxy first = serve(start(LIMITS), ListenPorts.EPHEMERAL, old, echo);
        Socket idle = connect(first.ports().outbound());
        echoes(idle, "idle");
        PodProxy second = serve(start(LIMITS), first.ports(), fresh, echo);

        first.drain(Duration.ofMillis(100)).toCompletableFuture().get(15, TimeUnit.SECONDS);

        assertThat(endsWithoutData(idle)).isTrue();
        assertThat(RecordingDecisions.next(old.closed).outcome())
                .isEqualTo(new FlowOutcome.Refused(new RefusalReason.Draining()));
        assertThat(exchange(connect(second.ports().outbound()), "on")).isEqualTo("on");
    }

    @Test
    void withoutASuccessorThePortIsFreeAtOnce() throws Exception {
        Upstream echo = closing(Upstream.echo());
        PodProxy only = serve(start(LIMITS), ListenPorts.EPHEMERAL, old, echo);
        Socket open = connect(only.ports().outbound());
        echoes(open, "x");

        CompletableFuture<Void> drained = only.drain(Duration.ofMillis(200)).toCompletableFuture();

        Assertions.assertThatThrownBy(() -> connect(only.ports().outbound())).isInstanceOf(ConnectException.class);
        drained.get(15, TimeUnit.SECONDS);
        assertThat(RecordingDecisions.next(old.closed).outcome())
                .isEqualTo(new FlowOutcome.Refused(new RefusalReason.Draining()));
        assertThat(endsWithoutData(open)).isTrue();
    }
}
