package dev.ambit.adapters.netty.socket;

import dev.ambit.adapters.netty.relay.SocketLeg;
import dev.ambit.domain.address.IpAddress;
import dev.ambit.domain.address.IpPort;
import dev.ambit.ports.podnetwork.NetworkNamespace;
import dev.ambit.ports.transport.TcpKeepalive;
import dev.ambit.ports.transport.TransportLimits;
import dev.ambit.ports.transport.TransportLimits.OriginalSource;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.unix.IntegerUnixChannelOption;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import io.netty.util.concurrent.PromiseNotifier;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.channels.DatagramChannel;
import java.util.ArrayList;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Dials out of one pod's network namespace, and sets socket options as every socket of the mesh has them. */
public final class PodSockets {
    public static final IntegerUnixChannelOption SO_MARK = new IntegerUnixChannelOption("SO_MARK", 1, 36);

    private static final Logger LOG = LoggerFactory.getLogger(PodSockets.class);
    private static final AtomicBoolean FALLBACK_LOGGED = new AtomicBoolean();

    /**
     * Large reads for bulk, small ones for chat: a waiting connection must not pin a large buffer for a few bytes. Not more than
     * a connection may read ahead when memory is short, or one read would end it. The guess takes powers of two only.
     */
    private static final int READ_BYTES_MAX = 64 << 10;

    private static final RecvByteBufAllocator READS =
            new RoomInFront(new AdaptiveRecvByteBufAllocator(1024, 16_384, READ_BYTES_MAX));

    private static final WriteBufferWaterMark WRITE_MARKS = new WriteBufferWaterMark(256 << 10, 512 << 10);

    private static final long OWNED_NANOS = 1_000_000_000L;

    private final Map<IpAddress, Long> owned = new ConcurrentHashMap<>();
    private final NetworkNamespace namespace;
    private final TransportLimits limits;
    private final SocketBudget.Share budget;

    /** @param budget of which every socket takes one */
    public PodSockets(NetworkNamespace namespace, TransportLimits limits, SocketBudget.Share budget) {
        this.namespace = namespace;
        this.limits = limits;
        this.budget = budget;
    }

    /** Counts an accepted connection; false if there is no room for it. */
    public boolean admit(Channel accepted) {
        if (!budget.take()) {
            return false;
        }
        accepted.closeFuture().addListener(_ -> budget.release());
        return true;
    }

    /** Options of every connection, accepted or dialled. */
    public static void configure(Channel channel) {
        // TCP_NODELAY is what Netty's epoll sockets start with.
        ChannelConfig config = channel.config();
        config.setRecvByteBufAllocator(READS);
        config.setWriteBufferWaterMark(WRITE_MARKS);
    }

    /** Finds out that the other host is gone although nothing is sent, or nothing is acknowledged. */
    public static void keepAlive(Channel channel, TcpKeepalive keepalive) {
        ChannelConfig config = channel.config();
        if (keepalive.enabled()) {
            config.setOption(ChannelOption.SO_KEEPALIVE, true);
            config.setOption(
                    EpollChannelOption.TCP_KEEPIDLE, (int) keepalive.time().toSeconds());
            config.setOption(
                    EpollChannelOption.TCP_KEEPINTVL, (int) keepalive.interval().toSeconds());
            config.setOption(EpollChannelOption.TCP_KEEPCNT, keepalive.probes());
        }
        if (keepalive.userTimeoutEnabled()) {
            config.setOption(EpollChannelOption.TCP_USER_TIMEOUT, (int)
                    Math.min(Integer.MAX_VALUE, keepalive.userTimeout().toMillis()));
        }
    }

    /**
     * Connects to an upstream with a leg that does not read yet. On the event loop.
     *
     * @param origin the source address to show, when one is to be preserved
     */
    public Future<SocketLeg> dial(EventLoop loop, IpPort target, Optional<IpAddress> origin) {
        Promise<SocketLeg> dialled = loop.newPromise();
        var legs = new ArrayList<SocketLeg>(1);
        Future<SocketChannel> connected = connect(loop, target, origin, channel -> {
            var leg = new SocketLeg(channel);
            legs.clear();
            legs.add(leg);
            return leg.handler();
        });
        connected.addListener(_ -> {
            if (!connected.isSuccess()) {
                dialled.tryFailure(connected.cause());
            } else if (!dialled.trySuccess(legs.getFirst())) {
                legs.getFirst().abort();
            }
        });
        return dialled;
    }

    /** Connects with a handler of the caller's. The channel does not read by itself and allows half-closure. */
    public Future<SocketChannel> connect(
            EventLoop loop,
            IpPort target,
            Optional<IpAddress> origin,
            Function<SocketChannel, ChannelHandler> handler) {
        Promise<SocketChannel> connected = loop.newPromise();
        try {
            EpollSocketChannel channel = open(target);
            channel.pipeline().addLast(handler.apply(channel));
            loop.register(channel).addListener(registered -> {
                if (!registered.isSuccess()) {
                    fail(connected, channel, registered.cause());
                } else if (origin.isPresent() && limits.sockets().originalSource() != OriginalSource.NEVER) {
                    bindAndConnect(connected, channel, target, origin.get(), handler);
                } else {
                    connect(connected, channel, target);
                }
            });
        } catch (RuntimeException noSocket) {
            connected.setFailure(noSocket);
        }
        return connected;
    }

