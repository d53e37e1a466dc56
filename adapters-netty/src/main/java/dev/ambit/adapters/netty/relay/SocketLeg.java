package dev.ambit.adapters.netty.relay;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.IoEventLoop;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.unix.Errors;
import io.netty.channel.unix.UnixChannel;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A plain TCP socket. Its channel must allow half-closure and not read by itself. */
public final class SocketLeg extends Leg {
    /** Bytes read and not yet written by the other leg, above which reading stops; below half of it, it goes on. */
    private static final int AHEAD_MAX = 512 << 10;

    /** From so many bytes in one turn on, they are bulk. */
    private static final int BULK_TURN_MIN = 16 << 10;

    /** After so many bytes of bulk without a smaller turn, the rest goes past this process's memory. */
    private static final int BULK_BYTES_MIN = 1 << 20;

    private static final Set<Integer> ORDINARY =
            Set.of(Errors.ERRNO_ECONNRESET_NEGATIVE, Errors.ERRNO_EPIPE_NEGATIVE, Errors.ERRNO_ENOTCONN_NEGATIVE);

    private final SocketChannel channel;
    private final ByteQueue waiting = new ByteQueue();
    private int ahead;
    private int turn;
    private int bulk;
    private @Nullable Splice splice;
    private boolean ending;
    private boolean over;

    public SocketLeg(SocketChannel channel) {
        this.channel = channel;
    }

    /** What goes into the channel's pipeline. */
    public ChannelHandler handler() {
        return new Handler();
    }

    public SocketChannel channel() {
        return channel;
    }

    @Override
    protected void send(ByteBuf data) {
        if (over) {
            data.release();
        } else if (waiting.isEmpty() && channel.isWritable()) {
            write(data);
        } else {
            waiting.add(channel.alloc(), data);
        }
    }

    private void write(ByteBuf data) {
        int bytes = data.readableBytes();
        channel.write(data).addListener(done -> {
            if (done.isSuccess()) {
                written(bytes);
            } else {
                lose(done.cause());
            }
        });
    }

    @Override
    protected boolean takesPiped() {
        return !over && waiting.isEmpty() && channel instanceof UnixChannel;
    }

    @Override
    void send(KernelPipe.Piece piece) {
        if (over || !(channel instanceof UnixChannel socket)) {
            piece.release();
            return;
        }
        int bytes = (int) piece.count();
        channel.write(piece.to(socket.fd())).addListener(done -> {
            if (done.isSuccess()) {
                written(bytes);
            } else {
                lose(done.cause());
            }
        });
    }

    private void writeWaiting() {
        if (waiting.isEmpty()) {
            return;
        }
        while (!waiting.isEmpty() && channel.isWritable()) {
            write(waiting.poll(Integer.MAX_VALUE));
        }
        channel.flush();
        if (ending && waiting.isEmpty()) {
            shutdownOutput();
        }
    }

    @Override
    protected void flush() {
        channel.flush();
    }

    @Override
    protected void sendEnd() {
        ending = true;
        if (waiting.isEmpty()) {
            shutdownOutput();
        }
    }

    private void shutdownOutput() {
        // Netty's shutdownOutput drops what is still to be written, so it has to come after the last write.
        channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(_ -> {
            if (!over) {
                channel.shutdownOutput().addListener(_ -> drained());
            }
        });
    }

    @Override
    protected void credit(int bytes) {
        ahead -= bytes;
        if (splice != null) {
            splice.moveOn();
        } else if (ahead < ahead(AHEAD_MAX) / 2 && isJoined()) {
            readOn();
        }
    }

    /** What this socket brings goes through a pipe from now on, if the way allows it. */
    private void splice() {
        bulk = 0;
        if (over || channel.isInputShutdown() || !canPipe() || !(channel instanceof UnixChannel socket)) {
            return;
        }
        Splice.start((IoEventLoop) channel.eventLoop(), socket.fd(), new Moved())
                .ifPresent(started -> {
                    splice = started;
                    channel.config().setAutoRead(false);
                });
    }

    private void stopSplicing() {
        Splice stopped = splice;
        if (stopped != null) {
            splice = null;
            stopped.stop();
        }
    }

    private final class Moved implements Splice.Owner {
        @Override
        public int room() {
            return ahead(AHEAD_MAX) - ahead;
        }

        @Override
        public void piped(KernelPipe.Piece piece) {
            ahead += (int) piece.count();
            received(piece);
            receivedAll();
        }

        @Override
        public void unspliced() {
            splice = null;
            if (ahead < ahead(AHEAD_MAX) / 2) {
                readOn();
            }
        }

        @Override
        public void broken(IOException error) {
            splice = null;
            lose(error);
        }
    }

    @Override
    protected void resume() {
        readOn();
    }

    /** Not after the end of input: epoll has forgotten such a socket as a reader, and asking again is an error. */
    private void readOn() {
        if (!over && !channel.isInputShutdown() && !channel.config().isAutoRead()) {
            channel.config().setAutoRead(true);
        }
    }

    @Override
    public void abort() {
        if (!over && channel.isActive()) {
            channel.config().setOption(ChannelOption.SO_LINGER, 0);
        }
        close();
    }

    @Override
    public void close() {
        over = true;
        stopSplicing();
        waiting.clear();
        channel.close();
    }

    @Override
    protected ByteBufAllocator allocator() {
        return channel.alloc();
    }

    private void lose(Throwable cause) {
        gone(failure(cause));
    }

    /**
     * What to report about the end of a socket: nothing for resets, broken pipes and the like, which is how TCP connections
     * end every day (Istio does not report them either); anything else is a failure.
     */
    static String failure(Throwable cause) {
        boolean ordinary = cause instanceof ClosedChannelException
                || (cause instanceof Errors.NativeIoException refused && ORDINARY.contains(refused.expectedErr()));
        return ordinary ? "" : "socket failed: " + cause.getMessage();
    }

    /**
     * The socket is no more. If its peer had sent its end before, that is no failure: when both ends have said FIN the
     * kernel is done with the connection, and Netty closes the channel, while the other leg may still have much to write.
     */
    private void gone(String error) {
        over = true;
        stopSplicing();
        waiting.clear();
        if (isEnded()) {
            receivedClose();
        } else {
            failed(error);
        }
    }

    private final class Handler extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ByteBuf data = (ByteBuf) message;
            boolean spliced = splice != null;
            stopSplicing();
            ahead += data.readableBytes();
            turn += data.readableBytes();
            received(data);
            if (ahead > ahead(AHEAD_MAX)) {
                channel.config().setAutoRead(false);
            } else if (spliced) {
                // Netty reads by itself when the peer has ended.
                readOn();
            }
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext ctx) {
            receivedAll();
            bulk = turn < BULK_TURN_MIN ? 0 : bulk + turn;
            turn = 0;
            if (bulk >= BULK_BYTES_MIN && splice == null) {
                splice();
            }
        }

        @Override
        public void channelWritabilityChanged(ChannelHandlerContext ctx) {
            if (channel.isWritable() && !over) {
                writeWaiting();
            }
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            if (event == ChannelInputShutdownEvent.INSTANCE) {
                stopSplicing();
                receivedEnd();
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            gone("");
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            lose(cause);
        }
    }
}
