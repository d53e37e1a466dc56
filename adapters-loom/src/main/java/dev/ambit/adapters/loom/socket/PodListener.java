package dev.ambit.adapters.loom.socket;

import dev.ambit.adapters.loom.stream.ErrorText;
import dev.ambit.ports.transport.TransportException;
import dev.ambit.ports.transport.TransportLimits.OriginalSource;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A listening socket inside a pod's network namespace, and the thread that accepts from it. */
public final class PodListener {
    /** Connections waiting to be accepted; the kernel takes net.core.somaxconn when that is less. */
    private static final int BACKLOG = 1024;

    /** Out of file descriptors, what waits had better wait in the backlog than be asked for again and again. */
    private static final long PAUSE_MILLIS = 250;

    private static final Logger LOG = LoggerFactory.getLogger(PodListener.class);
    private static final InetAddress ANY_IPV4 = InetAddress.ofLiteral("0.0.0.0");

    private final ServerSocketChannel channel;
    private final int port;
    private final PodSockets sockets;
    private final Set<Long> older;
    private final Acceptor acceptor;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread accepting;

    /** What becomes of connections. */
    public interface Acceptor {
        /** A socket was accepted; {@link #closed} follows once. */
        void opened();

        /** A socket that was {@link #opened} is closed. */
        void closed();

        /** Carries the connection, on a virtual thread of its own, which closes it. */
        void carry(SocketDuplex connection) throws IOException;

        /** A connection was turned away, or could not be accepted: one line that says why. */
        void strained(String why);
    }

    private PodListener(ServerSocketChannel channel, PodSockets sockets, Set<Long> older, Acceptor acceptor) {
        this.channel = channel;
        this.port = channel.socket().getLocalPort();
        this.sockets = sockets;
        this.older = older;
        this.acceptor = acceptor;
        this.accepting = Thread.ofVirtual().name("accept").start(this::accept);
    }

    /** Whether somebody listens on the port. */
    public static boolean isTaken(PodSockets sockets, int port) {
        return port > 0 && !listening(sockets, port).isEmpty();
    }

    private static Map<Long, Integer> listening(PodSockets sockets, int port) {
        try {
            return sockets.inside(() -> ReusePortGroup.listening(port));
        } catch (IOException unreadable) {
            throw new TransportException("cannot see who listens on port " + port, unreadable);
        }
    }

    /**
     * Binds, and accepts from then on. An IPv6 wildcard takes IPv4 as well, and IPv4 only where there is no IPv6.
     *
     * @throws TransportException if the port cannot be bound
     */
    public static PodListener bind(PodSockets sockets, InetSocketAddress address, Acceptor acceptor) {
        int port = address.getPort();
        Set<Long> older = port == 0 || !sockets.options().portReuse()
                ? Set.of()
                : listening(sockets, port).keySet();
        try {
            var listener = new PodListener(open(sockets, address), sockets, older, acceptor);
            if (!older.isEmpty()) {
                // The newest is the last of its group, and takes over.
                listener.prefer(older.size());
            }
            return listener;
        } catch (IOException refused) {
            throw new TransportException(
                    "cannot listen on " + address + ": " + refused.getMessage()
                            + "; is the port taken, or a privilege missing (CAP_NET_ADMIN for marks)?",
                    refused);
        }
    }

    private static ServerSocketChannel open(PodSockets sockets, InetSocketAddress address) throws IOException {
        if (!address.getAddress().isAnyLocalAddress() || address.getAddress() instanceof Inet4Address) {
            return bound(sockets, address);
        }
        try {
            return bound(sockets, address);
        } catch (IOException | UnsupportedOperationException noIpv6) {
            try {
                return bound(sockets, new InetSocketAddress(ANY_IPV4, address.getPort()));
            } catch (IOException refused) {
                refused.addSuppressed(noIpv6);
                throw refused;
            }
        }
    }

    private static ServerSocketChannel bound(PodSockets sockets, InetSocketAddress address) throws IOException {
        StandardProtocolFamily family = address.getAddress() instanceof Inet4Address
                ? StandardProtocolFamily.INET
                : StandardProtocolFamily.INET6;
        ServerSocketChannel channel = sockets.inside(() -> ServerSocketChannel.open(family));
        try {
            channel.setOption(
                    StandardSocketOptions.SO_REUSEPORT, sockets.options().portReuse());
            sockets.mark(channel);
            OriginalSource wish = sockets.options().originalSource();
            if (wish != OriginalSource.NEVER) {
                // Only redirection by TPROXY needs it on a listener; ours is by REDIRECT.
                sockets.beTransparent(channel, wish);
            }
            return channel.bind(address, BACKLOG);
        } catch (IOException refused) {
            channel.close();
            throw refused;
        }
    }

    private void accept() {
        while (channel.isOpen()) {
            try {
                SocketChannel accepted = channel.accept();
                sockets.admit(accepted, acceptor::opened, acceptor::closed)
                        .ifPresentOrElse(this::carry, () -> acceptor.strained(sockets.exhausted()));
            } catch (IOException | RuntimeException failed) {
                if (channel.isOpen()) {
                    acceptor.strained(
                            "cannot accept connections on port " + port() + ", trying again: " + ErrorText.of(failed));
                    pause();
                }
            }
        }
    }

    private void carry(SocketDuplex connection) {
        Thread.ofVirtual().name("connection").start(() -> {
            try (connection) {
                acceptor.carry(connection);
            } catch (IOException gone) {
                // It went away before there was anything to say about it.
            }
        });
    }

    private void pause() {
        try {
            var _ = closing.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The port that is bound. */
    public int port() {
        return port;
    }

    /** Whether somebody else listens on this port, too. */
    public boolean hasOthers() {
        return !others().isEmpty();
    }

    private Set<Long> others() {
        var all = new HashSet<>(listening(sockets, port()).keySet());
        ReusePortGroup.inode(channel).ifPresent(all::remove);
        return all;
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
        Optional<Long> own = ReusePortGroup.inode(channel);
        return own.isPresent() && listening(sockets, port()).getOrDefault(own.get(), 0) > 0;
    }

    private void prefer(int number) {
        try {
            ReusePortGroup.prefer(channel, number);
        } catch (SocketException refused) {
            LOG.warn(
                    "the kernel spreads connections over the old and the new proxy, a few may be lost\tport={} error=\"{}\"",
                    port(),
                    String.valueOf(refused.getMessage()));
        }
    }

    /** Stops accepting. When it returns, the port is free: the last to use a socket closes it, which may be the acceptor. */
    public void close() {
        closing.countDown();
        try {
            channel.close();
            accepting.join();
        } catch (IOException gone) {
            // The descriptor is free all the same (close(2)).
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
