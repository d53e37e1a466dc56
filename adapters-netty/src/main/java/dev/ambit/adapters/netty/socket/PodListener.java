package dev.ambit.adapters.netty.socket;

import dev.ambit.ports.podnetwork.NetworkNamespace;
import dev.ambit.ports.transport.TransportException;
import dev.ambit.ports.transport.TransportLimits;
import dev.ambit.ports.transport.TransportLimits.OriginalSource;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.unix.Errors;
import io.netty.util.concurrent.Future;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A listening socket inside a pod's network namespace. */
public final class PodListener {
    /** Connections waiting to be accepted; the kernel takes net.core.somaxconn when that is less. */
    private static final int BACKLOG = 1024;

    private static final Logger LOG = LoggerFactory.getLogger(PodListener.class);

    private static final InetAddress ANY_IPV4 = InetAddress.ofLiteral("0.0.0.0");

    /** Errors as Netty has them, negative. */
    private static final int EAFNOSUPPORT = -97;

    private static final int EADDRNOTAVAIL = -99;

    private final EpollServerSocketChannel channel;
    private final NetworkNamespace namespace;
    private final Set<Long> older;

    private PodListener(EpollServerSocketChannel channel, NetworkNamespace namespace, Set<Long> older) {
        this.channel = channel;
        this.namespace = namespace;
        this.older = older;
    }

    /** Whether somebody listens on the port. */
    public static boolean isTaken(NetworkNamespace namespace, int port) {
        return port > 0 && !ReusePortGroup.listening(namespace, port).isEmpty();
    }

    /**
     * Binds. An IPv6 wildcard takes IPv4 as well, and IPv4 only where there is no IPv6. Connections are spread over the group's event loops, and do not read until told to.
     *
     * @param accepted runs on the connection's event loop
     * @param trouble hears when accepting fails, after which the listener rests for a moment
     * @throws TransportException if the port cannot be bound
     */
    public static PodListener bind(
            EventLoopGroup group,
            NetworkNamespace namespace,
            InetSocketAddress address,
            TransportLimits limits,
            Consumer<SocketChannel> accepted,
            Consumer<Throwable> trouble) {
        int port = address.getPort();
        Set<Long> older = port == 0 || !limits.sockets().portReuse()
                ? Set.of()
                : ReusePortGroup.listening(namespace, port).keySet();
        ChannelFuture bound = attempt(group, namespace, address, limits, accepted, trouble);
        if (!bound.isSuccess() && address.getAddress().isAnyLocalAddress() && lacksIpv6(bound.cause())) {
            bound = attempt(
                    group, namespace, new InetSocketAddress(ANY_IPV4, address.getPort()), limits, accepted, trouble);
        }
        if (!bound.isSuccess()) {
            Throwable cause = bound.cause();
            throw new TransportException(
                    "cannot listen on " + address + ": " + cause.getMessage()
                            + "; is the port taken, or a privilege missing (CAP_NET_ADMIN for marks)?",
                    cause);
        }
        var listener = new PodListener((EpollServerSocketChannel) bound.channel(), namespace, older);
        if (!older.isEmpty()) {
            // The newest is the last of its group, and takes over.
            listener.prefer(older.size());
        }
        return listener;
    }

    /** What the kernel says to an IPv6 address when it was built or started without IPv6, or has it disabled here. */
    public static boolean lacksIpv6(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof Errors.NativeIoException kernel) {
                return kernel.expectedErr() == EAFNOSUPPORT || kernel.expectedErr() == EADDRNOTAVAIL;
            }
        }
        return false;
    }

    private static ChannelFuture attempt(
            EventLoopGroup group,
            NetworkNamespace namespace,
            InetSocketAddress address,
            TransportLimits limits,
            Consumer<SocketChannel> accepted,
            Consumer<Throwable> trouble) {
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(group)
                .channelFactory(() -> open(namespace, address.getAddress(), limits))
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .handler(new AcceptPause(trouble))
                .childOption(ChannelOption.AUTO_READ, false)
                .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel connection) {
                        PodSockets.configure(connection);
                        accepted.accept(connection);
                    }
                });
        return bootstrap.bind(address).awaitUninterruptibly();
    }

    private static EpollServerSocketChannel open(
            NetworkNamespace namespace, InetAddress address, TransportLimits limits) {
        SocketProtocolFamily family =
                address instanceof Inet4Address ? SocketProtocolFamily.INET : SocketProtocolFamily.INET6;
        EpollServerSocketChannel channel = namespace.call(() -> new EpollServerSocketChannel(family));
        try {
            channel.config()
                    .setOption(EpollChannelOption.SO_REUSEPORT, limits.sockets().portReuse());
            PodSockets.mark(channel, limits);
            if (limits.sockets().originalSource() != OriginalSource.NEVER) {
                transparent(channel, limits);
            }
            return channel;
        } catch (RuntimeException refused) {
            channel.unsafe().closeForcibly();
            throw refused;
        }
    }

    private static void transparent(EpollServerSocketChannel channel, TransportLimits limits) {
        try {
            channel.config().setOption(EpollChannelOption.IP_TRANSPARENT, true);
        } catch (RuntimeException forbidden) {
            if (limits.sockets().originalSource() == OriginalSource.REQUIRED) {
                throw forbidden;
            }
            // Only redirection by TPROXY needs it on a listener; ours is by REDIRECT.
        }
    }

    public int port() {
        return ((ServerSocketChannel) channel).localAddress().getPort();
    }

    /** Whether somebody else listens on this port, too. */
    public boolean hasOthers() {
        return !others().isEmpty();
    }

    private Set<Long> others() {
        Set<Long> all =
                new HashSet<>(ReusePortGroup.listening(namespace, port()).keySet());
        inode().ifPresent(all::remove);
        return all;
    }

    private Optional<Long> inode() {
        return ReusePortGroup.inode(channel.fd().intValue());
    }

    /** Leaves new connections to the others, whoever they are; keeps accepting what was given to this one before. */
    public void leaveToOthers() {
        Set<Long> others = others();
        if (older.containsAll(others)) {
            prefer(0);
        } else if (others.size() == 1) {
            prefer(1);
        }
        // Of several, the newest has taken over already.
    }

    /** Whether the kernel holds connections that this listener has not accepted yet. */
    public boolean hasWaiting() {
        Map<Long, Integer> waiting = ReusePortGroup.listening(namespace, port());
        return inode().map(own -> waiting.getOrDefault(own, 0) > 0).orElse(false);
    }

    private void prefer(int number) {
        try {
            ReusePortGroup.prefer(channel, number);
        } catch (RuntimeException refused) {
            LOG.warn(
                    "the kernel spreads connections over the old and the new proxy, a few may be lost\tport={} error=\"{}\"",
                    port(),
                    String.valueOf(refused.getMessage()));
        }
    }

    /** Stops accepting, soon. For event loops, which must not wait for each other. */
    public Future<Void> closeSoon() {
        return channel.close();
    }

    /** Stops accepting. When it returns, the port is free, unless called on an event loop. */
    public void close() {
        ChannelFuture closed = channel.close();
        if (!channel.eventLoop().inEventLoop()) {
            closed.awaitUninterruptibly();
        }
    }
}
