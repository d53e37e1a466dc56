package dev.ambit.adapters.netty.http2;

import dev.ambit.domain.flow.RefusalReason;
import dev.ambit.domain.http2.ErrorCode;
import dev.ambit.domain.http2.FloodGuard;
import dev.ambit.domain.http2.Http2Violation;
import dev.ambit.domain.http2.PeerSettings;
import dev.ambit.domain.http2.ResetStreams;
import dev.ambit.domain.http2.TunnelWindows;
import dev.ambit.ports.transport.TransportLimits;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.collection.IntObjectHashMap;
import io.netty.util.collection.IntObjectMap;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One end of an HTTP/2 connection: its streams, its windows, and its life. Goes into the pipeline after TLS, once the
 * handshake is done. Everything runs on the channel's event loop.
 */
abstract class Http2Session extends ChannelInboundHandlerAdapter {
    /** A frame that another stream has to wait for: a third of a millisecond at 3 Gbit/s. */
    private static final int TRANSMIT_BYTES_MAX = 128 << 10;

    final TransportLimits limits;
    final PeerSettings peer = new PeerSettings();
    final IntObjectMap<HboneStream> streams = new IntObjectHashMap<>();
    final FloodGuard guard = new FloodGuard(System.nanoTime());
    final SessionEnd ending = new SessionEnd();
    final ResetStreams resetByUs = new ResetStreams(TransportLimits.SERVER_STREAMS_MAX);
    final SessionOwner owner;
    private final SessionFrames incoming;
    private final FrameReader reader;
    private final Turns turns = new Turns();
    private final Runnable flushing = this::flushScheduled;
    final Set<HboneStream> touched = new LinkedHashSet<>();
    private @Nullable ChannelHandlerContext context;
    private @Nullable FrameWriter frames;
    private @Nullable SessionClock clock;
    final TunnelWindows windows;
    private boolean reading;
    private boolean pumping;
    private boolean flushScheduled;
    private boolean over;

    Http2Session(boolean server, TransportLimits limits, int headerListMax, SessionOwner owner) {
        this.limits = limits;
        this.owner = owner;
        this.incoming = new SessionFrames(this, headerListMax);
        this.reader = new FrameReader(incoming, server, limits.tunnels().frameBytes(), headerListMax);
        this.windows = new TunnelWindows(limits.tunnels().connectionWindowBytes());
    }

    /** The preface (a client's) and the first SETTINGS. */
    abstract void greet(FrameWriter writer);

    abstract void headers(int stream, @Nullable HboneStream known, Http2Headers headers, boolean ends)
            throws Http2Violation;

    /** A header block that is well compressed but not acceptable. */
    abstract void badHeaders(int stream, @Nullable HboneStream known, String error) throws Http2Violation;

    /** Whether the peer or we have ever opened this stream. */
    abstract boolean isIdle(int stream);

    abstract int lastPeerStream();

    abstract void peerGoesAway(int lastStream, long code);

    abstract void pong(long payload);

    /** With what to reset a stream that is done on our side and that the peer still sends on. */
    abstract ErrorCode done();

    void streamForgotten() {}

    /** The peer reset a stream of ours or its own. */
    void peerReset(HboneStream stream, long code) throws Http2Violation {
        stream.peerReset(code);
    }

    // For the streams.

    final EventLoop loop() {
        return ctx().channel().eventLoop();
    }

    final ByteBufAllocator allocator() {
        return ctx().alloc();
    }

    final int streamWindow() {
        return limits.tunnels().streamWindowBytes();
    }

    final ChannelHandlerContext ctx() {
        ChannelHandlerContext known = context;
        if (known == null) {
            throw new IllegalStateException("session is in no pipeline yet");
        }
        return known;
    }

    final FrameWriter writer() {
        FrameWriter known = frames;
        if (known == null) {
            throw new IllegalStateException("session is in no pipeline yet");
        }
        return known;
    }

    final HboneStream newStream(int id) {
        var stream = new HboneStream(this, id, peer.initialWindow(), streamWindow());
        streams.put(id, stream);
        return stream;
    }

    final void ready(HboneStream stream) {
        turns.add(stream);
    }

    final void consumed(int bytes) {
        windows.written(bytes);
        replenish();
    }

    final void windowUpdate(int stream, int increment) {
        writer().windowUpdate(stream, increment);
        flushSoon();
    }

    final void reset(HboneStream stream, ErrorCode code) {
        if (!over) {
            writer().reset(stream.id(), code);
            resetByUs.add(stream.id(), stream.receivable());
            flushSoon();
        }
    }

    final void forget(HboneStream stream, int unwritten) {
        if (streams.remove(stream.id()) != null) {
            turns.remove(stream);
            consumed(unwritten);
            if (!over) {
                streamForgotten();
            }
        }
    }

