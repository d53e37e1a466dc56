package dev.ambit.adapters.netty.http2;

import dev.ambit.domain.http2.ErrorCode;
import dev.ambit.domain.http2.FloodGuard;
import dev.ambit.domain.http2.Http2Violation;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import org.jspecify.annotations.Nullable;

/** What the peer's frames mean to a session: keeps the windows and finds the session.streams. */
final class SessionFrames implements FrameListener {
    private final Http2Session session;
    private final DefaultHttp2HeadersDecoder hpack;
    private @Nullable HboneStream receiving;
    private boolean settled;

    SessionFrames(Http2Session session, int headerListMax) {
        this.session = session;
        this.hpack = new DefaultHttp2HeadersDecoder(true, headerListMax);
    }

    /** Whether the peer's first SETTINGS are here. */
    boolean isSettled() {
        return settled;
    }

    @Override
    public void dataBegins(int stream, int bytes, int padding, boolean ends) throws Http2Violation {
        if (session.isIdle(stream)) {
            throw new Http2Violation(ErrorCode.PROTOCOL_ERROR, "DATA on stream " + stream + ", which is idle");
        }
        if (bytes == 0 && !ends) {
            session.guard.count(FloodGuard.Kind.EMPTY_DATA, System.nanoTime());
        }
        if (!session.windows.receive(bytes)) {
            throw new Http2Violation(ErrorCode.FLOW_CONTROL_ERROR, "tunnel's window is overrun");
        }
        HboneStream open = session.streams.get(stream);
        if (open != null && open.isEndReceived()) {
            open.breach(ErrorCode.STREAM_CLOSED, "data after the end of stream " + stream);
            open = null;
        }
        receiving = open;
        if (open == null) {
            if (!session.resetByUs.crossed(stream, bytes, ends)) {
                onClosed(FloodGuard.Kind.CLOSED_STREAM);
            }
        } else {
            session.windows.hold(bytes);
            open.dataBegins(bytes, padding);
        }
        session.replenish();
    }

    @Override
    public void data(int stream, ByteBuf piece) {
        HboneStream open = receiving;
        if (open == null || open.isOver()) {
            piece.release();
        } else {
            session.touched.add(open);
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
        HboneStream known = session.streams.get(stream);
        if (known == null && !session.isIdle(stream)) {
            onClosed(FloodGuard.Kind.CLOSED_STREAM_HEADERS);
        }
        try {
            Http2Headers headers = hpack.decodeHeaders(stream, block);
            session.headers(stream, known, headers, ends);
        } catch (Http2Exception.StreamException unacceptable) {
            session.badHeaders(stream, known, String.valueOf(unacceptable.getMessage()));
        } catch (Http2Exception broken) {
            throw new Http2Violation(ErrorCode.COMPRESSION_ERROR, String.valueOf(broken.getMessage()));
        }
    }

    @Override
    public void reset(int stream, long code) throws Http2Violation {
        if (session.isIdle(stream)) {
            throw new Http2Violation(ErrorCode.PROTOCOL_ERROR, "RST_STREAM on stream " + stream + ", which is idle");
        }
        HboneStream open = session.streams.get(stream);
        if (open == null) {
            onClosed(FloodGuard.Kind.CLOSED_STREAM);
        } else {
            session.peerReset(open, code);
        }
    }

    /** The values of a header that may come several times, as one list (RFC 9110, section 5.3). */
    static String joined(Http2Headers headers, String name) {
        return String.join(",", headers.getAll(name));
    }

    private void onClosed(FloodGuard.Kind kind) throws Http2Violation {
        session.guard.count(kind, System.nanoTime());
    }

    @Override
    public void settings(ByteBuf payload) throws Http2Violation {
        session.guard.count(FloodGuard.Kind.SETTINGS, System.nanoTime());
        int before = session.peer.initialWindow();
        while (payload.isReadable()) {
            session.peer.apply(payload.readUnsignedShort(), payload.readUnsignedInt());
        }
        try {
            session.writer().headerTableSize(session.peer.headerTableBytes());
        } catch (Http2Exception impossible) {
            throw new IllegalStateException(impossible);
        }
        int delta = session.peer.initialWindow() - before;
        for (HboneStream stream : session.streams.values()) {
            if (!stream.grow(delta)) {
                throw new Http2Violation(ErrorCode.FLOW_CONTROL_ERROR, "initial window overflows a stream's");
            }
            session.ready(stream);
        }
        session.writer().settingsAck();
        if (!settled) {
            settled = true;
            session.settled();
        }
    }

    @Override
    public void settingsAck() {
        // Our settings only ever widen what was assumed, so there is nothing to wait for.
    }

    @Override
    public void ping(long payload, boolean ack) throws Http2Violation {
        if (!ack) {
            session.guard.count(FloodGuard.Kind.PING, System.nanoTime());
            session.writer().ping(payload, true);
        } else {
            session.ponged(payload);
        }
    }

    @Override
    public void goAway(int lastStream, long code) {
        session.peerGoesAway(lastStream, code);
    }

    @Override
    public void windowUpdate(int stream, int increment) throws Http2Violation {
        if (session.isIdle(stream) && stream != 0) {
            throw new Http2Violation(ErrorCode.PROTOCOL_ERROR, "WINDOW_UPDATE on stream " + stream + ", which is idle");
        }
        if (stream == 0) {
            if (increment == 0 || !session.windows.grow(increment)) {
                throw new Http2Violation(
                        increment == 0 ? ErrorCode.PROTOCOL_ERROR : ErrorCode.FLOW_CONTROL_ERROR,
                        "WINDOW_UPDATE of " + increment + " bytes");
            }
            return;
        }
        HboneStream open = session.streams.get(stream);
        if (open == null) {
            onClosed(FloodGuard.Kind.CLOSED_STREAM);
            return;
        }
        if (increment == 0 || !open.grow(increment)) {
            open.breach(
                    increment == 0 ? ErrorCode.PROTOCOL_ERROR : ErrorCode.FLOW_CONTROL_ERROR,
                    "WINDOW_UPDATE of " + increment + " bytes on stream " + stream);
            return;
        }
        session.ready(open);
    }
}
