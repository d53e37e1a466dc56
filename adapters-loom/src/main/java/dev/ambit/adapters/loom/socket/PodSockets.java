package dev.ambit.adapters.loom.socket;

import dev.ambit.adapters.loom.stream.Duplex;
import dev.ambit.domain.address.IpAddress;
import dev.ambit.domain.address.IpPort;
import dev.ambit.ports.podnetwork.NetworkNamespace;
import dev.ambit.ports.transport.TcpKeepalive;
import dev.ambit.ports.transport.TransportLimits;
import dev.ambit.ports.transport.TransportLimits.OriginalSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.channels.DatagramChannel;
import java.nio.channels.NetworkChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.UnsupportedAddressTypeException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Every socket of one pod: dialled from inside its namespace, or accepted there. */
public final class PodSockets {
    private static final Logger LOG = LoggerFactory.getLogger(PodSockets.class);
    private static final AtomicBoolean FALLBACK_LOGGED = new AtomicBoolean();
    private static final long OWNED_NANOS = 1_000_000_000L;

    private final NamespaceThreads threads;
    private final NetworkNamespace namespace;
    private final TransportLimits limits;
    private final SocketBudget.Share budget;
    private final Set<SocketDuplex> open = ConcurrentHashMap.newKeySet();
    private final Map<IpAddress, Long> owned = new ConcurrentHashMap<>();
    private volatile boolean closed;

    /** The sockets of one pod, each of which takes one of the budget. */
    public PodSockets(
            NamespaceThreads threads, NetworkNamespace namespace, TransportLimits limits, SocketBudget.Share budget) {
        this.threads = threads;
        this.namespace = namespace;
        this.limits = limits;
        this.budget = budget;
    }

    /** How many there are. */
    public int held() {
        return budget.held();
    }

    /** Ends every socket there is, and those to come. */
    public void close() {
        closed = true;
        open.forEach(SocketDuplex::abort);
    }

    /**
     * Connects to an upstream.
     *
     * @param origin the source address to show, when one is to be preserved
     * @param reaching is given each socket before it connects, to end it should nobody want it any more
     * @throws IOException if that is not possible within the limit's time
     */
    public SocketDuplex dial(IpPort target, Optional<IpAddress> origin, Consumer<Duplex> reaching) throws IOException {
        SocketChannel channel = open(target);
        SocketDuplex socket = adopt(channel, () -> {});
        try {
            if (origin.isPresent() && !show(origin.get(), channel)) {
                socket.close();
                return dial(target, Optional.empty(), reaching);
            }
            reaching.accept(socket);
            socket.connect(target, limits.connectTimeout());
            return socket;
        } catch (IOException | RuntimeException failed) {
            socket.close();
            throw failed;
        }
    }

    private SocketChannel open(IpPort target) throws IOException {
        if (!budget.take()) {
            throw new ConnectException(budget.exhausted());
        }
        try {
            StandardProtocolFamily family =
                    target.ip().isV4() ? StandardProtocolFamily.INET : StandardProtocolFamily.INET6;
            SocketChannel channel = inside(() -> SocketChannel.open(family));
            mark(channel);
            return channel;
        } catch (IOException | RuntimeException noSocket) {
            budget.release();
            throw noSocket;
        }
    }

    /** Without its mark the proxy's own traffic would be captured again, so a socket that cannot have it is not used. */
    void mark(NetworkChannel channel) throws IOException {
        try {
            if (limits.sockets().packetMark() > 0) {
                KernelOptions.MARK.set(channel, limits.sockets().packetMark());
            }
        } catch (IOException forbidden) {
            channel.close();
            throw forbidden;
        }
    }

    /**
     * Takes over an accepted connection; empty when there is no room for it: then it has been reset.
     *
     * @param opened runs once there is
     * @param gone runs when it is closed
     */
    Optional<SocketDuplex> admit(SocketChannel accepted, Runnable opened, Runnable gone) throws IOException {
        if (!budget.take()) {
            accepted.setOption(StandardSocketOptions.SO_LINGER, 0);
            accepted.close();
            return Optional.empty();
        }
        opened.run();
        return Optional.of(adopt(accepted, gone));
    }

