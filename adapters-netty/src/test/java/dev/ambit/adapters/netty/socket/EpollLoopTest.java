package dev.ambit.adapters.netty.socket;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class EpollLoopTest {
    private static final int ANSWER_BYTES = 16 << 20;

    private final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, EpollLoop.newFactory());

    @AfterEach
    void stop() {
        loops.shutdownGracefully(0, 0, TimeUnit.SECONDS);
    }

    /** With nothing left to read, Netty's own handler forgets the socket, and this write would fail half-way. */
    @Test
    void aHalfClosedSocketCanStillWaitForWritability() throws Exception {
        var server = new ServerBootstrap()
                .group(loops)
                .channel(EpollServerSocketChannel.class)
                .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .childOption(ChannelOption.AUTO_READ, false)
                .childHandler(new AnswersLater())
                .bind("127.0.0.1", 0)
                .sync()
                .channel();
        int port = ((InetSocketAddress) server.localAddress()).getPort();

        try (var client = new Socket(InetAddress.getLoopbackAddress(), port)) {
            client.shutdownOutput();

            assertThat(client.getInputStream().readAllBytes()).hasSize(ANSWER_BYTES);
        }
    }

    /** Answers once the event that ended the input is dealt with. */
    private static final class AnswersLater extends ChannelInboundHandlerAdapter {
        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            if (event == ChannelInputShutdownEvent.INSTANCE) {
                ctx.executor()
                        .execute(() -> ctx.writeAndFlush(Unpooled.wrappedBuffer(new byte[ANSWER_BYTES]))
                                .addListener(_ -> ctx.close()));
            }
        }
    }
}
