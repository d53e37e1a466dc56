package dev.ambit.adapters.loom;

import dev.ambit.adapters.loom.pod.Pod;
import dev.ambit.adapters.loom.socket.PodListener;
import dev.ambit.adapters.loom.socket.SocketDuplex;
import dev.ambit.adapters.loom.tls.TlsEngines;
import dev.ambit.adapters.loom.tunnel.HboneInbound;
import dev.ambit.adapters.loom.tunnel.OutboundTunnels;
import dev.ambit.domain.flow.Reporter;
import dev.ambit.ports.transport.ListenPorts;
import dev.ambit.ports.transport.PodProxy;
import dev.ambit.ports.transport.PodUsage;
import dev.ambit.ports.transport.Strain;
import dev.ambit.ports.transport.TransportException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/** The listeners of a pod and what came of them. */
final class LoomPodProxy implements PodProxy {
    /** SOCKS5 has no authentication: nobody outside the pod may reach it. */
    private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");

    /** Longer than a handshake takes whose SYN-ACK had to be repeated (1 s, RFC 6298). */
    private static final Duration HAND_OVER = Duration.ofSeconds(2);

    /** A listener that still has connections waiting after so many periods is not served at all. */
    private static final int HAND_OVER_ROUNDS = 5;

    /** How long {@link #close} waits for connections to be gone after the ports are free. */
    private static final Duration CLOSING = Duration.ofSeconds(2);

    private static final Duration FOREVER = Duration.ofDays(10_000);

    private final Pod pod;
    private final Neighbours neighbours;
    private final HboneInbound tunnels;
    private final List<PodListener> listeners;
    private final ListenPorts ports;
    private final Consumer<LoomPodProxy> gone;
    private final AtomicBoolean draining = new AtomicBoolean();
    private final CompletableFuture<Void> drained = new CompletableFuture<>();

    private LoomPodProxy(
            Pod pod,
            Neighbours neighbours,
            HboneInbound tunnels,
            List<PodListener> listeners,
            ListenPorts ports,
            Consumer<LoomPodProxy> gone) {
        this.pod = pod;
        this.neighbours = neighbours;
        this.tunnels = tunnels;
        this.listeners = listeners;
        this.ports = ports;
        this.gone = gone;
    }

    static LoomPodProxy start(Pod pod, TlsEngines engines, Neighbours neighbours, Consumer<LoomPodProxy> gone) {
        var binding = new Binding(pod, new ArrayList<>());
        ListenPorts ports = pod.binding().ports();
        InetAddress everywhere = pod.binding().address();
        var outbound = new OutboundCapture(pod, new OutboundTunnels(pod, engines), engines, neighbours);
        var tunnels = new HboneInbound(pod, engines);
        try {
            var bound = new ListenPorts(
                    binding.bind(everywhere, ports.outbound(), Reporter.SOURCE, outbound::carry),
                    binding.bind(
                            everywhere,
                            ports.inboundPlaintext(),
                            Reporter.DESTINATION,
                            new PlaintextInbound(pod)::carry),
                    binding.bind(everywhere, ports.inboundHbone(), Reporter.DESTINATION, tunnels::carry),
                    binding.bind(LOOPBACK, ports.socks5(), Reporter.SOURCE, new SocksCapture(pod, outbound)::carry));
            return new LoomPodProxy(pod, neighbours, tunnels, List.copyOf(binding.listeners), bound, gone);
        } catch (TransportException taken) {
            binding.listeners.forEach(PodListener::close);
            throw taken;
        }
    }

    /** What carries a connection, on the connection's own thread. */
    @FunctionalInterface
    private interface Carrier {
        void carry(SocketDuplex connection) throws IOException;
    }

    /** The listeners there are so far. */
    private record Binding(Pod pod, List<PodListener> listeners) {

        /** Adds a listener, if there is to be one, and says its port. */
        int bind(InetAddress where, int port, Reporter reporter, Carrier carrier) {
            if (port == ListenPorts.NONE) {
                return port;
            }
            var acceptor = new Acceptor(pod, reporter, carrier);
            PodListener listener = PodListener.bind(pod.sockets(), new InetSocketAddress(where, port), acceptor);
            listeners.add(listener);
            return listener.port();
        }
    }

    /** What one listener does with what it accepts. */
    private record Acceptor(Pod pod, Reporter reporter, Carrier carrier) implements PodListener.Acceptor {
        @Override
        public void opened() {
            pod.opened(reporter);
        }

        @Override
        public void closed() {
            pod.closed(reporter);
        }

        @Override
        public void carry(SocketDuplex connection) throws IOException {
            carrier.carry(connection);
        }

        @Override
        public void strained(String why) {
            pod.strained(Strain.SOCKETS, why);
        }
    }

    @Override
    public ListenPorts ports() {
        return ports;
    }

    @Override
    public PodUsage usage() {
        return pod.usage();
    }

    @Override
    public boolean hasSuccessor() {
        return listeners.stream().anyMatch(listener -> listener.port() == ports.inboundHbone() && listener.hasOthers());
    }

    @Override
    public CompletionStage<Void> drain(Duration deadline) {
        if (draining.compareAndSet(false, true)) {
            neighbours.remove(pod);
            boolean succeeded = hasSuccessor();
            listeners.forEach(succeeded ? PodListener::leaveToOthers : PodListener::close);
            tunnels.drain();
            Thread.ofVirtual().name("drain").start(() -> {
                if (succeeded) {
                    handOver();
                }
                pod.awaitQuiet(FOREVER);
                force();
            });
        }
        Thread.ofVirtual().name("drain-deadline").start(() -> {
            if (!isDrainedWithin(deadline)) {
                force();
            }
        });
        return drained.minimalCompletionStage();
    }

    /** Goes on accepting what the kernel gave to us before we left new connections to our successor. */
    private void handOver() {
        int rounds = HAND_OVER_ROUNDS;
        do {
            if (isDrainedWithin(HAND_OVER)) {
                return;
            }
            rounds--;
        } while (rounds > 0 && listeners.stream().anyMatch(PodListener::hasWaiting));
        listeners.forEach(PodListener::close);
    }

    private boolean isDrainedWithin(Duration time) {
        try {
            drained.get(time.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException | ExecutionException notYet) {
            return false;
        } catch (InterruptedException nobodyWaits) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private void force() {
        neighbours.remove(pod);
        listeners.forEach(PodListener::close);
        pod.close();
        pod.awaitQuiet(CLOSING);
        gone.accept(this);
        drained.complete(null);
    }

    @Override
    public void close() {
        force();
    }
}
