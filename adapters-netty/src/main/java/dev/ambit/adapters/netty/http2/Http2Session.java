package dev.ambit.adapters.netty.http2;

import dev.ambit.ports.transport.TransportLimits;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.collection.IntObjectHashMap;
import io.netty.util.collection.IntObjectMap;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One end of an HTTP/2 connection: its streams, its windows, and its life. Goes into the pipeline after TLS, once the
 * handshake is done. Everything runs on the channel's event loop.
 */
abstract class Http2Session extends ChannelInboundHandlerAdapter {
    /** A frame that another stream has to wait for. */
    private static final int TRANSMIT_BYTES_MAX = 256 << 10;

    /**
     * The tunnel's window is opened again on receipt, not when a stream's data is written on, so that a stalled stream
     * does not stall the others; up to this many windows of unwritten data, which bounds memory.
     */
    private static final int BUFFERED_WINDOWS_MAX = 4;

    final TransportLimits limits;
    final PeerSettings peer = new PeerSettings();
    final IntObjectMap<HboneStream> streams = new IntObjectHashMap<>();
    final FloodGuard guard = new FloodGuard();
    private final SessionOwner owner;
    private final DefaultHttp2HeadersDecoder hpack;
    private final FrameReader reader;
    private final ArrayDeque<HboneStream> ready = new ArrayDeque<>();
    private final Set<HboneStream> touched = new LinkedHashSet<>();
    private final long bufferedMax;
    private @Nullable ChannelHandlerContext context;
    private @Nullable FrameWriter frames;
    private @Nullable KeepAlive keepAlive;
    private @Nullable HboneStream receiving;
    private long sendWindow = PeerSettings.WINDOW_DEFAULT;
    private long receiveWindow;
    private long buffered;
    private boolean settled;
    private boolean reading;
    private boolean pumping;
    private boolean flushScheduled;
    private boolean over;

    Http2Session(boolean server, TransportLimits limits, int headerListMax, SessionOwner owner) {
        this.limits = limits;
        this.owner = owner;
        this.hpack = new DefaultHttp2HeadersDecoder(true, headerListMax);
        this.reader = new FrameReader(new Frames(), server, limits.frameBytes(), headerListMax);
        this.bufferedMax = (long) BUFFERED_WINDOWS_MAX * limits.connectionWindowBytes();
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
        return limits.streamWindowBytes();
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
        var stream = new HboneStream(this, id, peer.initialWindow(), limits.streamWindowBytes());
        streams.put(id, stream);
        return stream;
    }

    final void ready(HboneStream stream) {
        if (stream.canTransmit() && stream.queue()) {
            ready.add(stream);
        }
    }

    final void consumed(int bytes) {
        buffered -= bytes;
        replenish();
    }

    final void windowUpdate(int stream, int increment) {
        writer().windowUpdate(stream, increment);
        flushSoon();
    }

    final void reset(HboneStream stream, ErrorCode code) {
        if (!over) {
            writer().reset(stream.id(), code);
            flushSoon();
        }
    }

