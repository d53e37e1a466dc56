package dev.ambit.adapters.netty.tls;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.handler.ssl.ReferenceCountedOpenSslEngine;
import io.netty.handler.ssl.SslHandler;
import io.netty.internal.tcnative.Buffer;
import io.netty.internal.tcnative.SSL;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.PromiseNotifier;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * The records of a TLS 1.3 connection once its handshake is done: BoringSSL without an {@code SSLEngine} in between. All
 * records of one read are opened in one go into one buffer, a large write becomes all its records in one call, and small
 * writes of one turn share a record. Netty's handler does one record at a time, with a buffer and a result object for each.
 *
 * <p>Memory that BoringSSL reads and writes is lent to it for the time of a call, by a BIO of our own.
 */
public final class TlsRecords extends ChannelDuplexHandler {
    private static final int PLAINTEXT_BYTES_MAX = 16 << 10;

    /** A whole record's overhead beyond its plaintext, with what TLS 1.3 allows for (RFC 8446, section 5.2). */
    private static final int RECORD_BYTES_MAX = PLAINTEXT_BYTES_MAX + 512;

    /** From here on a message has records of its own; below, copying it together with others is cheaper than a record. */
    private static final int SMALL_BYTES_MAX = 8 << 10;

    /** For a key update that goes in front of what is written. */
    private static final int CONTROL_BYTES = 128;

    /** What BoringSSL has to say while it reads: alerts, key updates. */
    private static final int ASIDE_BYTES = 4 << 10;

    /** How long a peer that reads nothing may keep a connection that is being closed. */
    private static final int CLOSE_SECONDS_MAX = 3;

    private final ReferenceCountedOpenSslEngine engine;
    private final long ssl;
    private final int overhead;
    private long bio;
    /** Small messages that are still to be sealed. */
    private @Nullable ByteBuf held;

    private @Nullable Future<?> closeDeadline;
    private boolean withinRecord;
    private boolean over;
    private boolean closing;

    private TlsRecords(ReferenceCountedOpenSslEngine engine) {
        this.engine = engine;
        this.ssl = engine.sslPointer();
        this.overhead = SSL.getMaxWrapOverhead(ssl);
    }

    /**
     * Takes the place of the pipeline's TLS handler, whose handshake is done, if it speaks TLS 1.3: older versions may
     * renegotiate. Must not be called while that handler is reading.
     */
    public static void takeOver(ChannelPipeline pipeline) {
        SslHandler handshake = pipeline.get(SslHandler.class);
        if (handshake != null
                && handshake.engine() instanceof ReferenceCountedOpenSslEngine engine
                && engine.sslPointer() != 0
                && engine.getSession().getProtocol().equals("TLSv1.3")) {
            // The handler being replaced gives up its hold on the engine.
            engine.retain();
            pipeline.replace(handshake, null, new TlsRecords(engine));
        }
    }

    /** From here on the engine must not be used: its own BIO is gone. */
    @Override
    public void handlerAdded(ChannelHandlerContext ctx) throws SSLException {
        try {
            bio = SSL.bioNewByteBuffer(ssl, ASIDE_BYTES);
        } catch (Exception noMemory) {
            throw new SSLException("no memory for TLS", noMemory);
        }
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        over = true;
        bio = 0;
        drop();
        if (closeDeadline != null) {
            closeDeadline.cancel(false);
        }
        engine.release();
    }

