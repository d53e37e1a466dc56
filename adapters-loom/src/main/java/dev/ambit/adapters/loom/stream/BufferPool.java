package dev.ambit.adapters.loom.stream;

import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Large buffers outside the heap, for bulk. There are never more of them than at first agreed: who gets none makes do with
 * the small one that it has, and is slower, not broken. Safe for use by several threads.
 */
public final class BufferPool {
    private final int bufferBytes;
    private final int buffersMax;
    private final AtomicInteger made = new AtomicInteger();
    private final ConcurrentLinkedDeque<ByteBuffer> idle = new ConcurrentLinkedDeque<>();

    /**
     * An empty pool; buffers are made when they are needed and kept for good.
     *
     * @param bufferBytes the size of each
     * @param buffersMax how many there may be
     */
    public BufferPool(int bufferBytes, int buffersMax) {
        this.bufferBytes = bufferBytes;
        this.buffersMax = buffersMax;
    }

    /** The size of every buffer. */
    public int bufferBytes() {
        return bufferBytes;
    }

    /** A buffer that nobody else has, to be given back; empty when all are in use. */
    public Optional<ByteBuffer> take() {
        ByteBuffer recent = idle.pollFirst();
        if (recent != null) {
            return Optional.of(recent.clear());
        }
        if (made.incrementAndGet() > buffersMax) {
            made.decrementAndGet();
            return Optional.empty();
        }
        return Optional.of(ByteBuffer.allocateDirect(bufferBytes));
    }

    /** Takes back a buffer that was {@link #take}n here, once. */
    public void give(ByteBuffer buffer) {
        idle.addFirst(buffer);
    }
}
