package dev.ambit.adapters.netty;

import dev.ambit.adapters.netty.relay.BufferBudget;
import dev.ambit.adapters.netty.socket.EpollLoop;
import dev.ambit.adapters.netty.socket.PodListener;
import dev.ambit.adapters.netty.socket.SocketBudget;
import dev.ambit.adapters.netty.tls.TlsContexts;
import dev.ambit.ports.transport.FlowDecisions;
import dev.ambit.ports.transport.PodProxy;
import dev.ambit.ports.transport.Transport;
import dev.ambit.ports.transport.TransportLimits;
import dev.ambit.ports.transport.TransportSecurity;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * The transport on Netty with epoll and BoringSSL. Both sides of a connection live on the event loop that accepted it,
 * so nothing is handed between threads; tunnels are therefore pooled per pod and event loop.
 */
public final class NettyTransport implements Transport {
    private static final long SHUTDOWN_SECONDS_MAX = 5;

    private final NettyOptions options;
    private final TransportLimits limits;
    private final TransportSecurity security;
    private final TlsContexts tls;
    private final SocketBudget sockets;
    private final BufferBudget.Node buffers;
    private final EventLoopGroup loops;
    private final Neighbours neighbours = new Neighbours();
    private final Set<NettyPodProxy> proxies = ConcurrentHashMap.newKeySet();

    public NettyTransport(NettyOptions options, TransportLimits limits, TransportSecurity security) {
        this.options = options;
        this.limits = limits;
        this.security = security;
        this.tls = new TlsContexts(limits.handshakeTimeout(), security.policy(), security.revocations());
        this.sockets = new SocketBudget(limits.capacity().sockets());
        this.buffers = new BufferBudget.Node(limits.capacity().nodeBufferedBytes());
        this.loops = new MultiThreadIoEventLoopGroup(
                options.eventLoops(), new DefaultThreadFactory("transport", true), EpollLoop.newFactory());
        startAtHome(loops);
    }

    /**
     * Threads inherit the network namespace of the thread that starts them, and Netty starts an event loop with its first
     * task. So all start here, before any thread of ours is inside a pod's namespace.
     */
    private static void startAtHome(EventLoopGroup loops) {
        for (EventExecutor loop : loops) {
            loop.submit(() -> {}).syncUninterruptibly();
        }
    }

    @Override
    public PodProxy serve(PodBinding pod, FlowDecisions decisions) {
        var connections = new PodConnections(
                pod, decisions, options, limits, security, tls, neighbours, sockets.share(), buffers);
        NettyPodProxy proxy = NettyPodProxy.start(connections, loops, proxies::remove);
        proxies.add(proxy);
        neighbours.add(connections);
        return proxy;
    }

    @Override
    public boolean isServed(PodBinding pod) {
        return limits.sockets().portReuse()
                && PodListener.isTaken(pod.namespace(), pod.ports().inboundHbone());
    }

    @Override
    public void close() {
        Set.copyOf(proxies).forEach(NettyPodProxy::close);
        loops.shutdownGracefully(0, SHUTDOWN_SECONDS_MAX, TimeUnit.SECONDS)
                .awaitUninterruptibly(SHUTDOWN_SECONDS_MAX, TimeUnit.SECONDS);
    }
}
