package dev.ambit.adapters.netty.http2;

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
import static dev.ambit.domain.http2.FrameType.PRIORITY;
import static dev.ambit.domain.http2.FrameType.RST_STREAM;
import static dev.ambit.domain.http2.FrameType.SETTINGS;
import static dev.ambit.domain.http2.FrameType.WINDOW_UPDATE;
import static dev.ambit.domain.http2.FrameType.WITH_PRIORITY;

import dev.ambit.domain.http2.ErrorCode;
import dev.ambit.domain.http2.FrameRules;
import dev.ambit.domain.http2.Http2Violation;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Cuts bytes into frames (RFC 9113, section 4) and checks everything about a frame that needs no knowledge of streams.
 * Holds at most one small frame: DATA passes through as it arrives, unknown frames are dropped as they arrive.
 */
final class FrameReader {
    private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private final FrameListener listener;
    private final FrameRules rules;
    private final int headerBlockMax;
    private @Nullable ByteBuf held;
    private int prefaceSeen;
    private boolean closed;
    private boolean checked;

    private int dataStream;
    private int dataLeft;
    private boolean dataEnds;
    private int skipLeft;

    private @Nullable ByteBuf block;
    private int blockStream;
    private boolean blockEnds;

    FrameReader(FrameListener listener, boolean expectsPreface, int frameBytesMax, int headerBlockMax) {
        this.listener = listener;
        this.rules = new FrameRules(frameBytesMax, headerBlockMax);
        this.headerBlockMax = headerBlockMax;
        this.prefaceSeen = expectsPreface ? 0 : PREFACE.length;
    }

    /** Takes ownership of the bytes. */
    void read(ByteBufAllocator allocator, ByteBuf bytes) throws Http2Violation {
        ByteBuf input = held == null ? bytes : ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(allocator, held, bytes);
        held = input;
        while (!closed && step(input)) {
            // Each step consumes something.
        }
        if (closed || !input.isReadable()) {
            input.release();
            held = null;
        }
    }

    /** Nothing more is read, not even what is there. */
    void close() {
        closed = true;
        if (block != null) {
            block.release();
            block = null;
        }
    }

    /** As {@link #close}, when no {@link #read} is under way. */
    void release() {
        close();
        if (held != null) {
            held.release();
            held = null;
        }
    }

    private boolean step(ByteBuf in) throws Http2Violation {
        if (prefaceSeen < PREFACE.length) {
            return preface(in);
        }
        if (dataLeft > 0) {
            return data(in);
        }
        if (skipLeft > 0) {
            return skip(in);
        }
        return frame(in);
    }

    private boolean preface(ByteBuf in) throws Http2Violation {
        if (!in.isReadable()) {
            return false;
        }
        if (in.readByte() != PREFACE[prefaceSeen++]) {
            throw violation(ErrorCode.PROTOCOL_ERROR, "not HTTP/2: connection preface is missing");
        }
        return true;
    }

    private boolean data(ByteBuf in) throws Http2Violation {
        int length = Math.min(dataLeft, in.readableBytes());
        if (length == 0) {
            return false;
        }
        dataLeft -= length;
        listener.data(dataStream, in.readRetainedSlice(length));
        if (dataLeft == 0 && dataEnds) {
            listener.dataEnds(dataStream);
        }
        return true;
    }

    private boolean skip(ByteBuf in) {
        int length = Math.min(skipLeft, in.readableBytes());
        in.skipBytes(length);
        skipLeft -= length;
        return length > 0;
    }

    private boolean frame(ByteBuf in) throws Http2Violation {
        if (in.readableBytes() < HEADER_BYTES) {
            return false;
        }
        int at = in.readerIndex();
        int length = in.getUnsignedMedium(at);
        int type = in.getUnsignedByte(at + 3);
        int flags = in.getUnsignedByte(at + 4);
        int stream = in.getInt(at + 5) & 0x7fffffff;
        if (!checked) {
            rules.check(type, flags, length, stream);
        }
        // Only once, however often the rest has to be waited for.
        checked = !take(in, length, type, flags, stream);
        return !checked;
    }

