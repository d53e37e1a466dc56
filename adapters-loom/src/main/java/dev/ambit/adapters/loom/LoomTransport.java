package dev.ambit.adapters.loom;

import dev.ambit.adapters.loom.pod.Pod;
import dev.ambit.adapters.loom.socket.NamespaceThreads;
import dev.ambit.adapters.loom.socket.PodListener;
import dev.ambit.adapters.loom.socket.PodSockets;
import dev.ambit.adapters.loom.socket.SocketBudget;
import dev.ambit.adapters.loom.stream.BufferPool;
import dev.ambit.adapters.loom.tls.TlsEngines;
import dev.ambit.ports.transport.FlowDecisions;
import dev.ambit.ports.transport.PodProxy;
import dev.ambit.ports.transport.Transport;
import dev.ambit.ports.transport.TransportLimits;
import dev.ambit.ports.transport.TransportSecurity;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The transport in blocking code: one virtual thread accepts at each listener and one per direction carries each connection,
 * from the first line of {@link OutboundCapture} or {@link PlaintextInbound} to the last.
 */
public final class LoomTransport implements Transport {
    private static final int LARGE_BUFFER_BYTES = 128 << 10;

    /** 16 MiB, which is enough for more bulk at a time than a node has cores. */
    private static final int LARGE_BUFFERS_MAX = 128;

    private final TransportLimits limits;
    private final TransportSecurity security;
    private final TlsEngines engines;
    private final SocketBudget sockets;
    private final AtomicLong buffered = new AtomicLong();
    private final BufferPool pool = new BufferPool(LARGE_BUFFER_BYTES, LARGE_BUFFERS_MAX);
    private final NamespaceThreads threads = new NamespaceThreads();
    private final Neighbours neighbours = new Neighbours();
    private final Set<LoomPodProxy> proxies = ConcurrentHashMap.newKeySet();

    /** To be made at home: its threads stay in the network namespace of the thread that makes it. */
    public LoomTransport(TransportLimits limits, TransportSecurity security) {
        this.limits = limits;
        this.security = security;
        this.engines = new TlsEngines(security.policy(), security.revocations());
        this.sockets = new SocketBudget(limits.capacity().sockets());
    }

    @Override
    public PodProxy serve(PodBinding binding, FlowDecisions decisions) {
        var pod = new Pod(binding, decisions, limits, security, socketsOf(binding), buffered, pool);
        LoomPodProxy proxy = LoomPodProxy.start(pod, engines, neighbours, proxies::remove);
        proxies.add(proxy);
        neighbours.add(pod);
        return proxy;
    }

    private PodSockets socketsOf(PodBinding pod) {
        return new PodSockets(threads, pod.namespace(), limits, sockets.share());
    }

    @Override
    public boolean isServed(PodBinding pod) {
        return limits.sockets().portReuse()
                && PodListener.isTaken(socketsOf(pod), pod.ports().inboundHbone());
    }

    @Override
    public void close() {
        Set.copyOf(proxies).forEach(LoomPodProxy::close);
        threads.close();
    }
}
