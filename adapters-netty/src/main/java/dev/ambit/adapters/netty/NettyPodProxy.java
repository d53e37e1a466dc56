package dev.ambit.adapters.netty;

import dev.ambit.adapters.netty.socket.PodListener;
import dev.ambit.domain.flow.Reporter;
import dev.ambit.ports.transport.ListenPorts;
import dev.ambit.ports.transport.PodProxy;
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
import java.util.function.Consumer;

/** The listeners of a pod and what came of them. */
final class NettyPodProxy implements PodProxy {
    /** How long {@link #close} waits for connections to be gone after the ports are free. */
    private static final long CLOSE_SECONDS_MAX = 2;

    /** SOCKS5 has no authentication: nobody outside the pod may reach it. */
    private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");

    private final PodConnections connections;
    private final EventLoopGroup loops;
    private final List<PodListener> listeners;
    private final ListenPorts ports;
    private final Consumer<NettyPodProxy> gone;
    private final CompletableFuture<Void> drained = new CompletableFuture<>();

    private NettyPodProxy(
            PodConnections connections,
            EventLoopGroup loops,
            List<PodListener> listeners,
            Consumer<NettyPodProxy> gone) {
        this.connections = connections;
        this.loops = loops;
        this.listeners = listeners;
        this.ports = new ListenPorts(
                listeners.get(0).port(),
                listeners.get(1).port(),
                listeners.get(2).port(),
                listeners.size() > 3 ? listeners.get(3).port() : ListenPorts.NONE);
        this.gone = gone;
    }

    static NettyPodProxy start(PodConnections connections, EventLoopGroup loops, Consumer<NettyPodProxy> gone) {
        ListenPorts ports = connections.pod().ports();
        var listeners = new ArrayList<PodListener>();
        var outbound = new OutboundCapture(connections);
        try {
            listeners.add(bind(connections, loops, ports.outbound(), Reporter.SOURCE, outbound::accept));
            listeners.add(bind(
                    connections,
                    loops,
                    ports.inboundPlaintext(),
                    Reporter.DESTINATION,
                    new PlaintextInbound(connections)::accept));
            listeners.add(bind(
                    connections,
                    loops,
                    ports.inboundHbone(),
                    Reporter.DESTINATION,
                    new HboneInbound(connections)::accept));
            if (ports.socks5() != ListenPorts.NONE) {
                listeners.add(bind(
                        connections,
                        loops,
                        new InetSocketAddress(LOOPBACK, ports.socks5()),
                        Reporter.SOURCE,
                        new SocksCapture(connections, outbound)::accept));
            }
        } catch (TransportException taken) {
            listeners.forEach(PodListener::close);
            throw taken;
        }
        return new NettyPodProxy(connections, loops, List.copyOf(listeners), gone);
    }

    private static PodListener bind(
            PodConnections connections,
            EventLoopGroup loops,
            int port,
            Reporter reporter,
            Consumer<SocketChannel> accepted) {
        var address = new InetSocketAddress(connections.pod().address(), port);
        return bind(connections, loops, address, reporter, accepted);
    }

    private static PodListener bind(
            PodConnections connections,
            EventLoopGroup loops,
            InetSocketAddress address,
            Reporter reporter,
            Consumer<SocketChannel> accepted) {
        return PodListener.bind(
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
    }

    @Override
    public ListenPorts ports() {
        return ports;
    }

    @Override
    public CompletionStage<Void> drain(Duration deadline) {
        listeners.forEach(PodListener::close);
        connections.goAway();
        EventExecutor timer = loops.next();
        ScheduledFuture<?> late = timer.schedule(this::force, deadline.toMillis(), TimeUnit.MILLISECONDS);
        connections.whenQuiet(() -> timer.execute(this::force));
        drained.whenComplete((_, _) -> late.cancel(false));
        return drained.minimalCompletionStage();
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
