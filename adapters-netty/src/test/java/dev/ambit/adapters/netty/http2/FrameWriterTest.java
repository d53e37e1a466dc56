package dev.ambit.adapters.netty.http2;

import static dev.ambit.adapters.netty.http2.Frames.frame;
import static dev.ambit.adapters.netty.http2.Frames.join;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.domain.http2.ErrorCode;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Exception;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class FrameWriterTest {
    private final EmbeddedChannel channel = new EmbeddedChannel(new ChannelInboundHandlerAdapter());
    private final FrameWriter writer = new FrameWriter(channel.pipeline().firstContext());

    private byte[] written() {
        channel.flush();
        ByteBuf all = Unpooled.buffer();
        for (ByteBuf part = channel.readOutbound(); part != null; part = channel.readOutbound()) {
            all.writeBytes(part);
            part.release();
        }
        return ByteBufUtil.getBytes(all);
    }

    @Test
    void framesAreAsTheRfcHasThem() {
        writer.preface();
        writer.settings(2, 0, 4, 4_194_304);
        writer.settingsAck();
        writer.ping(258, true);
        writer.windowUpdate(0, 16_711_681);
        writer.reset(5, ErrorCode.CANCEL);
        writer.goAway(Integer.MAX_VALUE, ErrorCode.ENHANCE_YOUR_CALM);
        writer.data(7, Unpooled.wrappedBuffer(new byte[] {1, 2}), false);
        writer.data(7, Unpooled.wrappedBuffer(new byte[] {3}), true);
        writer.endStream(9);

        assertThat(written())
                .isEqualTo(join(
                        Frames.PREFACE,
                        frame(4, 0, 0, 0, 2, 0, 0, 0, 0, 0, 4, 0, 0x40, 0, 0),
                        frame(4, 1, 0),
                        frame(6, 1, 0, 0, 0, 0, 0, 0, 0, 1, 2),
                        frame(8, 0, 0, 0, 0xff, 0, 1),
                        frame(3, 0, 5, 0, 0, 0, 8),
                        frame(7, 0, 0, 0x7f, 0xff, 0xff, 0xff, 0, 0, 0, 0xb),
                        frame(0, 0, 7, 1, 2),
                        frame(0, 1, 7, 3),
                        frame(0, 1, 9)));
    }

    /** What fits into the room in front of the data costs neither a buffer nor a copy. */
    @Test
    void aFramesHeaderGoesInFrontOfLargeData() {
        ByteBuf data = Unpooled.buffer(16 + 20_000).setIndex(16, 16).writeZero(20_000);

        writer.data(7, data, false);

        channel.flush();
        ByteBuf whole = channel.readOutbound();
        assertThat(whole).isSameAs(data);
        assertThat(ByteBufUtil.getBytes(whole)).isEqualTo(frame(0, 0, 7, new byte[20_000]));
        whole.release();
    }

    /** The other half may still be on its way. */
    @Test
    void dataThatSharesItsBufferIsLeftAlone() {
        ByteBuf data = Unpooled.buffer(40_000).writeBytes(new byte[20_000]).writeZero(20_000);
        data.setByte(19_999, 1);
        ByteBuf first = data.readRetainedSlice(20_000);

        writer.data(7, data, false);

        byte[] expected = frame(0, 0, 7, new byte[20_000]);
        assertThat(written()).isEqualTo(expected);
        assertThat(first.getByte(19_999)).isEqualTo((byte) 1);
        first.release();
    }

    @Test
    void headersThatFitAreOneFrame() throws Http2Exception {
        writer.headers(1, new DefaultHttp2Headers(false).status("200"), true, 16_384);
        assertThat(written()).isEqualTo(frame(1, 5, 1, 0x88));
    }

    @Test
    void headersThatDoNotFitContinue() throws Http2Exception {
        // 40 literal bytes that Huffman coding would not shorten below three pieces of 12
        writer.headers(1, new DefaultHttp2Headers(false).add("x", "~".repeat(40)), true, 12);
        byte[] bytes = written();
        assertThat(bytes[3]).as("HEADERS").isEqualTo((byte) 1);
        assertThat(bytes[4]).as("END_STREAM but not END_HEADERS").isEqualTo((byte) 1);
        int at = 9 + bytes[2];
        while (at + 9 + bytes[at + 2] < bytes.length) {
            assertThat(bytes[at + 3]).as("CONTINUATION").isEqualTo((byte) 9);
            assertThat(bytes[at + 4]).isZero();
            at += 9 + bytes[at + 2];
        }
        assertThat(bytes[at + 3]).isEqualTo((byte) 9);
        assertThat(bytes[at + 4]).as("END_HEADERS").isEqualTo((byte) 4);
    }
}