    private boolean take(ByteBuf in, int length, int type, int flags, int stream) throws Http2Violation {
        if (type == DATA) {
            return beginData(in, length, flags, stream);
        }
        if (type > CONTINUATION || type == PRIORITY) {
            in.skipBytes(HEADER_BYTES);
            skipLeft = length;
            return true;
        }
        if (in.readableBytes() < HEADER_BYTES + length) {
            return false;
        }
        in.skipBytes(HEADER_BYTES);
        whole(type, flags, stream, in.readSlice(length));
        return true;
    }

    private boolean beginData(ByteBuf in, int length, int flags, int stream) throws Http2Violation {
        int padding = 0;
        if ((flags & PADDED) != 0) {
            if (in.readableBytes() < HEADER_BYTES + 1) {
                return false;
            }
            int after = in.getUnsignedByte(in.readerIndex() + HEADER_BYTES);
            if (after >= length) {
                throw violation(ErrorCode.PROTOCOL_ERROR, "padding of " + after + " in DATA of " + length + " bytes");
            }
            in.skipBytes(1);
            padding = after + 1;
            skipLeft = after;
        }
        in.skipBytes(HEADER_BYTES);
        dataStream = stream;
        dataLeft = length - padding;
        dataEnds = (flags & END_STREAM) != 0;
        listener.dataBegins(stream, length, padding, dataEnds);
        if (dataLeft == 0 && dataEnds) {
            listener.dataEnds(stream);
        }
        return true;
    }

    private void whole(int type, int flags, int stream, ByteBuf payload) throws Http2Violation {
        switch (type) {
            case HEADERS -> beginBlock(flags, stream, payload);
            case CONTINUATION -> continueBlock(flags, payload);
            case RST_STREAM -> listener.reset(stream, payload.readUnsignedInt());
            case SETTINGS -> {
                if ((flags & ACK) != 0) {
                    listener.settingsAck();
                } else {
                    listener.settings(payload);
                }
            }
            case PING -> listener.ping(payload.readLong(), (flags & ACK) != 0);
            case GOAWAY -> listener.goAway(payload.readInt() & 0x7fffffff, payload.readUnsignedInt());
            case WINDOW_UPDATE -> listener.windowUpdate(stream, payload.readInt() & 0x7fffffff);
            default -> throw new IllegalStateException("frame type " + type);
        }
    }

    private void beginBlock(int flags, int stream, ByteBuf payload) throws Http2Violation {
        int padding = (flags & PADDED) != 0 ? payload.readUnsignedByte() : 0;
        int before = (flags & WITH_PRIORITY) != 0 ? 5 : 0;
        if (payload.readableBytes() < before + padding) {
            throw violation(ErrorCode.PROTOCOL_ERROR, "HEADERS shorter than its padding and priority");
        }
        ByteBuf fragment = payload.skipBytes(before).readSlice(payload.readableBytes() - padding);
        boolean ends = (flags & END_STREAM) != 0;
        if ((flags & END_HEADERS) != 0) {
            listener.headers(stream, fragment, ends);
            return;
        }
        blockStream = stream;
        blockEnds = ends;
        // Not a copy, which could grow no further than what it was read into.
        block = fragment.alloc()
                .buffer(fragment.readableBytes(), headerBlockMax)
                .writeBytes(fragment);
    }

    private void continueBlock(int flags, ByteBuf payload) throws Http2Violation {
        ByteBuf whole = block;
        if (whole == null) {
            throw new IllegalStateException("no header block");
        }
        whole.writeBytes(payload);
        if ((flags & END_HEADERS) != 0) {
            block = null;
            try {
                listener.headers(blockStream, whole, blockEnds);
            } finally {
                whole.release();
            }
        }
    }

    private static Http2Violation violation(ErrorCode code, String message) {
        return new Http2Violation(code, message);
    }
}
