package dev.ambit.adapters.netty.http2;

import static dev.ambit.adapters.netty.http2.Frames.PREFACE;
import static dev.ambit.adapters.netty.http2.Frames.SETTINGS;
import static dev.ambit.adapters.netty.http2.Frames.frame;
import static dev.ambit.adapters.netty.http2.Frames.header;
import static dev.ambit.adapters.netty.http2.Frames.join;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.ambit.domain.http2.ErrorCode;
import dev.ambit.domain.http2.Http2Violation;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(60)
class FrameReaderTest {
    private static final int FRAME_BYTES_MAX = 16_384;
    private static final int HEADER_BLOCK_MAX = 1_000;

    private static final byte[] EVERY_KIND = join(
            PREFACE,
            frame(4, 0, 0, 0, 4, 0, 1, 0, 0),
            frame(4, 1, 0),
            frame(1, 4, 1, 0x82, 0x84),
            // padded, with priority, in three pieces, ending the stream
            frame(1, 0x29, 3, 2, 0, 0, 0, 0, 9, 0x82, 0, 0),
            frame(9, 0, 3, 0x84),
            frame(9, 4, 3, 0x86, 0x87),
            frame(0, 0, 1, 10, 11, 12),
            frame(0, 9, 1, 2, 13, 14, 0, 0),
            frame(0, 1, 3),
            frame(0, 8, 5, 1, 0),
            frame(2, 0, 7, 0, 0, 0, 0, 1),
            frame(3, 0, 1, 0, 0, 0, 8),
            frame(6, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2),
            frame(6, 1, 0, 0, 0, 0, 0, 0, 0, 1, 2),
            frame(0xbe, 0xff, 77, 1, 2, 3),
            frame(8, 0, 0, 0, 0, 0, 5),
            frame(8, 0, 3, 0x80, 0, 0, 6),
            frame(7, 0, 0, 0, 0, 0, 3, 0, 0, 0, 11, 'w', 'h', 'y'));

    private static final List<String> EVERY_EVENT = List.of(
            "settings 000400010000",
            "settings ack",
            "headers 1 8284 false",
            "headers 3 82848687 true",
            "data 1 3 0 false",
            "bytes 0a0b0c",
            "data 1 5 3 true",
            "bytes 0d0e",
            "end 1",
            "data 3 0 0 true",
            "end 3",
            "data 5 2 2 false",
            "reset 1 8",
            "ping 258 false",
            "ping 258 true",
            "window 0 5",
            "window 3 6",
            "goaway 3 11");

    private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(false);

    /** Reads the bytes cut at these places. */
    private List<String> read(byte[] bytes, boolean preface, int... cuts) throws Http2Violation {
        var listener = new RecordingListener();
        var reader = new FrameReader(listener, preface, FRAME_BYTES_MAX, HEADER_BLOCK_MAX);
        try {
            int from = 0;
            for (int cut : cuts) {
                reader.read(allocator, allocator.heapBuffer().writeBytes(bytes, from, cut - from));
                from = cut;
            }
            reader.read(allocator, allocator.heapBuffer().writeBytes(bytes, from, bytes.length - from));
        } finally {
            reader.release();
        }
        return listener.events();
    }

    @Test
    void everyKindOfFrameIsHeardOnce() throws Http2Violation {
        assertThat(read(EVERY_KIND, true)).isEqualTo(EVERY_EVENT);
    }

    @Test
    void framesAreTheSameWhereverTheyAreCut() throws Http2Violation {
        for (int cut = 0; cut <= EVERY_KIND.length; cut++) {
            assertThat(read(EVERY_KIND, true, cut)).as("cut at %d", cut).isEqualTo(EVERY_EVENT);
        }
        int[] everywhere =
                java.util.stream.IntStream.range(1, EVERY_KIND.length).toArray();
        assertThat(read(EVERY_KIND, true, everywhere)).isEqualTo(EVERY_EVENT);
        assertThat(allocator.metric().usedHeapMemory()).as("not released").isZero();
    }

