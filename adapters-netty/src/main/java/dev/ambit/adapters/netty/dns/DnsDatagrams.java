package dev.ambit.adapters.netty.dns;

import dev.ambit.domain.address.IpPort;
import dev.ambit.domain.dns.DnsProtocol;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.DatagramPacket;
import java.net.InetSocketAddress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A UDP socket that is asked. */
final class DnsDatagrams extends SimpleChannelInboundHandler<DatagramPacket> {
    private static final Logger LOG = LoggerFactory.getLogger(DnsDatagrams.class);

    private final PodMessages messages;

    DnsDatagrams(PodMessages messages) {
        this.messages = messages;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, DatagramPacket packet) {
        InetSocketAddress client = packet.sender();
        // A packet with our own address as its forged source would make us talk to ourselves for ever.
        boolean own = client.equals(context.channel().localAddress());
        if (own || client.getPort() == 0 || !packet.content().isReadable()) {
            return;
        }
        messages.ask(
                IpPort.of(client),
                DnsProtocol.UDP,
                packet.content(),
                reply -> reply.ifPresent(
                        bytes -> context.writeAndFlush(new DatagramPacket(Unpooled.wrappedBuffer(bytes), client))));
    }

    /** A client that went away leaves an ICMP error on the socket; the others are not to suffer. */
    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        LOG.debug("DNS socket reports an error\tlocal={}", context.channel().localAddress(), cause);
    }
}
