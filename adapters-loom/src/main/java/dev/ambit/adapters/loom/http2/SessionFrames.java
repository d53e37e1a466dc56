package dev.ambit.adapters.loom.http2;

import static dev.ambit.domain.http2.FrameType.ACK;
import static dev.ambit.domain.http2.FrameType.CONTINUATION;
import static dev.ambit.domain.http2.FrameType.DATA;
import static dev.ambit.domain.http2.FrameType.END_HEADERS;
import static dev.ambit.domain.http2.FrameType.END_STREAM;
import static dev.ambit.domain.http2.FrameType.GOAWAY;
import static dev.ambit.domain.http2.FrameType.HEADERS;
import static dev.ambit.domain.http2.FrameType.HEADER_BYTES;
import static dev.ambit.domain.http2.FrameType.PADDED;
import static dev.ambit.domain.http2.FrameType.PING;
import static dev.ambit.domain.http2.FrameType.RST_STREAM;
import static dev.ambit.domain.http2.FrameType.SETTINGS;
import static dev.ambit.domain.http2.FrameType.WINDOW_UPDATE;
import static dev.ambit.domain.http2.FrameType.WITH_PRIORITY;

import dev.ambit.adapters.loom.stream.ErrorText;
import dev.ambit.adapters.loom.tls.TlsWire;
import dev.ambit.domain.http2.ErrorCode;
import dev.ambit.domain.http2.FloodGuard;
import dev.ambit.domain.http2.FrameRules;
import dev.ambit.domain.http2.Http2Violation;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the peer's frames, one after the other, and does what they say (RFC 9113, sections 4 to 6). */
final class SessionFrames {
    /** A whole header block, and room for the record that comes next. */
    private static final int BUFFER_BYTES = (64 << 10) + 4 * TlsWire.RECORD_BYTES_MAX;

    private final Http2Session session;
    private final TlsWire wire;
    private final boolean server;
    private final FrameRules rules;
    private final DefaultHttp2HeadersDecoder hpack;
    private final ByteBuffer in = ByteBuffer.allocateDirect(BUFFER_BYTES).limit(0);
    private @Nullable ByteBuf block;
    private int blockFlags;

    SessionFrames(Http2Session session, TlsWire wire, boolean server, int headerListMax) {
        this.session = session;
        this.wire = wire;
        this.server = server;
        this.rules = new FrameRules(session.limits.tunnels().frameBytes(), headerListMax);
        this.hpack = new DefaultHttp2HeadersDecoder(true, headerListMax);
    }

    /** Until the peer hangs up, or the session is over. */
    void read() throws IOException, Http2Violation {
        try {
            if (server) {
                preface();
            }
            while (!session.isOver()) {
                need(HEADER_BYTES);
                frame();
            }
        } catch (EOFException end) {
            // The session knows whether it came too early.
        }
    }

    /** Waits until so much is there; what is there before is kept. */
    private void need(int bytes) throws IOException {
        while (in.remaining() < bytes) {
            in.compact();
            int read;
            try {
                read = wire.read(in);
            } finally {
                in.flip();
            }
            if (read < 0) {
                throw new EOFException();
            }
        }
    }

    private void preface() throws IOException, Http2Violation {
        for (byte expected : FrameOutput.PREFACE) {
            need(1);
            if (in.get() != expected) {
                throw new Http2Violation(ErrorCode.PROTOCOL_ERROR, "not HTTP/2: connection preface is missing");
            }
        }
    }

    private void frame() throws IOException, Http2Violation {
        int first = in.getInt();
        int length = first >>> 8;
        int type = first & 0xff;
        int flags = in.get() & 0xff;
        int stream = in.getInt() & 0x7fffffff;
        rules.check(type, flags, length, stream);
        switch (type) {
            case DATA -> data(stream, length, flags);
            case HEADERS, CONTINUATION, RST_STREAM, SETTINGS, PING, GOAWAY, WINDOW_UPDATE -> {
                need(length);
                session.lock.lock();
                try {
                    int next = in.position() + length;
                    if (!session.isEnded()) {
                        whole(type, flags, stream, in.slice(in.position(), length));
                    }
                    in.position(next);
                } finally {
                    session.lock.unlock();
                }
            }
            default -> skip(length);
        }
    }