    private static void connect(Promise<SocketChannel> connected, EpollSocketChannel channel, IpPort target) {
        channel.connect(target.toSocketAddress()).addListener(done -> {
            if (!done.isSuccess()) {
                fail(connected, channel, done.cause());
            } else if (!connected.trySuccess(channel)) {
                channel.close();
            }
        });
    }

    private static void fail(Promise<SocketChannel> connected, EpollSocketChannel channel, Throwable cause) {
        channel.close();
        connected.tryFailure(cause);
    }

    private void bindAndConnect(
            Promise<SocketChannel> connected,
            EpollSocketChannel channel,
            IpPort target,
            IpAddress source,
            Function<SocketChannel, ChannelHandler> handler) {
        boolean required = limits.sockets().originalSource() == OriginalSource.REQUIRED;
        try {
            channel.config().setOption(EpollChannelOption.IP_TRANSPARENT, true);
            channel.config().setOption(EpollChannelOption.IP_FREEBIND, true);
        } catch (RuntimeException forbidden) {
            // An address of this host can still be bound without the privilege, which is all that loopback needs.
            if (required) {
                fail(connected, channel, notShown(source, forbidden));
                return;
            }
            logFallback(source, forbidden);
        }
        // The kernel chooses the port when it knows the target, so ports run out per target and not per source.
        channel.config().setOption(EpollChannelOption.IP_BIND_ADDRESS_NO_PORT, true);
        channel.bind(new InetSocketAddress(source.toInetAddress(), 0)).addListener(bound -> {
            if (bound.isSuccess()) {
                connect(connected, channel, target);
            } else if (required) {
                fail(connected, channel, notShown(source, bound.cause()));
            } else {
                logFallback(source, bound.cause());
                channel.close();
                connect(channel.eventLoop(), target, Optional.empty(), handler)
                        .addListener(new PromiseNotifier<>(connected));
            }
        });
    }

    /**
     * Whether the address is one of the pod's own, as opposed to one that is only routed to from there: what would be sent
     * to another's address would leave the pod unprotected. The answer may be a second old.
     */
    public boolean owns(IpAddress address) {
        long now = System.nanoTime();
        Long last = owned.get(address);
        if (last != null && now - last < OWNED_NANOS) {
            return true;
        }
        boolean own = namespace.call(() -> canBind(address));
        if (own) {
            owned.put(address, now);
        } else {
            owned.remove(address);
        }
        return own;
    }

    private static boolean canBind(IpAddress address) {
        StandardProtocolFamily family = address.isV4() ? StandardProtocolFamily.INET : StandardProtocolFamily.INET6;
        try (DatagramChannel probe = DatagramChannel.open(family)) {
            probe.bind(new InetSocketAddress(address.toInetAddress(), 0));
            return true;
        } catch (IOException foreign) {
            return false;
        }
    }

    private static ConnectException notShown(IpAddress source, Throwable cause) {
        var failure = new ConnectException("cannot show source address " + source + ": " + cause.getMessage());
        failure.initCause(cause);
        return failure;
    }

    private static void logFallback(IpAddress source, Throwable cause) {
        if (FALLBACK_LOGGED.compareAndSet(false, true)) {
            LOG.warn(
                    "cannot always show the caller's address to the application (logged once); the proxy needs"
                            + " CAP_NET_ADMIN\tsource={} error=\"{}\"",
                    source,
                    String.valueOf(cause.getMessage()));
        }
    }

    /** The socket belongs to the namespace for its whole life because it is created while this thread is inside. */
    private EpollSocketChannel open(IpPort target) {
        SocketProtocolFamily family = target.ip().isV4() ? SocketProtocolFamily.INET : SocketProtocolFamily.INET6;
        if (!budget.take()) {
            throw new IllegalStateException(budget.exhausted());
        }
        EpollSocketChannel channel;
        try {
            channel = namespace.call(() -> new EpollSocketChannel(family));
        } catch (RuntimeException noSocket) {
            budget.release();
            throw noSocket;
        }
        channel.closeFuture().addListener(_ -> budget.release());
        try {
            configure(channel);
            keepAlive(channel, limits.sockets().keepalive());
            channel.config().setAutoRead(false);
            channel.config().setAllowHalfClosure(true);
            channel.config()
                    .setConnectTimeoutMillis((int) limits.connectTimeout().toMillis());
            mark(channel, limits);
            return channel;
        } catch (RuntimeException refused) {
            channel.unsafe().closeForcibly();
            throw refused;
        }
    }

    /** Without its mark the proxy's own traffic would be captured again, so a socket that cannot have it is not used. */
    static void mark(Channel channel, TransportLimits limits) {
        if (limits.sockets().packetMark() > 0) {
            channel.config().setOption(SO_MARK, limits.sockets().packetMark());
        }
    }
}
