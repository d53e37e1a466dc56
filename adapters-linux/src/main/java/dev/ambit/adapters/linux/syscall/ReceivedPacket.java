package dev.ambit.adapters.linux.syscall;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** One packet with the descriptors that came along. Closing it closes those that nobody took. */
public final class ReceivedPacket implements AutoCloseable {
    private final byte[] data;
    private final boolean truncated;
    private final Deque<Integer> descriptors;

    ReceivedPacket(byte[] data, boolean truncated, List<Integer> descriptors) {
        this.data = data;
        this.truncated = truncated;
        this.descriptors = new ArrayDeque<>(descriptors);
    }

    /** The bytes, as many as fitted. */
    public ByteBuffer data() {
        return ByteBuffer.wrap(data).asReadOnlyBuffer();
    }

    /** Whether bytes or descriptors did not fit and are lost. */
    public boolean isTruncated() {
        return truncated;
    }

    /** How many descriptors are left to take. */
    public int descriptors() {
        return descriptors.size();
    }

    /** Hands over the next descriptor; the caller closes it. */
    public int takeDescriptor() {
        return descriptors.remove();
    }

    @Override
    public void close() {
        while (!descriptors.isEmpty()) {
            Libc.close(descriptors.remove());
        }
    }
}