    private void skip(int length) throws IOException {
        int left = length;
        while (left > 0) {
            need(1);
            int bytes = Math.min(left, in.remaining());
            in.position(in.position() + bytes);
            left -= bytes;
        }
    }

    private void whole(int type, int flags, int stream, ByteBuffer payload) throws Http2Violation {
        switch (type) {
            case HEADERS -> beginBlock(stream, flags, payload);
            case CONTINUATION -> addToBlock(stream, flags, payload);
            case RST_STREAM -> reset(stream, payload.getInt() & 0xffffffffL);
            case SETTINGS -> {
                if ((flags & ACK) == 0) {
                    settings(payload);
                }
            }
            case PING -> ping(payload.getLong(), (flags & ACK) != 0);
            case GOAWAY -> session.peerGoesAway(payload.getInt() & 0x7fffffff, payload.getInt() & 0xffffffffL);
            case WINDOW_UPDATE -> windowUpdate(stream, payload.getInt() & 0x7fffffff);
            default -> throw new IllegalStateException("frame type " + type);
        }
    }

    // DATA comes in pieces as it arrives.

    private void data(int stream, int length, int flags) throws IOException, Http2Violation {
        int padding = 0;
        int after = 0;
        if ((flags & PADDED) != 0) {
            need(1);
            after = in.get() & 0xff;
            padding = after + 1;
            if (after >= length) {
                throw new Http2Violation(
                        ErrorCode.PROTOCOL_ERROR, "padding of " + after + " in DATA of " + length + " bytes");
            }
        }
        boolean ends = (flags & END_STREAM) != 0;
        HboneStream open = dataBegins(stream, length, padding, ends);
        int left = length - padding;
        while (left > 0) {
            need(1);
            int bytes = Math.min(left, in.remaining());
            if (open != null) {
                deliver(open, bytes);
            } else {
                in.position(in.position() + bytes);
            }
            left -= bytes;
        }
        skip(after);
        if (ends && open != null) {
            finish(open);
        }
    }

    private @Nullable HboneStream dataBegins(int stream, int length, int padding, boolean ends) throws Http2Violation {
        session.lock.lock();
        try {
            if (session.isIdle(stream)) {
                throw new Http2Violation(ErrorCode.PROTOCOL_ERROR, "DATA on stream " + stream + ", which is idle");
            }
            if (length == 0 && !ends) {
                count(FloodGuard.Kind.EMPTY_DATA);
            }
            if (!session.windows.receive(length)) {
                throw new Http2Violation(ErrorCode.FLOW_CONTROL_ERROR, "tunnel's window is overrun");
            }
            HboneStream open = session.streams.get(stream);
            if (open != null && open.isEndReceived()) {
                breach(open, ErrorCode.STREAM_CLOSED, "data after the end of stream " + stream);
                open = null;
            }
            if (open == null) {
                if (!session.resetByUs.crossed(stream, length, ends)) {
                    count(FloodGuard.Kind.CLOSED_STREAM);
                }
            } else {
                session.windows.hold(length);
                if (!open.receive(length, padding)) {
                    throw new Http2Violation(ErrorCode.FLOW_CONTROL_ERROR, "stream " + stream + " overran its window");
                }
            }
            session.replenish();
            return open;
        } finally {
            session.lock.unlock();
        }
    }

    private void deliver(HboneStream stream, int bytes) {
        byte[] piece = new byte[bytes];
        in.get(piece);
        session.lock.lock();
        try {
            if (!stream.isOver()) {
                stream.data(ByteBuffer.wrap(piece));
            }
        } finally {
            session.lock.unlock();
        }
    }

    private void finish(HboneStream stream) {
        session.lock.lock();
        try {
            if (!stream.isOver()) {
                stream.dataEnds();
            }
        } finally {
            session.lock.unlock();
        }
    }

    // Everything else comes whole.

    private void beginBlock(int stream, int flags, ByteBuffer payload) throws Http2Violation {
        int padding = (flags & PADDED) != 0 ? payload.get() & 0xff : 0;
        int before = (flags & WITH_PRIORITY) != 0 ? 5 : 0;
        if (payload.remaining() < before + padding) {
            throw new Http2Violation(ErrorCode.PROTOCOL_ERROR, "HEADERS shorter than its padding and priority");
        }
        payload.position(payload.position() + before).limit(payload.limit() - padding);
        block = Unpooled.buffer();
        blockFlags = flags;
        addToBlock(stream, flags, payload);
    }

