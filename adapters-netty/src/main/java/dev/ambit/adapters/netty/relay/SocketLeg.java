package dev.ambit.adapters.netty.relay;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.unix.Errors;
import java.nio.channels.ClosedChannelException;
import java.util.Set;

/** A plain TCP socket. Its channel must allow half-closure and not read by itself. */
public final class SocketLeg extends Leg {
    /** Bytes read and not yet written by the other leg, above which reading stops; below half of it, it goes on. */
    private static final int AHEAD_MAX = 512 << 10;

    private static final Set<Integer> ORDINARY =
            Set.of(Errors.ERRNO_ECONNRESET_NEGATIVE, Errors.ERRNO_EPIPE_NEGATIVE, Errors.ERRNO_ENOTCONN_NEGATIVE);

    private final SocketChannel channel;
    private final ByteQueue waiting = new ByteQueue();
    private int ahead;
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
        if (ahead < ahead(AHEAD_MAX) / 2 && isJoined()) {
            readOn();
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
            ahead += data.readableBytes();
            received(data);
            if (ahead > ahead(AHEAD_MAX)) {
                channel.config().setAutoRead(false);
            }
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext ctx) {
            receivedAll();
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