    static Stream<Arguments> malformed() {
        byte[] ping = frame(6, 0, 0, new byte[8]);
        return Stream.of(
                arguments("first frame is no SETTINGS", ping, ErrorCode.PROTOCOL_ERROR),
                after("frame too large", header(0, 0, 1, FRAME_BYTES_MAX + 1), ErrorCode.FRAME_SIZE_ERROR),
                after("unknown frame too large", header(99, 0, 1, FRAME_BYTES_MAX + 1), ErrorCode.FRAME_SIZE_ERROR),
                after("DATA on stream 0", frame(0, 0, 0, 1), ErrorCode.PROTOCOL_ERROR),
                after("DATA all padding and more", frame(0, 8, 1, 2, 0), ErrorCode.PROTOCOL_ERROR),
                after("padded DATA without length", frame(0, 8, 1), ErrorCode.FRAME_SIZE_ERROR),
                after("HEADERS on stream 0", frame(1, 4, 0, 0x82), ErrorCode.PROTOCOL_ERROR),
                after("HEADERS shorter than padding", frame(1, 0xc, 1, 3, 0x82), ErrorCode.PROTOCOL_ERROR),
                after("HEADERS shorter than priority", frame(1, 0x24, 1, 0, 0), ErrorCode.PROTOCOL_ERROR),
                after("padded HEADERS without length", frame(1, 0xc, 1), ErrorCode.FRAME_SIZE_ERROR),
                after("header block interrupted", join(frame(1, 0, 1, 0x82), ping), ErrorCode.PROTOCOL_ERROR),
                after(
                        "header block interrupted by an unknown frame",
                        join(frame(1, 0, 1, 0x82), frame(99, 0, 1)),
                        ErrorCode.PROTOCOL_ERROR),
                after(
                        "header block of another stream",
                        join(frame(1, 0, 1, 0x82), frame(9, 4, 3, 0x82)),
                        ErrorCode.PROTOCOL_ERROR),
                after("CONTINUATION of nothing", frame(9, 4, 1, 0x82), ErrorCode.PROTOCOL_ERROR),
                after("header block too long", header(1, 4, 1, HEADER_BLOCK_MAX + 1), ErrorCode.ENHANCE_YOUR_CALM),
                after(
                        "header block too long in pieces",
                        join(frame(1, 0, 1, new byte[600]), frame(9, 0, 1, new byte[401])),
                        ErrorCode.ENHANCE_YOUR_CALM),
                after("header block in too many pieces", crumbs(17), ErrorCode.ENHANCE_YOUR_CALM),
                after("PRIORITY on stream 0", frame(2, 0, 0, new byte[5]), ErrorCode.PROTOCOL_ERROR),
                after("PRIORITY of 4 bytes", frame(2, 0, 1, new byte[4]), ErrorCode.FRAME_SIZE_ERROR),
                after("RST_STREAM on stream 0", frame(3, 0, 0, new byte[4]), ErrorCode.PROTOCOL_ERROR),
                after("RST_STREAM of 5 bytes", frame(3, 0, 1, new byte[5]), ErrorCode.FRAME_SIZE_ERROR),
                after("SETTINGS on a stream", frame(4, 0, 1), ErrorCode.PROTOCOL_ERROR),
                after("SETTINGS of 7 bytes", frame(4, 0, 0, new byte[7]), ErrorCode.FRAME_SIZE_ERROR),
                after("SETTINGS ack with payload", frame(4, 1, 0, new byte[6]), ErrorCode.FRAME_SIZE_ERROR),
                after("PUSH_PROMISE", frame(5, 4, 1, new byte[4]), ErrorCode.PROTOCOL_ERROR),
                after("PING of 7 bytes", frame(6, 0, 0, new byte[7]), ErrorCode.FRAME_SIZE_ERROR),
                after("PING on a stream", frame(6, 0, 1, new byte[8]), ErrorCode.PROTOCOL_ERROR),
                after("GOAWAY of 7 bytes", frame(7, 0, 0, new byte[7]), ErrorCode.FRAME_SIZE_ERROR),
                after("GOAWAY on a stream", frame(7, 0, 1, new byte[8]), ErrorCode.PROTOCOL_ERROR),
                after("WINDOW_UPDATE of 3 bytes", frame(8, 0, 0, new byte[3]), ErrorCode.FRAME_SIZE_ERROR));
    }

    private static Arguments after(String name, byte[] bytes, ErrorCode expected) {
        return arguments(name, join(SETTINGS, bytes), expected);
    }

    /** What was read first fills its buffer to the last byte. */
    @Test
    void headerBlockMayOutgrowTheBufferItBeganIn() throws Http2Violation {
        var listener = new RecordingListener();
        var reader = new FrameReader(listener, false, FRAME_BYTES_MAX, HEADER_BLOCK_MAX);
        reader.read(allocator, Unpooled.wrappedBuffer(join(SETTINGS, frame(1, 0, 1, 0x82))));
        reader.read(allocator, Unpooled.wrappedBuffer(frame(9, 4, 1, new byte[HEADER_BLOCK_MAX - 1])));
        reader.release();

        assertThat(listener.events())
                .last()
                .asString()
                .isEqualTo("headers 1 82" + "00".repeat(HEADER_BLOCK_MAX - 1) + " false");
    }

