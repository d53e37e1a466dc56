package dev.ambit.adapters.netty.dns;

import dev.ambit.domain.address.IpPort;
import dev.ambit.domain.dns.DnsQuery;
import dev.ambit.ports.dns.DnsUpstreamException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.socket.DatagramPacket;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** One question to one server. Lives on one event loop; its stage completes when its socket is closed. */
final class UpstreamExchange {
    private static final int STREAM_BYTES_MAX = 65_535;

    private final IpPort server;
    private final DnsQuery query;
    private final CompletableFuture<byte[]> reply;
    private @Nullable Channel channel;
    private byte @Nullable [] answer;
    private @Nullable Throwable failure;

    UpstreamExchange(IpPort server, DnsQuery query, CompletableFuture<byte[]> reply) {
        this.server = server;
        this.query = query;
        this.reply = reply;
    }

    ChannelInitializer<Channel> overDatagrams() {
        return initialising(false);
    }

    ChannelInitializer<Channel> overStream() {
        return initialising(true);
    }

    private ChannelInitializer<Channel> initialising(boolean stream) {
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel opened) {
                channel = opened;
                opened.closeFuture().addListener(_ -> complete());
                if (stream) {
                    opened.pipeline().addLast(DnsLoop.messages(STREAM_BYTES_MAX));
                }
                opened.pipeline().addLast(new Replies(stream));
            }
        };
    }

    void connected(Future<? super Void> connecting) {
        if (!connecting.isSuccess()) {
            failed(connecting.cause());
        }
    }

    void late(Duration timeout) {
        failed(new DnsUpstreamException(server + " has not answered within " + timeout.toMillis() + " ms"));
    }

    /** The first word counts: a failure after the answer is none. */
    void failed(Throwable cause) {
        if (answer == null && failure == null) {
            failure = cause;
        }
        Channel open = channel;
        if (open != null) {
            open.close();
        } else {
            complete();
        }
    }

    private void complete() {
        byte[] bytes = answer;
        Throwable cause = failure;
        if (bytes != null) {
            reply.complete(bytes);
        } else if (cause == null) {
            reply.completeExceptionally(new DnsUpstreamException(server + " closed the connection without an answer"));
        } else if (cause instanceof DnsUpstreamException) {
            reply.completeExceptionally(cause);
        } else {
            reply.completeExceptionally(
                    new DnsUpstreamException(server + " cannot be asked: " + cause.getMessage(), cause));
        }
    }

    /** Waits for the message that is the reply; whatever else comes is somebody's guess. */
    private final class Replies extends ChannelInboundHandlerAdapter {
        private final boolean stream;

        Replies(boolean stream) {
            this.stream = stream;
        }

        @Override
        public void channelActive(ChannelHandlerContext context) {
            byte[] bytes = query.bytes();
            ByteBuf message = context.alloc().buffer(bytes.length + 2);
            if (stream) {
                message.writeShort(bytes.length);
            }
            context.writeAndFlush(message.writeBytes(bytes)).addListener(written -> {
                if (!written.isSuccess()) {
                    failed(written.cause());
                }
            });
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            try {
                ByteBuf content = message instanceof DatagramPacket packet
                        ? packet.content()
                        : message instanceof ByteBuf plain ? plain : Unpooled.EMPTY_BUFFER;
                byte[] bytes = ByteBufUtil.getBytes(content);
                if (answer == null && query.isAnsweredBy(bytes)) {
                    answer = bytes;
                    context.close();
                }
            } finally {
                ReferenceCountUtil.release(message);
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            failed(cause);
        }
    }
}
