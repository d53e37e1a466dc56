package dev.ambit.adapters.netty.http2;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Frames byte by byte, written down again from RFC 9113 so that reader and writer cannot agree on the same mistake. */
final class Frames {
    static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    static final byte[] SETTINGS = frame(4, 0, 0);

    static byte[] frame(int type, int flags, int stream, int... payload) {
        byte[] bytes = new byte[payload.length];
        for (int i = 0; i < payload.length; i++) {
            bytes[i] = (byte) payload[i];
        }
        return frame(type, flags, stream, bytes);
    }

    static byte[] frame(int type, int flags, int stream, byte[] payload) {
        return join(header(type, flags, stream, payload.length), payload);
    }

    /** The nine bytes before a payload. */
    static byte[] header(int type, int flags, int stream, int length) {
        return new byte[] {
            (byte) (length >> 16),
            (byte) (length >> 8),
            (byte) length,
            (byte) type,
            (byte) flags,
            (byte) (stream >> 24),
            (byte) (stream >> 16),
            (byte) (stream >> 8),
            (byte) stream
        };
    }

    static byte[] join(byte[]... parts) {
        var all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    private Frames() {}
}
