package dev.ambit.adapters.loom.http2;

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

import dev.ambit.adapters.loom.tls.TlsWire;
import dev.ambit.domain.http2.ErrorCode;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Writes frames. DATA is written by the thread that has it, one frame per turn, so that streams share the tunnel. All other
 * frames are small: they are left here without waiting, and a thread of the session's sends them, or whoever has the next
 * turn. So a thread that reads never waits for a peer that does not.
 */
final class FrameOutput {
    static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    /** A frame that another stream has to wait for. */
    static final int DATA_BYTES_MAX = 64 << 10;

    /** A peer that lets more than this pile up does not read at all. */
    private static final int CONTROL_BYTES_MAX = 1 << 20;

    private final TlsWire wire;
    private final DefaultHttp2HeadersEncoder hpack = new DefaultHttp2HeadersEncoder();

    /** Who writes to the wire; fair, so that a turn comes to everybody. */
    private final ReentrantLock turn = new ReentrantLock(true);

    private final ByteBuffer frame = ByteBuffer.allocateDirect(HEADER_BYTES + DATA_BYTES_MAX);

    /** Guards what is left here to be sent. */
    private final ReentrantLock desk = new ReentrantLock();

    private final Condition left = desk.newCondition();
    private final ByteBuf control = Unpooled.buffer();
    private boolean closing;

    FrameOutput(TlsWire wire) {
        this.wire = wire;
    }

    // The thread that sends what is left here.

    /** Until {@link #close}; then closes the wire. */
    void run() {
        try {
            while (awaitControl()) {
                turn.lock();
                try {
                    sendControl();
                } finally {
                    turn.unlock();
                }
            }
            turn.lock();
            try {
                sendControl();
                wire.close();
            } finally {
                turn.unlock();
            }
        } catch (IOException | InterruptedException gone) {
            wire.abort();
        }
    }

    private boolean awaitControl() throws InterruptedException {
        desk.lock();
        try {
            while (!closing && !control.isReadable()) {
                left.await();
            }
            return !closing;
        } finally {
            desk.unlock();
        }
    }

    private void sendControl() throws IOException {
        ByteBuffer bytes;
        desk.lock();
        try {
            if (!control.isReadable()) {
                return;
            }
            byte[] copy = new byte[control.readableBytes()];
            control.readBytes(copy).clear();
            bytes = ByteBuffer.wrap(copy);
        } finally {
            desk.unlock();
        }
        wire.write(bytes);
    }

    /** Sends what is left, and closes. Returns at once. */
    void close() {
        desk.lock();
        try {
            closing = true;
            left.signal();
        } finally {
            desk.unlock();
        }
    }

    // DATA.

    /** Writes one frame of at most {@link #DATA_BYTES_MAX}. */
    void data(int stream, ByteBuffer from, int bytes, boolean ends) throws IOException {
        turn.lock();
        try {
            sendControl();
            int limit = from.limit();
            header(frame.clear(), bytes, DATA, ends ? END_STREAM : 0, stream);
            frame.put(from.limit(from.position() + bytes)).flip();
            from.limit(limit);
            wire.write(frame);
        } finally {
            turn.unlock();
        }
    }

    private static void header(ByteBuffer out, int length, int type, int flags, int stream) {
        out.put((byte) (length >> 16))
                .putShort((short) length)
                .put((byte) type)
                .put((byte) flags)
                .putInt(stream);
    }

    /** Whether others wait for their turn. */
    boolean isCrowded() {
        return turn.hasQueuedThreads();
    }

    // Everything else.

    private void leave(int length, int type, int flags, int stream, int... words) {
        desk.lock();
        try {
            begin(length, type, flags, stream);
            for (int word : words) {
                control.writeInt(word);
            }
            left.signal();
        } finally {
            desk.unlock();
        }
    }

    /** With the desk locked. */
    private void begin(int length, int type, int flags, int stream) {
        if (control.readableBytes() > CONTROL_BYTES_MAX) {
            closing = true;
            wire.abort();
        }
        control.writeMedium(length).writeByte(type).writeByte(flags).writeInt(stream);
    }

    void preface() {
        desk.lock();
        try {
            control.writeBytes(PREFACE);
        } finally {
            desk.unlock();
        }
    }

    /** Pairs of identifier and value. */
    void settings(int... pairs) {
        desk.lock();
        try {
            begin(pairs.length / 2 * 6, SETTINGS, 0, 0);
            for (int i = 0; i < pairs.length; i += 2) {
                control.writeShort(pairs[i]).writeInt(pairs[i + 1]);
            }
            left.signal();
        } finally {
            desk.unlock();
        }
    }

    void settingsAck() {
        leave(0, SETTINGS, ACK, 0);
    }

    void ping(long payload, boolean ack) {
        leave(8, PING, ack ? ACK : 0, 0, (int) (payload >> 32), (int) payload);
    }

    void windowUpdate(int stream, int increment) {
        leave(4, WINDOW_UPDATE, 0, stream, increment);
    }

    void reset(int stream, ErrorCode code) {
        leave(4, RST_STREAM, 0, stream, code.code());
    }

    void goAway(int lastStream, ErrorCode code) {
        leave(8, GOAWAY, 0, 0, lastStream, code.code());
    }

    void headers(int stream, Http2Headers headers, boolean ends, int frameBytesMax) {
        ByteBuf block = Unpooled.buffer();
        desk.lock();
        try {
            hpack.encodeHeaders(stream, headers, block);
            int type = HEADERS;
            int flags = ends ? END_STREAM : 0;
            do {
                int length = Math.min(block.readableBytes(), frameBytesMax);
                boolean last = length == block.readableBytes();
                begin(length, type, flags | (last ? END_HEADERS : 0), stream);
                control.writeBytes(block, length);
                type = CONTINUATION;
                flags = 0;
            } while (block.isReadable());
            left.signal();
        } catch (Http2Exception impossible) {
            throw new IllegalStateException("headers of stream " + stream + " cannot be compressed", impossible);
        } finally {
            desk.unlock();
        }
    }

    void headerTableSize(long bytes) {
        desk.lock();
        try {
            hpack.maxHeaderTableSize(bytes);
        } catch (Http2Exception impossible) {
            throw new IllegalStateException(impossible);
        } finally {
            desk.unlock();
        }
    }
}