    // Reading.

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) throws SSLException {
        ByteBuf sealed = (ByteBuf) message;
        if (over) {
            sealed.release();
            return;
        }
        ByteBuf in = addressable(ctx, sealed);
        // What is opened is never longer than what was sealed, part of which may have come before.
        int room = in.readableBytes() + (withinRecord ? RECORD_BYTES_MAX : 0);
        ByteBuf opened = ctx.alloc().directBuffer(room);
        int last = open(in, opened);
        in.release();
        int error = last > 0 ? SSL.SSL_ERROR_NONE : SSL.getError(ssl, last);
        // Before anything else is called that may fail.
        String reason = error == SSL.SSL_ERROR_SSL ? SSL.getErrorString(SSL.getLastErrorNumber()) : "";
        withinRecord = error != SSL.SSL_ERROR_NONE;
        sendAside(ctx);
        boolean goesOn =
                error == SSL.SSL_ERROR_NONE || error == SSL.SSL_ERROR_WANT_READ || error == SSL.SSL_ERROR_WANT_WRITE;
        over = !goesOn;
        if (opened.isReadable()) {
            ctx.fireChannelRead(opened);
        } else {
            opened.release();
        }
        if (error == SSL.SSL_ERROR_ZERO_RETURN) {
            // The peer's close_notify; HTTP/2 has no use for half a connection.
            close(ctx, ctx.newPromise());
        } else if (!goesOn) {
            ctx.fireExceptionCaught(new SSLException(reason.isEmpty() ? "TLS error " + error : reason));
            close(ctx, ctx.newPromise());
        }
    }

    /** Opens all there is. Returns what BoringSSL said last: positive when nothing of a record is left over. */
    private int open(ByteBuf in, ByteBuf opened) {
        int read;
        SSL.bioSetByteBuffer(bio, address(in, in.readerIndex(), in.readableBytes()), in.readableBytes(), false);
        try {
            do {
                int at = opened.writerIndex();
                read = SSL.readFromSSL(ssl, address(opened, at, opened.writableBytes()), opened.writableBytes());
                opened.writerIndex(at + Math.max(0, read));
            } while (read > 0 && SSL.bioLengthByteBuffer(bio) > 0);
        } finally {
            SSL.bioClearByteBuffer(bio);
        }
        return read;
    }

    /** Alerts and answers to key updates, which BoringSSL keeps while it is reading. */
    private void sendAside(ChannelHandlerContext ctx) {
        int bytes = SSL.bioLengthNonApplication(bio);
        if (bytes > 0) {
            ByteBuf out = ctx.alloc().directBuffer(bytes);
            lend(out);
            SSL.bioFlushByteBuffer(bio);
            takeBack(out);
            ctx.writeAndFlush(out);
        }
    }

    // Writing.

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) throws SSLException {
        ByteBuf data = (ByteBuf) message;
        if (over || closing) {
            data.release();
            if (!promise.isVoid()) {
                promise.tryFailure(new SSLException("TLS connection is closed"));
            }
        } else if (promise.isVoid() && data.readableBytes() <= SMALL_BYTES_MAX) {
            hold(ctx, data);
        } else {
            sealHeld(ctx);
            seal(ctx, data, promise);
        }
    }

    private void hold(ChannelHandlerContext ctx, ByteBuf data) throws SSLException {
        if (held != null && held.readableBytes() + data.readableBytes() > PLAINTEXT_BYTES_MAX) {
            sealHeld(ctx);
        }
        ByteBuf first = held;
        if (first == null) {
            held = data;
            return;
        }
        if (first.writableBytes() < data.readableBytes() || first.maxCapacity() != PLAINTEXT_BYTES_MAX) {
            ByteBuf together = ctx.alloc().directBuffer(PLAINTEXT_BYTES_MAX, PLAINTEXT_BYTES_MAX);
            together.writeBytes(first);
            first.release();
            first = together;
            held = together;
        }
        first.writeBytes(data);
        data.release();
    }

    private void sealHeld(ChannelHandlerContext ctx) throws SSLException {
        ByteBuf data = held;
        if (data != null) {
            held = null;
            seal(ctx, data, ctx.voidPromise());
        }
    }

    /** Takes ownership of the data. */
    private void seal(ChannelHandlerContext ctx, ByteBuf data, ChannelPromise promise) throws SSLException {
        int bytes = data.readableBytes();
        if (bytes == 0) {
            ctx.write(data, promise);
            return;
        }
        ByteBuf plain = addressable(ctx, data);
        int records = (bytes + PLAINTEXT_BYTES_MAX - 1) / PLAINTEXT_BYTES_MAX;
        ByteBuf out = ctx.alloc().directBuffer(bytes + records * overhead + CONTROL_BYTES);
        lend(out);
        int written = SSL.writeToSSL(ssl, address(plain, plain.readerIndex(), bytes), bytes);
        takeBack(out);
        plain.release();
        if (written != bytes) {
            out.release();
            over = true;
            throw new SSLException("cannot encrypt: TLS error " + SSL.getError(ssl, written));
        }
        ctx.write(out, promise);
    }

    @Override
    public void flush(ChannelHandlerContext ctx) throws SSLException {
        sealHeld(ctx);
        ctx.flush();
    }

    private void lend(ByteBuf out) {
        int room = out.writableBytes();
        SSL.bioSetByteBuffer(bio, address(out, out.writerIndex(), room), room, true);
    }

    private void takeBack(ByteBuf out) {
        out.writerIndex(out.capacity() - SSL.bioLengthByteBuffer(bio));
        SSL.bioClearByteBuffer(bio);
    }

    // Closing.

    /** Says close_notify behind everything that was written, and closes once that is sent, or nobody reads it. */
    @Override
    public void close(ChannelHandlerContext ctx, ChannelPromise promise) throws SSLException {
        ctx.channel().closeFuture().addListener(new PromiseNotifier<>(false, promise));
        if (closing) {
            return;
        }
        if (!over) {
            sealHeld(ctx);
        }
        closing = true;
        over = true;
        if (bio == 0 || !ctx.channel().isActive()) {
            ctx.close();
            return;
        }
        ByteBuf out = ctx.alloc().directBuffer(overhead + CONTROL_BYTES);
        lend(out);
        SSL.shutdownSSL(ssl);
        takeBack(out);
        SSL.clearError();
        closeDeadline = ctx.executor().schedule(() -> ctx.close(), CLOSE_SECONDS_MAX, TimeUnit.SECONDS);
        ctx.writeAndFlush(out).addListener(_ -> ctx.close());
    }

    private void drop() {
        ReferenceCountUtil.release(held);
        held = null;
    }

    // Memory.

    /** The same bytes where BoringSSL can reach them. Takes ownership, and gives it. */
    private static ByteBuf addressable(ChannelHandlerContext ctx, ByteBuf data) {
        if (data.isDirect() && data.nioBufferCount() == 1) {
            return data;
        }
        ByteBuf copy = ctx.alloc().directBuffer(data.readableBytes()).writeBytes(data);
        data.release();
        return copy;
    }

    private static long address(ByteBuf memory, int index, int bytes) {
        return memory.hasMemoryAddress()
                ? memory.memoryAddress() + index
                : Buffer.address(memory.nioBuffer(index, bytes));
    }
}