    private static byte[] crumbs(int continuations) {
        byte[] all = frame(1, 0, 1);
        for (int i = 0; i < continuations; i++) {
            all = join(all, frame(9, 0, 1));
        }
        return all;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void malformed(String name, byte[] bytes, ErrorCode expected) {
        assertThatThrownBy(() -> read(bytes, false))
                .isInstanceOfSatisfying(
                        Http2Violation.class,
                        violation -> assertThat(violation.code()).isEqualTo(expected));
        int[] everywhere = java.util.stream.IntStream.range(1, bytes.length).toArray();
        assertThatThrownBy(() -> read(bytes, false, everywhere))
                .as("in single bytes")
                .isInstanceOfSatisfying(
                        Http2Violation.class,
                        violation -> assertThat(violation.code()).isEqualTo(expected));
        assertThat(allocator.metric().usedHeapMemory()).as("not released").isZero();
    }

    @Test
    void otherProtocolsAreToldApartByTheirFirstByte() {
        assertThatThrownBy(() -> read(new byte[] {'G'}, true)).hasMessageContaining("preface");
        assertThat(allocator.metric().usedHeapMemory()).as("not released").isZero();
    }

    @Test
    void largestHeaderBlockIsRead() throws Http2Violation {
        byte[] bytes = join(SETTINGS, frame(1, 0, 1, new byte[600]), frame(9, 4, 1, new byte[400]));
        assertThat(read(bytes, false)).hasSize(2);
    }

    /** A frame's bytes and what a listener hears of it. */
    record Sample(String hex, List<String> events) {
        static Sample of(byte[] bytes, List<String> events) {
            return new Sample(FrameReaderTest.hex(bytes), events);
        }

        byte[] bytes() {
            return java.util.HexFormat.of().parseHex(hex);
        }
    }

    @Provide
    Arbitrary<Sample> samples() {
        Arbitrary<Integer> streams = Arbitraries.integers().between(1, Integer.MAX_VALUE);
        Arbitrary<byte[]> payloads = Arbitraries.bytes().array(byte[].class).ofMaxSize(300);
        Arbitrary<Sample> data = Combinators.combine(
                        streams, payloads, Arbitraries.integers().between(-1, 255), Arbitraries.of(false, true))
                .as(FrameReaderTest::data);
        Arbitrary<Sample> headers = Combinators.combine(streams, payloads, Arbitraries.of(false, true))
                .as((stream, block, ends) -> Sample.of(
                        frame(1, ends ? 5 : 4, stream, block),
                        List.of("headers " + stream + " " + hex(block) + " " + ends)));
        Arbitrary<Sample> unknown = Combinators.combine(
                        Arbitraries.integers().between(10, 255),
                        Arbitraries.integers().between(0, 255),
                        payloads)
                .as((type, flags, payload) -> Sample.of(frame(type, flags, 1, payload), List.of()));
        Arbitrary<Sample> ping = Arbitraries.longs()
                .map(payload -> Sample.of(
                        frame(
                                6,
                                0,
                                0,
                                java.nio.ByteBuffer.allocate(8).putLong(payload).array()),
                        List.of("ping " + payload + " false")));
        return Arbitraries.oneOf(data, headers, unknown, ping);
    }

    /** @param padding -1 for none */
    private static Sample data(int stream, byte[] payload, int padding, boolean ends) {
        int extra = padding + 1;
        byte[] bytes = padding < 0
                ? frame(0, ends ? 1 : 0, stream, payload)
                : frame(0, ends ? 9 : 8, stream, join(new byte[] {(byte) padding}, payload, new byte[padding]));
        String begins = "data " + stream + " " + (payload.length + extra) + " " + extra + " " + ends;
        Stream<String> rest = Stream.concat(
                payload.length > 0 ? Stream.of("bytes " + hex(payload)) : Stream.of(),
                ends ? Stream.of("end " + stream) : Stream.of());
        return Sample.of(bytes, Stream.concat(Stream.of(begins), rest).toList());
    }

    private static String hex(byte[] bytes) {
        return java.util.HexFormat.of().formatHex(bytes);
    }

    @Property(tries = 300)
    void anyFramesCutAnywhereAreHeardInOrder(
            @ForAll List<@net.jqwik.api.From("samples") Sample> samples, @ForAll List<Integer> cuts)
            throws Http2Violation {
        byte[] bytes = join(SETTINGS, join(samples.stream().map(Sample::bytes).toArray(byte[][]::new)));
        int[] places = cuts.stream()
                .mapToInt(cut -> Math.floorMod(cut, bytes.length))
                .sorted()
                .toArray();

        List<String> expected = Stream.concat(
                        Stream.of("settings "), samples.stream().flatMap(sample -> sample.events().stream()))
                .toList();
        assertThat(read(bytes, false, places))
                .as("cut at %s", Arrays.toString(places))
                .isEqualTo(expected);
        assertThat(allocator.metric().usedHeapMemory()).as("not released").isZero();
    }
}
