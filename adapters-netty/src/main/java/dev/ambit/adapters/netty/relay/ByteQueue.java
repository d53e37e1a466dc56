package dev.ambit.adapters.netty.relay;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Bytes that wait to be written. Small pieces are copied together, so that what waits costs little more memory than its
 * size: a peer that sends single bytes must not pin a read buffer for each.
 */
public final class ByteQueue {
    private static final int SMALL = 4096;
    private static final int TAIL = 16_384;

    private final ArrayDeque<ByteBuf> pieces = new ArrayDeque<>();
    private @Nullable ByteBuf tail;
    private long bytes;

    /** Takes ownership of the piece. */
    public void add(ByteBufAllocator allocator, ByteBuf piece) {
        int length = piece.readableBytes();
        if (length == 0) {
            piece.release();
            return;
        }
        bytes += length;
        if (pieces.isEmpty() || length > SMALL) {
            pieces.add(piece);
            return;
        }
        ByteBuf last = tail;
        if (last == null || last != pieces.peekLast() || last.writableBytes() < length) {
            last = allocator.ioBuffer(TAIL, TAIL);
            tail = last;
            pieces.add(last);
        }
        last.writeBytes(piece);
        piece.release();
    }

    /** Takes out at most this many bytes, at least one. The caller owns the result. */
    public ByteBuf poll(int bytesMax) {
        ByteBuf head = pieces.element();
        if (head.readableBytes() > bytesMax) {
            bytes -= bytesMax;
            return head.readRetainedSlice(bytesMax);
        }
        pieces.remove();
        if (head == tail) {
            // Buffers are pooled: the same object may come back as somebody's piece, which is not to be written to.
            tail = null;
        }
        bytes -= head.readableBytes();
        return head;
    }

    public boolean isEmpty() {
        return pieces.isEmpty();
    }

    public long bytes() {
        return bytes;
    }

    public void clear() {
        pieces.forEach(ByteBuf::release);
        pieces.clear();
        tail = null;
        bytes = 0;
    }
}
