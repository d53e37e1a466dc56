package dev.ambit.adapters.linux.capture;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class TlsStreamTest {
    private static final int FIRST = Integer.MAX_VALUE - 10; // sequence numbers wrap

    /** Records of any size, cut into segments anywhere, are still records. */
    @Property(tries = 200)
    void recordsCutAnywhere(
            @ForAll @Size(min = 1, max = 10) List<@IntRange(min = 1, max = 3000) Integer> sizes,
            @ForAll @IntRange(min = 1, max = 1500) int segment) {
        byte[] bytes = records(sizes.stream().mapToInt(Integer::intValue).toArray());
        var stream = new TlsStream(FIRST);

        for (int from = 0; from < bytes.length; from += segment) {
            int to = Math.min(bytes.length, from + segment);
            stream.segment(FIRST + from, ByteBuffer.wrap(bytes), from, to);
        }

        assertThat(stream.isBroken()).isFalse();
        assertThat(stream.records()).isEqualTo(sizes.size());
    }

    @Test
    void plainTextIsNoRecord() {
        byte[] request = "GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
        var stream = new TlsStream(1);

        stream.segment(1, ByteBuffer.wrap(request), 0, request.length);

        assertThat(stream.isBroken()).isTrue();
    }

    @Test
    void aRepeatedSegmentIsPassedOverAndAGapIsNot() {
        byte[] bytes = records(100, 100);
        var stream = new TlsStream(0);

        stream.segment(0, ByteBuffer.wrap(bytes), 0, 105);
        stream.segment(0, ByteBuffer.wrap(bytes), 0, 105);
        assertThat(stream.isBroken()).isFalse();

        stream.segment(110, ByteBuffer.wrap(bytes), 110, 210);
        assertThat(stream.isBroken()).isTrue();
    }

    private static byte[] records(int... sizes) {
        var bytes =
                ByteBuffer.allocate(IntStream.of(sizes).map(size -> size + 5).sum());
        for (int size : sizes) {
            bytes.put((byte) 23)
                    .put((byte) 3)
                    .put((byte) 3)
                    .putShort((short) size)
                    .put(new byte[size]);
        }
        return bytes.array();
    }
}
