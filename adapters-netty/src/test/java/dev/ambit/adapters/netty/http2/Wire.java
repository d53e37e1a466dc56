package dev.ambit.adapters.netty.http2;

import dev.ambit.domain.http2.Http2Violation;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The other end of a session's connection, by hand; time passes when the test says so. */
final class Wire {
    final EmbeddedChannel channel;

    Wire(Http2Session session) {
        channel = new EmbeddedChannel();
        channel.freezeTime();
        channel.pipeline().addLast(session);
    }

    void send(byte[]... frames) {
        channel.writeInbound(Unpooled.wrappedBuffer(Frames.join(frames)));
        channel.runPendingTasks();
    }

    /** What the session has written since the last call. */
    byte[] written() {
        channel.runPendingTasks();
        ByteBuf all = Unpooled.buffer();
        for (ByteBuf part = channel.readOutbound(); part != null; part = channel.readOutbound()) {
            all.writeBytes(part);
            part.release();
        }
        return ByteBufUtil.getBytes(all);
    }

    /** As {@link #written}, as frames. */
    List<String> heard() throws Http2Violation {
        var listener = new RecordingListener();
        var reader = new FrameReader(listener, false, 1 << 20, 65_536);
        reader.read(ByteBufAllocator.DEFAULT, Unpooled.wrappedBuffer(Frames.join(Frames.SETTINGS, written())));
        reader.release();
        List<String> events = listener.events();
        return events.subList(1, events.size());
    }

    boolean isOpen() {
        return channel.isOpen();
    }

    /** HEADERS with these two, without compression. */
    static byte[] request(int stream, String method, String authority) {
        return Frames.frame(1, 4, stream, Frames.join(literal(2, method), literal(1, authority)));
    }

    private static byte[] literal(int name, String value) {
        return Frames.join(new byte[] {(byte) name, (byte) value.length()}, value.getBytes(StandardCharsets.US_ASCII));
    }

    static byte[] setting(int id, int value) {
        return Frames.frame(4, 0, 0, 0, id, value >> 24, value >> 16, value >> 8, value);
    }

    static byte[] window(int stream, int increment) {
        return Frames.frame(8, 0, stream, increment >> 24, increment >> 16, increment >> 8, increment);
    }
}