    /** A request was answered 400. Ends the connection of a peer that knows nothing else. */
    final void malformed() {
        try {
            guard.count(FloodGuard.Kind.MALFORMED_REQUEST, System.nanoTime());
        } catch (Http2Violation flood) {
            fail(flood.code(), String.valueOf(flood.getMessage()));
        }
    }

    final void respond(HboneStream stream, int status, String baggage, boolean ends) {
        Http2Headers headers = new DefaultHttp2Headers(false).status(Integer.toString(status));
        if (!baggage.isEmpty()) {
            headers.add("baggage", baggage);
        }
        sendHeaders(stream.id(), headers, ends);
    }

    final void sendHeaders(int stream, Http2Headers headers, boolean ends) {
        try {
            writer().headers(stream, headers, ends, peer.frameBytes());
            flushSoon();
        } catch (Http2Exception impossible) {
            throw new IllegalStateException("headers of stream " + stream + " cannot be compressed", impossible);
        }
    }

    final void replenish() {
        int increment = over ? 0 : windows.replenish();
        if (increment > 0) {
            windowUpdate(0, increment);
        }
    }

    // Writing.

    /** Writes what the windows and the socket take, and flushes. While reading, that happens at the end of it. */
    private void flush() {
        if (!reading && !over) {
            pump();
            ctx().flush();
        }
    }

    /**
     * Flushes once everything that is ready on the event loop now has been handled: what several sockets had for the tunnel
     * becomes one write, and one read at the other end.
     */
    final void flushSoon() {
        if (!reading && !flushScheduled && !over) {
            flushScheduled = true;
            loop().execute(flushing);
        }
    }

    private void flushScheduled() {
        flushScheduled = false;
        flush();
    }

    /** One frame per stream and turn. */
    private void pump() {
        if (pumping) {
            return;
        }
        pumping = true;
        int frameMax = Math.min(peer.frameBytes(), TRANSMIT_BYTES_MAX);
        while (windows.sendable() > 0 && ctx().channel().isWritable()) {
            HboneStream stream = turns.next();
            if (stream == null) {
                break;
            }
            if (stream.canTransmit()) {
                windows.sent(stream.transmit(writer(), (int) Math.min(frameMax, windows.sendable())));
                ready(stream);
            }
        }
        pumping = false;
    }

    /** Whether a new stream would have to wait behind what others have to send. */
    public final boolean isCongested() {
        return turns.hasBulk()
                || windows.sendable() <= 0
                || (context != null && !context.channel().isWritable());
    }

    // Life.

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
        frames = new FrameWriter(ctx);
        greet(frames);
        if (windows.opening() > 0) {
            frames.windowUpdate(0, windows.opening());
        }
        ctx.flush();
        clock = new SessionClock(ctx.channel().eventLoop(), limits.handshakeTimeout(), this);
    }

    /** The peer's first SETTINGS are here. */
    final void settled() {
        if (clock != null) {
            clock.settled();
        }
        owner.ready();
    }

    final void ponged(long payload) {
        if (clock != null) {
            clock.ponged(payload);
        }
        pong(payload);
    }

    final void ping(long payload) {
        writer().ping(payload, false);
        flushSoon();
    }

    /** Ends the connection because of the peer, and says why. */
    final void fail(ErrorCode code, String error) {
        if (!over) {
            writer().goAway(lastPeerStream(), code);
            ctx().flush();
            end(error, false);
        }
    }

    /** Ends the connection at once. Streams still open are lost. */
    public final void close() {
        if (!over) {
            writer().goAway(lastPeerStream(), ErrorCode.NO_ERROR);
            ctx().flush();
            end("", false);
        }
    }

    /** As {@link #close()}; the streams that are lost tell their connections this reason. */
    public final void close(RefusalReason reason) {
        if (!over) {
            ending.becauseOf(reason);
            close();
        }
    }

    public final boolean isOver() {
        return over;
    }

    private void end(String error, boolean tls) {
        if (over) {
            return;
        }
        over = true;
        reader.close();
        if (clock != null) {
            clock.stop();
        }
        String lost = error.isEmpty() ? "tunnel was closed under the stream" : "tunnel failed: " + error;
        new ArrayList<>(streams.values()).forEach(stream -> stream.lose(lost));
        owner.over(error, tls);
        ctx().close();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        if (over) {
            bytes.release();
            return;
        }
        reading = true;
        try {
            reader.read(ctx.alloc(), bytes);
        } catch (Http2Violation violation) {
            fail(violation.code(), String.valueOf(violation.getMessage()));
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        touched.forEach(HboneStream::dataComplete);
        touched.clear();
        reading = false;
        flushSoon();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (ctx.channel().isWritable()) {
            flush();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        end(incoming.isSettled() ? "" : "peer closed the connection before its HTTP/2 settings", false);
        reader.release();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        reader.release();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        Throwable root = cause instanceof DecoderException && cause.getCause() != null ? cause.getCause() : cause;
        boolean tls = root instanceof javax.net.ssl.SSLException;
        end(String.valueOf(root.getMessage()), tls);
    }
}