    private SocketDuplex adopt(SocketChannel channel, Runnable gone) throws IOException {
        var socket = new SocketDuplex(channel, self -> {
            open.remove(self);
            budget.release();
            gone.run();
        });
        open.add(socket);
        try {
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            keepAlive(channel, limits.sockets().keepalive());
        } catch (IOException lost) {
            socket.close();
            throw lost;
        }
        if (closed) {
            socket.abort();
        }
        return socket;
    }

    /** Finds out that the other host is gone although nothing is sent, or nothing is acknowledged. */
    private static void keepAlive(SocketChannel channel, TcpKeepalive keepalive) throws IOException {
        if (keepalive.enabled()) {
            KernelOptions.KEEPALIVE.set(channel, 1);
            KernelOptions.KEEPALIVE_IDLE.set(channel, (int) keepalive.time().toSeconds());
            KernelOptions.KEEPALIVE_INTERVAL.set(
                    channel, (int) keepalive.interval().toSeconds());
            KernelOptions.KEEPALIVE_COUNT.set(channel, keepalive.probes());
        }
        if (keepalive.userTimeoutEnabled()) {
            long millis = keepalive.userTimeout().toMillis();
            KernelOptions.USER_TIMEOUT.set(channel, (int) Math.min(Integer.MAX_VALUE, millis));
        }
    }

    /** Binds to the address of somebody else; false if that is not possible, and not required. */
    private boolean show(IpAddress source, SocketChannel channel) throws IOException {
        OriginalSource wish = limits.sockets().originalSource();
        if (wish == OriginalSource.NEVER) {
            return true;
        }
        try {
            beTransparent(channel, wish);
            KernelOptions.BIND_ADDRESS_NO_PORT.set(channel, 1);
            channel.bind(new InetSocketAddress(source.toInetAddress(), 0));
            return true;
        } catch (IOException | UnsupportedAddressTypeException impossible) {
            if (wish == OriginalSource.REQUIRED) {
                var failure =
                        new ConnectException("cannot show source address " + source + ": " + impossible.getMessage());
                failure.initCause(impossible);
                throw failure;
            }
            logFallback(source, impossible);
            return false;
        }
    }

    /** An address of this host can still be bound without the privilege, which is all that loopback needs. */
    void beTransparent(NetworkChannel channel, OriginalSource wish) throws IOException {
        try {
            KernelOptions.TRANSPARENT.set(channel, 1);
            KernelOptions.FREEBIND.set(channel, 1);
        } catch (IOException forbidden) {
            if (wish == OriginalSource.REQUIRED) {
                throw forbidden;
            }
        }
    }

    private static void logFallback(IpAddress source, Exception cause) {
        if (FALLBACK_LOGGED.compareAndSet(false, true)) {
            LOG.warn(
                    "cannot always show the caller's address to the application (logged once); the proxy needs"
                            + " CAP_NET_ADMIN\tsource={} error=\"{}\"",
                    source,
                    String.valueOf(cause.getMessage()));
        }
    }

    /**
     * Whether the address is one of the pod's own, as opposed to one that is only routed to from there: what would be sent
     * to another's address would leave the pod unprotected. The answer may be a second old.
     */
    public boolean owns(IpAddress address) throws IOException {
        long now = System.nanoTime();
        Long last = owned.get(address);
        if (last != null && now - last < OWNED_NANOS) {
            return true;
        }
        boolean own = inside(() -> canBind(address));
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

    TransportLimits.Sockets options() {
        return limits.sockets();
    }

    String exhausted() {
        return budget.exhausted();
    }

    /** What is opened inside the namespace belongs to it for its whole life, whoever uses it. */
    <T> T inside(Callable<T> action) throws IOException {
        try {
            return threads.call(namespace, () -> {
                try {
                    return action.call();
                } catch (IOException failed) {
                    throw new UncheckedIOException(failed);
                } catch (RuntimeException failed) {
                    throw failed;
                } catch (Exception impossible) {
                    throw new IllegalStateException(impossible);
                }
            });
        } catch (UncheckedIOException failed) {
            throw failed.getCause();
        }
    }
}
