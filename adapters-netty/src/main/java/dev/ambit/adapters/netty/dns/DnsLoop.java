package dev.ambit.adapters.netty.dns;

import dev.ambit.adapters.netty.socket.EpollLoop;
import dev.ambit.adapters.netty.socket.PodSockets;
import dev.ambit.domain.dns.DnsQuery;
import dev.ambit.ports.podnetwork.NetworkNamespace;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.handler.codec.LengthFieldBasedFrameDecoder;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** The one event loop of a server or client, and sockets on it that live in somebody's network namespace. */
final class DnsLoop {
    private static final long SHUTDOWN_SECONDS_MAX = 5;

    /** Of the length in front of a message on a stream (RFC 1035 section 4.2.2). */
    private static final int LENGTH_BYTES = 2;

    private final MultiThreadIoEventLoopGroup group;
    private final int packetMark;

    DnsLoop(String name, int packetMark) {
        this.group = new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory(name, true), EpollLoop.newFactory());
        this.packetMark = packetMark;
        // A thread inherits the network namespace of the one that starts it; this one is still at home.
        group.submit(() -> {}).syncUninterruptibly();
    }

    MultiThreadIoEventLoopGroup group() {
        return group;
    }

    EventLoop next() {
        return group.next();
    }

    /** Must be called on a platform thread. */
    <C extends Channel> C open(NetworkNamespace namespace, Supplier<C> socket) {
        C channel = namespace.call(socket);
        try {
            if (packetMark > 0) {
                channel.config().setOption(PodSockets.SO_MARK, packetMark);
            }
            return channel;
        } catch (RuntimeException refused) {
            channel.unsafe().closeForcibly();
            throw refused;
        }
    }

    static SocketProtocolFamily family(InetAddress address) {
        return address instanceof Inet4Address ? SocketProtocolFamily.INET : SocketProtocolFamily.INET6;
    }

    /** Cuts a stream into messages; a longer one is an error. */
    static LengthFieldBasedFrameDecoder messages(int bytesMax) {
        return new LengthFieldBasedFrameDecoder(LENGTH_BYTES + bytesMax, 0, LENGTH_BYTES, 0, LENGTH_BYTES);
    }

    /** Queries are read in pieces of this size: one byte more than allowed shows that there was more. */
    static int readBytes() {
        return DnsQuery.BYTES_MAX + 1;
    }

    void close() {
        group.shutdownGracefully(0, SHUTDOWN_SECONDS_MAX, TimeUnit.SECONDS)
                .awaitUninterruptibly(SHUTDOWN_SECONDS_MAX, TimeUnit.SECONDS);
    }
}
