package dev.ambit.adapters.netty.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Bulk between two sockets goes through a pipe, and nobody can tell but by what it costs. */
@Timeout(60)
class SpliceTest {
    private static final int MEBIBYTE = 1 << 20;
    private static final int PERIOD = 251;

    private final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, EpollLoop.newFactory());
    private final EventLoop loop = loops.next();
    private final List<AutoCloseable> open = new ArrayList<>();
    private final BufferBudget.Node node = new BufferBudget.Node(1L << 30);
    private final BufferBudget budget = new BufferBudget(1L << 30, node, _ -> {});
    private final CompletableFuture<String> near = new CompletableFuture<>();
    private final CompletableFuture<String> far = new CompletableFuture<>();

    private SocketLeg left;
    private SocketLeg right;
    private Socket caller;
    private Socket application;
    private Relay relay;

    /** Two relays with a pair of legs between them, as between two pods of a node. */
    @BeforeEach
    void join() throws Exception {
        assertThat(KernelPipe.count()).isZero();
        left = leg();
        caller = (Socket) open.getLast();
        right = leg();
        application = (Socket) open.getLast();
        relay = loop.submit(() -> {
                    LocalLeg between = LocalLeg.pair(left.channel().alloc());
                    Relay first = Relay.join(
                            left,
                            between,
                            (received, sent, error) -> near.complete(received + "," + sent + error),
                            budget);
                    Relay.join(
                            between.other(),
                            right,
                            (received, sent, error) -> far.complete(received + "," + sent + error),
                            budget);
                    return first;
                })
                .get();
    }

    @AfterEach
    void stop() throws Exception {
        for (AutoCloseable each : open) {
            each.close();
        }
        loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
        assertThat(KernelPipe.count()).isZero();
    }

    private SocketLeg leg() throws IOException {
        var made = new CompletableFuture<SocketLeg>();
        try (var listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            new Bootstrap()
                    .group(loop)
                    .channel(EpollSocketChannel.class)
                    .option(ChannelOption.AUTO_READ, false)
                    .option(ChannelOption.ALLOW_HALF_CLOSURE, true)
                    .handler(new ChannelInitializer<EpollSocketChannel>() {
                        @Override
                        protected void initChannel(EpollSocketChannel channel) {
                            var leg = new SocketLeg(channel);
                            channel.pipeline().addLast(leg.handler());
                            made.complete(leg);
                        }
                    })
                    .connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), listener.getLocalPort()))
                    .syncUninterruptibly();
            open.add(listener.accept());
            return made.join();
        }
    }

    /** Byte number i of a stream has the value i modulo {@link #PERIOD}. */
    private static CompletableFuture<Void> send(Socket socket, long from, long bytes, boolean end) {
        return CompletableFuture.runAsync(
                () -> {
                    byte[] pattern = new byte[PERIOD * 1024];
                    for (int i = 0; i < pattern.length; i++) {
                        pattern[i] = (byte) (i % PERIOD);
                    }
                    try {
                        OutputStream out = socket.getOutputStream();
                        for (long sent = from; sent < from + bytes; ) {
                            int at = (int) (sent % PERIOD);
                            int length = (int) Math.min(pattern.length - at, from + bytes - sent);
                            out.write(pattern, at, length);
                            sent += length;
                        }
                        if (end) {
                            socket.shutdownOutput();
                        }
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                },
                Thread::startVirtualThread);
    }

    /** Reads so many bytes and checks each. */
    private static void expect(Socket socket, long from, long bytes) throws IOException {
        InputStream in = socket.getInputStream();
        byte[] some = new byte[64 << 10];
        for (long got = 0; got < bytes; ) {
            int read = in.read(some, 0, (int) Math.min(some.length, bytes - got));
            assertThat(read).isPositive();
            for (int i = 0; i < read; i++) {
                if (some[i] != (byte) ((from + got + i) % PERIOD)) {
                    throw new AssertionError("byte " + (from + got + i) + " is " + some[i]);
                }
            }
            got += read;
        }
    }

    @Test
    void bulkTakesAPipeAndArrivesWhole() throws Exception {
        CompletableFuture<Void> sent = send(caller, 0, 200L * MEBIBYTE, true);

        await(() -> KernelPipe.count() == 1);
        expect(application, 0, 100L * MEBIBYTE);
        assertThat(relay.received()).isGreaterThan(99L * MEBIBYTE);
        expect(application, 100L * MEBIBYTE, 100L * MEBIBYTE);

        assertThat(application.getInputStream().read()).isNegative();
        sent.get();
        application.close();
        assertThat(near.get(20, TimeUnit.SECONDS)).isEqualTo(200L * MEBIBYTE + ",0");
        assertThat(far.get(20, TimeUnit.SECONDS)).isEqualTo(200L * MEBIBYTE + ",0");
        assertThat(budget.held()).isZero();
    }

    /** Begins to send without end; returns once that takes a pipe. */
    private CompletableFuture<Void> spliced(Socket from) {
        CompletableFuture<Void> sending = send(from, 0, 1L << 40, false);
        await(() -> KernelPipe.count() == 1);
        return sending;
    }

    private static void await(BooleanSupplier state) {
        while (!state.getAsBoolean()) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
            assertThat(Thread.currentThread().isInterrupted())
                    .as("ran out of time")
                    .isFalse();
        }
    }

    @Test
    void anAnswerInBulkFollowsTheEndOfTheQuestion() throws Exception {
        caller.shutdownOutput();
        assertThat(application.getInputStream().read()).isNegative();
        CompletableFuture<Void> sent = send(application, 0, 50L * MEBIBYTE, true);

        expect(caller, 0, 50L * MEBIBYTE);

        assertThat(caller.getInputStream().read()).isNegative();
        sent.get();
        assertThat(near.get(20, TimeUnit.SECONDS)).isEqualTo("0," + 50L * MEBIBYTE);
        assertThat(far.get(20, TimeUnit.SECONDS)).isEqualTo("0," + 50L * MEBIBYTE);
    }

    @Test
    void bothDirectionsAtOnce() throws Exception {
        CompletableFuture<Void> up = send(caller, 0, 60L * MEBIBYTE, true);
        CompletableFuture<Void> down = send(application, 0, 60L * MEBIBYTE, true);
        CompletableFuture<Void> read = CompletableFuture.runAsync(
                () -> {
                    try {
                        expect(caller, 0, 60L * MEBIBYTE);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                },
                Thread::startVirtualThread);

        expect(application, 0, 60L * MEBIBYTE);
        read.get();
        up.get();
        down.get();

        assertThat(near.get(20, TimeUnit.SECONDS)).isEqualTo(60L * MEBIBYTE + "," + 60L * MEBIBYTE);
    }

    /** What is in the pipe counts as held, at both pods, and is bounded as what is read ahead into memory is. */
    @Test
    void aReaderThatStopsHoldsTheSenderBack() throws Exception {
        CompletableFuture<Void> sending = spliced(caller);
        expect(application, 0, 10L * MEBIBYTE);
        await(() -> budget.held() > MEBIBYTE / 4);
        assertThat(budget.held()).isLessThanOrEqualTo(2L * MEBIBYTE);

        expect(application, 10L * MEBIBYTE, 10L * MEBIBYTE);

        assertThat(sending).isNotDone();
        application.close();
        await(sending::isDone);
        assertThat(near.get(20, TimeUnit.SECONDS)).endsWith(",0");
    }

    @Test
    void aConnectionThatIsQuietAgainIsReadAsBefore() throws Exception {
        send(caller, 0, 50L * MEBIBYTE, false);
        await(() -> KernelPipe.count() == 1);
        expect(application, 0, 50L * MEBIBYTE);
        await(() -> KernelPipe.count() == 0);

        send(caller, 50L * MEBIBYTE, 1000, false).get();
        expect(application, 50L * MEBIBYTE, 1000);
        send(caller, 50L * MEBIBYTE + 1000, 50L * MEBIBYTE, true);
        await(() -> KernelPipe.count() == 1);
        expect(application, 50L * MEBIBYTE + 1000, 50L * MEBIBYTE);
        assertThat(application.getInputStream().read()).isNegative();
    }

    @Test
    void smallMessagesTakeNoPipe() throws Exception {
        for (int i = 0; i < 5000; i++) {
            send(caller, 1000L * i, 1000, false).get();
            expect(application, 1000L * i, 1000);
        }
        assertThat(KernelPipe.count()).isZero();
    }

    @Test
    void anEndOnPurposeReachesBothSides() throws Exception {
        CompletableFuture<Void> sending = spliced(caller);

        loop.submit(() -> relay.abort()).get();

        await(sending::isDone);
        assertThat(sending).isCompletedExceptionally();
        assertThat(far.get(20, TimeUnit.SECONDS)).endsWith(",0");
        assertThat(KernelPipe.count()).isZero();
        assertThat(budget.held()).isZero();
        assertThatThrownBy(() -> application.getInputStream().readAllBytes()).isInstanceOf(SocketException.class);
    }

    @Test
    void aResetOfTheSenderIsNoOrderlyEnd() throws Exception {
        CompletableFuture<Void> sending = spliced(caller);
        caller.setSoLinger(true, 0);

        caller.close();

        await(sending::isDone);
        assertThat(near.get(20, TimeUnit.SECONDS)).endsWith(",0");
        assertThat(far.get(20, TimeUnit.SECONDS)).endsWith(",0");
        assertThatThrownBy(() -> application.getInputStream().readAllBytes()).isInstanceOf(SocketException.class);
    }

    @Test
    void aResetOfTheReaderReachesTheSender() throws Exception {
        CompletableFuture<Void> sending = spliced(caller);
        application.setSoLinger(true, 0);

        application.close();

        await(sending::isDone);
        assertThat(sending).isCompletedExceptionally();
        assertThat(near.get(20, TimeUnit.SECONDS)).endsWith(",0");
    }

    /** It has said its end, so that is no failure of its own; but the caller is still sending. */
    @Test
    void anApplicationThatHasAnsweredAndIsGoneEndsItsCaller() throws Exception {
        application.shutdownOutput();
        assertThat(caller.getInputStream().read()).isNegative();
        CompletableFuture<Void> sending = spliced(caller);

        application.close();

        await(sending::isDone);
        assertThat(near.get(20, TimeUnit.SECONDS)).endsWith(",0");
        assertThat(far.get(20, TimeUnit.SECONDS)).endsWith(",0");
    }

    /** As when the transport closes what belongs to a pod. */
    @Test
    void aChannelThatIsClosedTakesItsPipeAlong() throws Exception {
        CompletableFuture<Void> sending = spliced(caller);

        left.channel().close().sync();

        await(sending::isDone);
        assertThat(sending).isCompletedExceptionally();
        await(() -> KernelPipe.count() == 0);
    }

    @Test
    void withoutAPipeBytesAreReadAsBefore() throws Exception {
        List<KernelPipe> all = new ArrayList<>();
        for (int i = 0; i < KernelPipe.PIPES_MAX; i++) {
            all.add(KernelPipe.open().orElseThrow());
        }
        try {
            assertThat(KernelPipe.open()).isEmpty();
            send(caller, 0, 50L * MEBIBYTE, true);
            expect(application, 0, 50L * MEBIBYTE);
            assertThat(application.getInputStream().read()).isNegative();
        } finally {
            all.forEach(KernelPipe::release);
        }
    }
}
