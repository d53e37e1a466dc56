package dev.ambit.adapters.netty.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.io.ByteArrayOutputStream;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ByteQueueTest {
    private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(false);
    private final ByteQueue queue = new ByteQueue();

    private ByteBuf bytes(int length, int first) {
        ByteBuf bytes = allocator.heapBuffer(Math.max(1, length));
        for (int i = 0; i < length; i++) {
            bytes.writeByte(first + i);
        }
        return bytes;
    }

    @Property(tries = 200)
    void whatGoesInComesOutInOrder(
            @ForAll List<@IntRange(max = 10_000) Integer> pieces,
            @ForAll @Size(min = 1) List<@IntRange(min = 1, max = 20_000) Integer> takes) {
        ByteBuf expected = Unpooled.buffer();
        var actual = new ByteArrayOutputStream();
        int taken = 0;
        for (int length : pieces) {
            ByteBuf piece = bytes(length, expected.writerIndex());
            expected.writeBytes(piece, 0, length);
            queue.add(allocator, piece);
            if (length % 3 == 0 && !queue.isEmpty()) {
                take(takes.get(taken++ % takes.size()), actual);
            }
            assertThat(queue.bytes()).isEqualTo(expected.writerIndex() - actual.size());
        }
        while (!queue.isEmpty()) {
            take(takes.get(taken++ % takes.size()), actual);
        }

        assertThat(actual.toByteArray()).isEqualTo(io.netty.buffer.ByteBufUtil.getBytes(expected));
        assertThat(queue.bytes()).isZero();
        assertThat(allocator.metric().usedHeapMemory() + allocator.metric().usedDirectMemory())
                .as("not released")
                .isZero();
    }

    private void take(int bytesMax, ByteArrayOutputStream into) {
        ByteBuf out = queue.poll(bytesMax);
        assertThat(out.readableBytes()).isBetween(1, bytesMax);
        into.writeBytes(io.netty.buffer.ByteBufUtil.getBytes(out));
        out.release();
    }

    @Test
    void singleBytesDoNotPinTheirBuffers() {
        for (int i = 0; i < 10_000; i++) {
            ByteBuf large = allocator.heapBuffer(16_384).writeByte(i);
            queue.add(allocator, large);
        }
        assertThat(allocator.metric().usedHeapMemory() + allocator.metric().usedDirectMemory())
                .isLessThan(64 << 10);
        queue.clear();
        assertThat(allocator.metric().usedHeapMemory() + allocator.metric().usedDirectMemory())
                .isZero();
    }

    @Test
    void nothingIsNoPiece() {
        queue.add(allocator, bytes(0, 0));
        assertThat(queue.isEmpty()).isTrue();
    }

    @Test
    void afterClearItIsAsNew() {
        queue.add(allocator, bytes(5000, 0));
        queue.add(allocator, bytes(5, 0));
        queue.clear();
        queue.add(allocator, bytes(5000, 0));
        queue.add(allocator, bytes(7, 0));
        take(10_000, new ByteArrayOutputStream());
        assertThat(queue.bytes()).isEqualTo(7);
        queue.clear();
    }
}
