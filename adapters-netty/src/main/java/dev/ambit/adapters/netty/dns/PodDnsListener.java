package dev.ambit.adapters.netty.dns;

import dev.ambit.adapters.netty.socket.PodListener;
import dev.ambit.adapters.netty.socket.ReusePort;
import dev.ambit.adapters.netty.socket.ReusePort.Protocol;
import dev.ambit.ports.dns.DnsListener;
import dev.ambit.ports.dns.DnsServer.DnsBinding;
import dev.ambit.ports.podnetwork.PodNetworkException;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.concurrent.ImmediateEventExecutor;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** One pod's sockets: for each address one by UDP and one by TCP, all at the same port. */
final class PodDnsListener implements DnsListener {
    /** A port that the kernel chose for TCP may be taken for UDP. */
    private static final int ATTEMPTS = 16;

    private static final int BACKLOG = 128;

    private final DnsLoop loop;
    private final boolean shared;
    private final PodMessages messages;
    private final Consumer<PodDnsListener> gone;
    /** Of no thread's own: {@link #close} waits, also on the thread where Netty's groups usually say that they are closed. */
    private final ChannelGroup channels = new DefaultChannelGroup(ImmediateEventExecutor.INSTANCE, true);

    private final List<InetAddress> addresses = new ArrayList<>();
    private int port;

    private PodDnsListener(DnsLoop loop, boolean shared, PodMessages messages, Consumer<PodDnsListener> gone) {
        this.loop = loop;
        this.shared = shared;
        this.messages = messages;
        this.gone = gone;
    }

    /** @param shared whether another process may serve the same addresses */
    static PodDnsListener bind(
            DnsLoop loop, DnsBinding binding, boolean shared, PodMessages messages, Consumer<PodDnsListener> gone) {
        for (int attempt = 1; ; attempt++) {
            var listener = new PodDnsListener(loop, shared, messages, gone);
            try {
                listener.bind(binding);
                return listener;
            } catch (PodNetworkException taken) {
                listener.close();
                if (binding.port() != 0 || attempt == ATTEMPTS) {
                    throw taken;
                }
            }
        }
    }

    private void bind(DnsBinding binding) {
        port = binding.port();
        for (InetAddress address : binding.addresses()) {
            var where = new InetSocketAddress(address, port);
            int streams = members(binding, Protocol.TCP, where);
            int datagrams = members(binding, Protocol.UDP, where);
            ChannelFuture stream = bindStream(binding, where);
            if (!stream.isSuccess() && !(address instanceof Inet4Address) && PodListener.lacksIpv6(stream.cause())) {
                continue;
            }
            Channel listening = bound(stream, address, "TCP");
            port = ((InetSocketAddress) listening.localAddress()).getPort();
            Channel asked = bound(bindDatagrams(binding, new InetSocketAddress(address, port)), address, "UDP");
            // From here on whoever served the pod before is asked nothing more, and has answered by the time it closes.
            ReusePort.takeOver(asked, datagrams);
            ReusePort.takeOver(listening, streams);
            addresses.add(address);
        }
    }

    private int members(DnsBinding binding, Protocol protocol, InetSocketAddress where) {
        return shared ? ReusePort.members(binding.namespace(), protocol, where) : 0;
    }

    private Channel bound(ChannelFuture future, InetAddress address, String protocol) {
        if (!future.isSuccess()) {
            throw new PodNetworkException(
                    "cannot serve DNS on " + address.getHostAddress() + " port " + port + " by " + protocol + ": "
                            + future.cause().getMessage()
                            + "; is the port taken, or a privilege missing (CAP_NET_ADMIN for marks)?",
                    future.cause());
        }
        channels.add(future.channel());
        return future.channel();
    }

    private ChannelFuture bindStream(DnsBinding binding, InetSocketAddress address) {
        return new ServerBootstrap()
                .group(loop.group())
                .channelFactory(() -> loop.open(
                        binding.namespace(), () -> new EpollServerSocketChannel(DnsLoop.family(address.getAddress()))))
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .option(EpollChannelOption.SO_REUSEPORT, shared)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(DnsLoop.readBytes()))
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel connection) {
                        channels.add(connection);
                        DnsConnection.start(connection, messages);
                    }
                })
                .bind(address)
                .awaitUninterruptibly();
    }

    private ChannelFuture bindDatagrams(DnsBinding binding, InetSocketAddress address) {
        return new Bootstrap()
                .group(loop.group())
                .channelFactory(() -> loop.open(
                        binding.namespace(), () -> new EpollDatagramChannel(DnsLoop.family(address.getAddress()))))
                .option(EpollChannelOption.SO_REUSEPORT, shared)
                .option(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(DnsLoop.readBytes()))
                .handler(new DnsDatagrams(messages))
                .bind(address)
                .awaitUninterruptibly();
    }

    @Override
    public List<InetAddress> addresses() {
        return List.copyOf(addresses);
    }

    @Override
    public int port() {
        return port;
    }

    @Override
    public void close() {
        channels.close().awaitUninterruptibly();
        gone.accept(this);
    }
}