    final void forget(HboneStream stream, int unwritten) {
        if (streams.remove(stream.id()) != null) {
            ready.remove(stream);
            consumed(unwritten);
            if (!over) {
                streamForgotten();
            }
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

    private void replenish() {
        long target = Math.min(limits.connectionWindowBytes(), bufferedMax - buffered);
        if (!over && target - receiveWindow >= limits.connectionWindowBytes() / 2) {
            windowUpdate(0, (int) (target - receiveWindow));
            receiveWindow = target;
        }
    }

    // Writing.

    /** Writes what the windows and the socket take, and flushes. While reading, that happens at the end of it. */
    final void flush() {
        if (!reading && !over) {
            pump();
            ctx().flush();
        }
    }

    final void flushSoon() {
        if (!reading && !flushScheduled && !over) {
            flushScheduled = true;
            loop().execute(() -> {
                flushScheduled = false;
                flush();
            });
        }
    }

    /** One frame per stream and round, so that no stream starves another. */
    private void pump() {
        if (pumping) {
            return;
        }
        pumping = true;
        int frameMax = Math.min(peer.frameBytes(), TRANSMIT_BYTES_MAX);
        while (!ready.isEmpty() && sendWindow > 0 && ctx().channel().isWritable()) {
            HboneStream stream = ready.remove();
            stream.unqueue();
            if (stream.canTransmit()) {
                sendWindow -= stream.transmit(writer(), (int) Math.min(frameMax, sendWindow));
                ready(stream);
            }
        }
        pumping = false;
    }

    // Life.

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
        frames = new FrameWriter(ctx);
        keepAlive = new KeepAlive(
                ctx.channel().eventLoop(), this::ping, () -> fail(ErrorCode.NO_ERROR, "peer did not answer a ping"));
        greet(frames);
        receiveWindow = limits.connectionWindowBytes();
        if (receiveWindow > PeerSettings.WINDOW_DEFAULT) {
            frames.windowUpdate(0, (int) receiveWindow - PeerSettings.WINDOW_DEFAULT);
        }
        ctx.flush();
        ctx.channel()
                .eventLoop()
                .schedule(this::settingsOverdue, limits.handshakeTimeout().toMillis(), TimeUnit.MILLISECONDS);
    }

    private void settingsOverdue() {
        if (!settled) {
            fail(ErrorCode.SETTINGS_TIMEOUT, "peer sent no HTTP/2 settings within " + limits.handshakeTimeout());
        }
    }

    private void ping(long payload) {
        writer().ping(payload, false);
        flush();
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

    public final boolean isOver() {
        return over;
    }

    private void end(String error, boolean tls) {
        if (over) {
            return;
        }
        over = true;
        reader.close();
        if (keepAlive != null) {
            keepAlive.stop();
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
        flush();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (ctx.channel().isWritable()) {
            flush();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        end(settled ? "" : "peer closed the connection before its HTTP/2 settings", false);
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

    /** What the peer's frames mean. */
    private final class Frames implements FrameListener {
        @Override
        public void dataBegins(int stream, int bytes, int padding, boolean ends) throws Http2Violation {
            if (isIdle(stream)) {
                throw new Http2Violation(ErrorCode.PROTOCOL_ERROR, "DATA on stream " + stream + ", which is idle");
            }
            if (bytes == 0 && !ends) {
                guard.count(FloodGuard.Kind.EMPTY_DATA, System.nanoTime());
            }
            receiveWindow -= bytes;
            if (receiveWindow < 0) {
                throw new Http2Violation(ErrorCode.FLOW_CONTROL_ERROR, "tunnel's window is overrun");
            }
            HboneStream open = streams.get(stream);
            if (open != null && open.isEndReceived()) {
                Http2Session.this.reset(open, ErrorCode.STREAM_CLOSED);
                open.lose("data after the end of stream " + stream);
                open = null;
            }
            receiving = open;
            if (open != null) {
                buffered += bytes;
                open.dataBegins(bytes, padding);
            }
            replenish();
        }

        @Override
        public void data(int stream, ByteBuf piece) {
            HboneStream open = receiving;
            if (open == null || open.isOver()) {
                piece.release();
            } else {
                touched.add(open);
                open.data(piece);
            }
        }

        @Override
        public void dataEnds(int stream) {
            if (receiving != null && !receiving.isOver()) {
                receiving.dataEnds();
            }
        }

        @Override
        public void headers(int stream, ByteBuf block, boolean ends) throws Http2Violation {
            HboneStream known = streams.get(stream);
            try {
                Http2Headers headers = hpack.decodeHeaders(stream, block);
                Http2Session.this.headers(stream, known, headers, ends);
            } catch (Http2Exception.StreamException unacceptable) {
                badHeaders(stream, known, String.valueOf(unacceptable.getMessage()));
            } catch (Http2Exception broken) {
                throw new Http2Violation(ErrorCode.COMPRESSION_ERROR, String.valueOf(broken.getMessage()));
            }
        }

        @Override
        public void reset(int stream, long code) throws Http2Violation {
            if (isIdle(stream)) {
                throw new Http2Violation(
                        ErrorCode.PROTOCOL_ERROR, "RST_STREAM on stream " + stream + ", which is idle");
            }
            HboneStream open = streams.get(stream);
            if (open != null) {
                peerReset(open, code);
            }
        }

        @Override
        public void settings(ByteBuf payload) throws Http2Violation {
            guard.count(FloodGuard.Kind.SETTINGS, System.nanoTime());
            int before = peer.initialWindow();
            peer.apply(payload);
            try {
                writer().headerTableSize(peer.headerTableBytes());
            } catch (Http2Exception impossible) {
                throw new IllegalStateException(impossible);
            }
            int delta = peer.initialWindow() - before;
            for (HboneStream stream : streams.values()) {
                if (!stream.grow(delta)) {
                    throw new Http2Violation(ErrorCode.FLOW_CONTROL_ERROR, "initial window overflows a stream's");
                }
                ready(stream);
            }
            writer().settingsAck();
            if (!settled) {
                settled = true;
                if (keepAlive != null) {
                    keepAlive.start();
                }
                owner.ready();
            }
        }

        @Override
        public void settingsAck() {
            // Our settings only ever widen what was assumed, so there is nothing to wait for.
        }

        @Override
        public void ping(long payload, boolean ack) throws Http2Violation {
            if (!ack) {
                guard.count(FloodGuard.Kind.PING, System.nanoTime());
                writer().ping(payload, true);
            } else {
                if (keepAlive != null) {
                    keepAlive.answered(payload);
                }
                pong(payload);
            }
        }

        @Override
        public void goAway(int lastStream, long code) {
            peerGoesAway(lastStream, code);
        }

        @Override
        public void windowUpdate(int stream, int increment) throws Http2Violation {
            if (isIdle(stream) && stream != 0) {
                throw new Http2Violation(
                        ErrorCode.PROTOCOL_ERROR, "WINDOW_UPDATE on stream " + stream + ", which is idle");
            }
            if (stream == 0) {
                sendWindow += increment;
                if (increment == 0 || sendWindow > Integer.MAX_VALUE) {
                    throw new Http2Violation(
                            increment == 0 ? ErrorCode.PROTOCOL_ERROR : ErrorCode.FLOW_CONTROL_ERROR,
                            "WINDOW_UPDATE of " + increment + " bytes");
                }
                return;
            }
            HboneStream open = streams.get(stream);
            if (open == null) {
                return;
            }
            if (increment == 0 || !open.grow(increment)) {
                Http2Session.this.reset(open, increment == 0 ? ErrorCode.PROTOCOL_ERROR : ErrorCode.FLOW_CONTROL_ERROR);
                open.lose("WINDOW_UPDATE of " + increment + " bytes on stream " + stream);
                return;
            }
            ready(open);
        }
    }
}
