package dev.ambit.adapters.netty.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.adapters.netty.socket.EpollLoop;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollSocketChannel;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Sockets that come to their end while the other side of the relay has still much to write. */
@Timeout(60)
class SocketLegTest {
    /** More than sockets hold here, less than a leg reads ahead. */
    private static final int BYTES = 400 << 10;

    private static final int SMALL_BUFFER = 16 << 10;

    private final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, EpollLoop.newFactory());
    private final EventLoop loop = loops.next();

    @AfterEach
    void stop() {
        loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }

    /** A leg on the loop, and the socket at its far end. */
    private record End(SocketLeg leg, Socket peer) implements AutoCloseable {
        @Override
        public void close() throws IOException {
            peer.close();
        }
    }

    private End end() throws IOException {
        var made = new CompletableFuture<SocketLeg>();
        try (var listener = new ServerSocket()) {
            listener.setReceiveBufferSize(SMALL_BUFFER);
            listener.bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 1);
            new Bootstrap()
                    .group(loop)
                    .channel(EpollSocketChannel.class)
                    .option(ChannelOption.AUTO_READ, false)
                    .option(ChannelOption.ALLOW_HALF_CLOSURE, true)
                    .option(ChannelOption.SO_SNDBUF, SMALL_BUFFER)
                    .handler(new ChannelInitializer<EpollSocketChannel>() {
                        @Override
                        protected void initChannel(EpollSocketChannel channel) {
                            var leg = new SocketLeg(channel);
                            channel.pipeline().addLast(leg.handler());
                            made.complete(leg);
                        }
                    })
                    .connect(listener.getLocalSocketAddress())
                    .syncUninterruptibly();
            return new End(made.join(), listener.accept());
        }
    }

    /** Both ends of one socket have said that they send no more, so the kernel is done with it; its bytes are not. */
    @Test
    void aSocketThatIsDoneDoesNotCutShortWhatItSent() throws Exception {
        var over = new CompletableFuture<String>();
        try (End sender = end();
                End reader = end()) {
            reader.peer().shutdownOutput();
            loop.submit(() -> Relay.join(
                            sender.leg(), reader.leg(), (received, sent, error) -> over.complete(received + error)))
                    .get();
            Thread.startVirtualThread(() -> sendAll(sender.peer()));
            while (!loop.submit(() -> sender.leg().channel().isInputShutdown()).get()) {
                Thread.onSpinWait();
            }
            // As Netty does when the kernel reports a hang-up.
            sender.leg().channel().close().sync();

            assertThat(count(reader.peer().getInputStream())).isEqualTo(BYTES);
            assertThat(over.get(20, TimeUnit.SECONDS)).isEqualTo(String.valueOf(BYTES));
        }
    }

    private static void sendAll(Socket socket) {
        try {
            socket.getOutputStream().write(new byte[BYTES]);
            socket.shutdownOutput();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int count(InputStream in) throws IOException {
        int all = 0;
        byte[] few = new byte[4096];
        for (int read = in.read(few); read >= 0; read = in.read(few)) {
            all += read;
        }
        return all;
    }
}
