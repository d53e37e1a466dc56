package dev.ambit.adapters.netty.http2;

import static dev.ambit.domain.http2.FrameType.ACK;
import static dev.ambit.domain.http2.FrameType.CONTINUATION;
import static dev.ambit.domain.http2.FrameType.DATA;
import static dev.ambit.domain.http2.FrameType.END_HEADERS;
import static dev.ambit.domain.http2.FrameType.END_STREAM;
import static dev.ambit.domain.http2.FrameType.GOAWAY;
import static dev.ambit.domain.http2.FrameType.HEADERS;
import static dev.ambit.domain.http2.FrameType.HEADER_BYTES;
import static dev.ambit.domain.http2.FrameType.PING;
import static dev.ambit.domain.http2.FrameType.RST_STREAM;
import static dev.ambit.domain.http2.FrameType.SETTINGS;
import static dev.ambit.domain.http2.FrameType.WINDOW_UPDATE;

import dev.ambit.domain.http2.ErrorCode;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import java.nio.charset.StandardCharsets;

/** Writes frames, without flushing. Knows no rules; the session keeps them. */
final class FrameWriter {
    static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private static final int COPIED_BYTES_MAX = 8192;

    private final ChannelHandlerContext ctx;
    private final DefaultHttp2HeadersEncoder hpack = new DefaultHttp2HeadersEncoder();

    FrameWriter(ChannelHandlerContext ctx) {
        this.ctx = ctx;
    }

    void preface() {
        ByteBuf out = ctx.alloc().ioBuffer(PREFACE.length);
        write(out.writeBytes(PREFACE));
    }

    /** Pairs of identifier and value. */
    void settings(int... pairs) {
        ByteBuf out = frame(pairs.length / 2 * 6, SETTINGS, 0, 0);
        for (int i = 0; i < pairs.length; i += 2) {
            out.writeShort(pairs[i]).writeInt(pairs[i + 1]);
        }
        write(out);
    }

    void settingsAck() {
        write(frame(0, SETTINGS, ACK, 0));
    }

    void ping(long payload, boolean ack) {
        write(frame(8, PING, ack ? ACK : 0, 0).writeLong(payload));
    }

    void windowUpdate(int stream, int increment) {
        write(frame(4, WINDOW_UPDATE, 0, stream).writeInt(increment));
    }

    void reset(int stream, ErrorCode code) {
        write(frame(4, RST_STREAM, 0, stream).writeInt(code.code()));
    }

    void goAway(int lastStream, ErrorCode code) {
        write(frame(8, GOAWAY, 0, 0).writeInt(lastStream).writeInt(code.code()));
    }

    /**
     * Takes ownership of the data. TLS gets frame and data in one piece where that costs little: in the room that was left
     * in front of the data, or by copying data that is small.
     */
    void data(int stream, ByteBuf data, boolean ends) {
        int bytes = data.readableBytes();
        int flags = ends ? END_STREAM : 0;
        int before = data.readerIndex() - HEADER_BYTES;
        if (before >= 0 && data.refCnt() == 1 && !data.isReadOnly()) {
            // Nobody else has a part of this buffer, so what was before the data is free.
            data.setMedium(before, bytes)
                    .setByte(before + 3, DATA)
                    .setByte(before + 4, flags)
                    .setInt(before + 5, stream)
                    .readerIndex(before);
            write(data);
        } else if (bytes <= COPIED_BYTES_MAX) {
            write(frame(bytes, DATA, flags, stream).writeBytes(data));
            data.release();
        } else {
            write(frame(0, DATA, flags, stream).setMedium(0, bytes));
            write(data);
        }
    }

    void endStream(int stream) {
        write(frame(0, DATA, END_STREAM, stream));
    }

    void headers(int stream, Http2Headers headers, boolean ends, int frameBytesMax) throws Http2Exception {
        ByteBuf block = ctx.alloc().buffer();
        try {
            hpack.encodeHeaders(stream, headers, block);
            int type = HEADERS;
            int flags = ends ? END_STREAM : 0;
            do {
                int length = Math.min(block.readableBytes(), frameBytesMax);
                boolean last = length == block.readableBytes();
                write(frame(length, type, flags | (last ? END_HEADERS : 0), stream)
                        .writeBytes(block, length));
                type = CONTINUATION;
                flags = 0;
            } while (block.isReadable());
        } finally {
            block.release();
        }
    }

    void headerTableSize(long bytes) throws Http2Exception {
        hpack.maxHeaderTableSize(bytes);
    }

    private ByteBuf frame(int length, int type, int flags, int stream) {
        return ctx.alloc()
                .ioBuffer(HEADER_BYTES + length)
                .writeMedium(length)
                .writeByte(type)
                .writeByte(flags)
                .writeInt(stream);
    }

    private void write(ByteBuf out) {
        ctx.write(out, ctx.voidPromise());
    }
}
