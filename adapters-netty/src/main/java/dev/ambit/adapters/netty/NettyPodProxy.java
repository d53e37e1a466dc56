package dev.ambit.adapters.netty;

import dev.ambit.adapters.netty.socket.PodListener;
import dev.ambit.domain.flow.Reporter;
import dev.ambit.ports.transport.ListenPorts;
import dev.ambit.ports.transport.PodProxy;
import dev.ambit.ports.transport.PodUsage;
import dev.ambit.ports.transport.Strain;
import dev.ambit.ports.transport.TransportException;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.ScheduledFuture;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** The listeners of a pod and what came of them. */
final class NettyPodProxy implements PodProxy {
    /** How long {@link #close} waits for connections to be gone after the ports are free. */
    private static final long CLOSE_SECONDS_MAX = 2;

    /** SOCKS5 has no authentication: nobody outside the pod may reach it. */
    private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");

    /** Longer than a handshake takes whose SYN-ACK had to be repeated (1 s, RFC 6298). */
    private static final Duration HAND_OVER = Duration.ofSeconds(2);

    /** A listener that still has connections waiting after so many periods is not served by its event loop at all. */
    private static final int HAND_OVER_ROUNDS = 5;

    private final PodConnections connections;
    private final EventLoopGroup loops;
    private final List<PodListener> listeners;
    private final ListenPorts ports;
    private final Consumer<NettyPodProxy> gone;
    private final AtomicBoolean draining = new AtomicBoolean();
    private final CompletableFuture<Void> drained = new CompletableFuture<>();

    private NettyPodProxy(
            PodConnections connections,
            EventLoopGroup loops,
            List<PodListener> listeners,
            ListenPorts ports,
            Consumer<NettyPodProxy> gone) {
        this.connections = connections;
        this.loops = loops;
        this.listeners = listeners;
        this.ports = ports;
        this.gone = gone;
    }

    static NettyPodProxy start(PodConnections connections, EventLoopGroup loops, Consumer<NettyPodProxy> gone) {
        var binding = new Binding(connections, loops, new ArrayList<>());
        ListenPorts ports = connections.pod().ports();
        InetAddress everywhere = connections.pod().address();
        var outbound = new OutboundCapture(connections);
        try {
            var bound = new ListenPorts(
                    binding.bind(everywhere, ports.outbound(), Reporter.SOURCE, outbound::accept),
                    binding.bind(
                            everywhere,
                            ports.inboundPlaintext(),
                            Reporter.DESTINATION,
                            new PlaintextInbound(connections)::accept),
                    binding.bind(
                            everywhere,
                            ports.inboundHbone(),
                            Reporter.DESTINATION,
                            new HboneInbound(connections)::accept),
                    binding.bind(
                            LOOPBACK,
                            ports.socks5(),
                            Reporter.SOURCE,
                            new SocksCapture(connections, outbound)::accept));
            return new NettyPodProxy(connections, loops, List.copyOf(binding.listeners), bound, gone);
        } catch (TransportException taken) {
            binding.listeners.forEach(PodListener::close);
            throw taken;
        }
    }

    /** The listeners there are so far. */
    private record Binding(PodConnections connections, EventLoopGroup loops, List<PodListener> listeners) {

        /** Adds a listener, if there is to be one, and says its port. */
        int bind(InetAddress where, int port, Reporter reporter, Consumer<SocketChannel> accepted) {
            if (port == ListenPorts.NONE) {
                return port;
            }
            var address = new InetSocketAddress(where, port);
            PodListener listener = PodListener.bind(
                    loops,
                    connections.pod().namespace(),
                    address,
                    connections.limits(),
                    connection -> {
                        if (connections.admit(connection)) {
                            connections.track(connection);
                            connections.decisions().socketOpened(reporter);
                            connection
                                    .closeFuture()
                                    .addListener(_ -> connections.decisions().socketClosed(reporter));
                            accepted.accept(connection);
                        }
                    },
                    trouble -> connections.strained(
                            Strain.SOCKETS,
                            "cannot accept connections on " + address + ", trying again: " + ErrorText.of(trouble)));
            listeners.add(listener);
            return listener.port();
        }
    }

    @Override
    public ListenPorts ports() {
        return ports;
    }

    @Override
    public PodUsage usage() {
        return connections.usage();
    }

    @Override
    public boolean hasSuccessor() {
        return listeners.stream().anyMatch(listener -> listener.port() == ports.inboundHbone() && listener.hasOthers());
    }

    @Override
    public CompletionStage<Void> drain(Duration deadline) {
        EventExecutor timer = loops.next();
        ScheduledFuture<?> late = timer.schedule(this::force, deadline.toMillis(), TimeUnit.MILLISECONDS);
        drained.whenComplete((_, _) -> late.cancel(false));
        if (draining.compareAndSet(false, true)) {
            connections.expect();
            if (hasSuccessor()) {
                listeners.forEach(PodListener::leaveToOthers);
                handOver(timer, HAND_OVER_ROUNDS);
            } else {
                listeners.forEach(PodListener::close);
                connections.settled();
            }
            connections.goAway();
            connections.whenQuiet(() -> timer.execute(this::force));
        }
        return drained.minimalCompletionStage();
    }

    /** Goes on accepting what the kernel gave to us before we left new connections to our successor. */
    private void handOver(EventExecutor timer, int rounds) {
        timer.schedule(
                () -> {
                    if (rounds > 0 && listeners.stream().anyMatch(PodListener::hasWaiting)) {
                        handOver(timer, rounds - 1);
                    } else {
                        stopAccepting();
                    }
                },
                HAND_OVER.toMillis(),
                TimeUnit.MILLISECONDS);
    }

    /** On an event loop, where to wait for listeners on others could be to wait for ever. */
    private void stopAccepting() {
        var open = new AtomicInteger(listeners.size());
        for (PodListener listener : listeners) {
            listener.closeSoon().addListener(_ -> {
                if (open.decrementAndGet() == 0) {
                    connections.settled();
                }
            });
        }
    }

    private Future<Void> force() {
        Future<Void> closed = connections.close();
        closed.addListener(_ -> {
            gone.accept(this);
            drained.complete(null);
        });
        return closed;
    }

    @Override
    public void close() {
        listeners.forEach(PodListener::close);
        Future<Void> closed = force();
        boolean onLoop = false;
        for (EventExecutor loop : loops) {
            onLoop |= loop.inEventLoop();
        }
        if (!onLoop) {
            closed.awaitUninterruptibly(CLOSE_SECONDS_MAX, TimeUnit.SECONDS);
        }
    }
}