    private void addToBlock(int stream, int flags, ByteBuffer payload) throws Http2Violation {
        ByteBuf whole = block;
        if (whole == null) {
            throw new IllegalStateException("no header block");
        }
        whole.writeBytes(payload);
        if ((flags & END_HEADERS) != 0) {
            block = null;
            headers(stream, whole, (blockFlags & END_STREAM) != 0);
        }
    }

    private void headers(int stream, ByteBuf whole, boolean ends) throws Http2Violation {
        HboneStream known = session.streams.get(stream);
        if (known == null && !session.isIdle(stream)) {
            count(FloodGuard.Kind.CLOSED_STREAM_HEADERS);
        }
        try {
            session.headers(stream, known, hpack.decodeHeaders(stream, whole), ends);
        } catch (Http2Exception.StreamException unacceptable) {
            session.badHeaders(stream, known, String.valueOf(unacceptable.getMessage()));
        } catch (Http2Exception broken) {
            throw new Http2Violation(ErrorCode.COMPRESSION_ERROR, String.valueOf(broken.getMessage()));
        }
    }

    private void reset(int stream, long code) throws Http2Violation {
        if (session.isIdle(stream)) {
            throw new Http2Violation(ErrorCode.PROTOCOL_ERROR, "RST_STREAM on stream " + stream + ", which is idle");
        }
        HboneStream open = session.streams.get(stream);
        if (open == null) {
            count(FloodGuard.Kind.CLOSED_STREAM);
        } else {
            session.peerReset(open, code);
        }
    }

    private void settings(ByteBuffer payload) throws Http2Violation {
        count(FloodGuard.Kind.SETTINGS);
        int before = session.peer.initialWindow();
        while (payload.hasRemaining()) {
            session.peer.apply(payload.getShort() & 0xffff, payload.getInt() & 0xffffffffL);
        }
        session.output.headerTableSize(session.peer.headerTableBytes());
        for (HboneStream stream : List.copyOf(session.streams.values())) {
            if (!stream.grow(session.peer.initialWindow() - before)) {
                throw new Http2Violation(ErrorCode.FLOW_CONTROL_ERROR, "initial window overflows a stream's");
            }
        }
        session.output.settingsAck();
        if (!session.isSettled()) {
            session.settled();
        }
    }

    private void ping(long payload, boolean ack) throws Http2Violation {
        if (ack) {
            session.ponged(payload);
        } else {
            count(FloodGuard.Kind.PING);
            session.output.ping(payload, true);
        }
    }

    private void windowUpdate(int stream, int increment) throws Http2Violation {
        ErrorCode code = increment == 0 ? ErrorCode.PROTOCOL_ERROR : ErrorCode.FLOW_CONTROL_ERROR;
        if (stream == 0) {
            if (increment == 0 || !session.windows.grow(increment)) {
                throw new Http2Violation(code, "WINDOW_UPDATE of " + increment + " bytes");
            }
            session.windowGrew();
            return;
        }
        if (session.isIdle(stream)) {
            throw new Http2Violation(ErrorCode.PROTOCOL_ERROR, "WINDOW_UPDATE on stream " + stream + ", which is idle");
        }
        HboneStream open = session.streams.get(stream);
        if (open == null) {
            count(FloodGuard.Kind.CLOSED_STREAM);
        } else if (increment == 0 || !open.grow(increment)) {
            breach(open, code, "WINDOW_UPDATE of " + increment + " bytes on stream " + stream);
        }
    }

    /** The peer broke the rules of this stream, which ends it; a peer that does so all the time loses its tunnel. */
    void breach(HboneStream stream, ErrorCode code, String why) throws Http2Violation {
        count(FloodGuard.Kind.BROKEN_STREAM);
        session.reset(stream, code);
        stream.lose(new IOException(ErrorText.line(why)), false);
    }

    void count(FloodGuard.Kind kind) throws Http2Violation {
        session.guard.count(kind, System.nanoTime());
    }
}
