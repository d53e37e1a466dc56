package dev.ambit.adapters.netty.dns;

import dev.ambit.domain.address.IpPort;
import dev.ambit.domain.dns.DnsProtocol;
import dev.ambit.domain.dns.DnsQuery;
import dev.ambit.domain.dns.DnsReply;
import dev.ambit.ports.dns.DnsUpstream;
import dev.ambit.ports.dns.DnsUpstreamException;
import dev.ambit.ports.podnetwork.NetworkNamespace;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/** Asks name servers, each question from a socket that is connected to its server, so the kernel lets nobody else answer. */
public final class NettyDnsUpstream implements DnsUpstream {
    private final DnsLoop loop;
    private final ChannelGroup channels = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE, true);

    /**
     * A client with one event loop.
     *
     * @param packetMark SO_MARK of every socket, by which redirection lets the questions out; 0 sets none
     */
    public NettyDnsUpstream(int packetMark) {
        this.loop = new DnsLoop("dns-upstream", packetMark);
    }

    @Override
    public CompletionStage<byte[]> ask(
            NetworkNamespace namespace, IpPort server, DnsProtocol protocol, DnsQuery query, Duration timeout) {
        var reply = new CompletableFuture<byte[]>();
        EventLoop own = loop.next();
        try {
            // The loop is a platform thread, which the caller's need not be; only such can enter a namespace.
            own.execute(() -> open(namespace, server, protocol, query, timeout, reply));
        } catch (RejectedExecutionException closed) {
            reply.completeExceptionally(new DnsUpstreamException(server + " is not asked: shutting down", closed));
        }
        return reply.minimalCompletionStage();
    }

    private void open(
            NetworkNamespace namespace,
            IpPort server,
            DnsProtocol protocol,
            DnsQuery query,
            Duration timeout,
            CompletableFuture<byte[]> reply) {
        var exchange = new UpstreamExchange(server, query, reply);
        try {
            SocketProtocolFamily family = server.ip().isV4() ? SocketProtocolFamily.INET : SocketProtocolFamily.INET6;
            Bootstrap bootstrap = switch (protocol) {
                case UDP -> datagram(namespace, family, query).handler(exchange.overDatagrams());
                case TCP -> stream(namespace, family, timeout).handler(exchange.overStream());
            };
            Channel channel = bootstrap
                    .group(loop.group())
                    .connect(server.toSocketAddress())
                    .addListener(exchange::connected)
                    .channel();
            channels.add(channel);
            var late = channel.eventLoop()
                    .schedule(() -> exchange.late(timeout), timeout.toMillis(), TimeUnit.MILLISECONDS);
            channel.closeFuture().addListener(_ -> late.cancel(false));
        } catch (RuntimeException noSocket) {
            exchange.failed(noSocket);
        }
    }

    private Bootstrap datagram(NetworkNamespace namespace, SocketProtocolFamily family, DnsQuery query) {
        // One byte more than the client takes shows that there was more.
        int readBytes = DnsReply.bytesMax(query, DnsProtocol.UDP) + 1;
        return new Bootstrap()
                .channelFactory(() -> loop.open(namespace, () -> new EpollDatagramChannel(family)))
                .option(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(readBytes));
    }

    private Bootstrap stream(NetworkNamespace namespace, SocketProtocolFamily family, Duration timeout) {
        return new Bootstrap()
                .channelFactory(() -> loop.open(namespace, () -> new EpollSocketChannel(family)))
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) timeout.toMillis());
    }

    @Override
    public void close() {
        channels.close().awaitUninterruptibly();
        loop.close();
    }
}
