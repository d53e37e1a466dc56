package dev.ambit.adapters.netty.dns;

import dev.ambit.domain.address.IpPort;
import dev.ambit.domain.dns.DnsProtocol;
import dev.ambit.domain.dns.DnsQuery;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.timeout.IdleState;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.handler.timeout.IdleStateHandler;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A TCP connection on which messages are asked, several at a time if the client likes; replies go back as they come. A
 * client that does not read its replies is not read from either.
 */
final class DnsConnection extends SimpleChannelInboundHandler<ByteBuf> {
    private static final int LENGTH_BYTES = 2;

    private final PodMessages messages;
    private final IpPort client;
    private int unanswered;

    private DnsConnection(PodMessages messages, IpPort client) {
        this.messages = messages;
        this.client = client;
    }

    static void start(SocketChannel connection, PodMessages messages) {
        if (connection.remoteAddress() == null || !messages.connected()) {
            connection.close();
            return;
        }
        connection.closeFuture().addListener(_ -> messages.disconnected());
        // Behind the decoder, so that only whole messages count as activity and not their single bytes.
        connection
                .pipeline()
                .addLast(
                        DnsLoop.messages(DnsQuery.BYTES_MAX),
                        new IdleStateHandler(
                                0, 0, messages.limits().idleTimeout().toMillis(), TimeUnit.MILLISECONDS),
                        new DnsConnection(messages, IpPort.of(connection.remoteAddress())));
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, ByteBuf message) {
        if (!message.isReadable()) {
            context.close();
            return;
        }
        unanswered++;
        messages.ask(
                client, DnsProtocol.TCP, message, reply -> context.executor().execute(() -> answer(context, reply)));
    }

    private void answer(ChannelHandlerContext context, Optional<byte[]> reply) {
        unanswered--;
        reply.ifPresentOrElse(
                bytes -> {
                    ByteBuf framed = context.alloc().buffer(LENGTH_BYTES + bytes.length);
                    context.writeAndFlush(framed.writeShort(bytes.length).writeBytes(bytes));
                },
                context::close);
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        context.channel().config().setAutoRead(context.channel().isWritable());
        context.fireChannelWritabilityChanged();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof IdleStateEvent idle && idle.state() == IdleState.ALL_IDLE && unanswered == 0) {
            context.close();
        }
    }

    /** Too long a message, or a connection that broke: nothing can follow either. */
    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        context.close();
    }
}
