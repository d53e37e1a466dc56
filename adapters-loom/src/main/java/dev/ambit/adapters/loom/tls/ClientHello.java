package dev.ambit.adapters.loom.tls;

import java.nio.ByteBuffer;

/** What a client says first, as far as application protocols go (RFC 8446, section 4.1.2; RFC 7301). */
final class ClientHello {
    /** A plaintext record with a fatal alert 120 (RFC 8446, sections 5.1 and 6). */
    static final byte[] NO_APPLICATION_PROTOCOL = {21, 3, 3, 0, 2, 2, 120};

    /** A ClientHello with a post-quantum key share is below 2 KiB. */
    static final int BYTES_MAX = 16 << 10;

    private static final int RECORD_HEADER_BYTES = 5;
    private static final int HANDSHAKE_RECORD = 22;
    private static final int HANDSHAKE_HEADER_BYTES = 4;
    private static final int VERSION_AND_RANDOM_BYTES = 34;
    private static final int EXTENSION_ALPN = 16;

    /** Whether the first record is all there, or is none of a handshake. */
    static boolean isWhole(ByteBuffer received) {
        if (!received.hasRemaining()) {
            return false;
        }
        if (received.get(received.position()) != HANDSHAKE_RECORD) {
            return true;
        }
        return received.remaining() >= RECORD_HEADER_BYTES
                && received.remaining() - RECORD_HEADER_BYTES >= (received.getShort(received.position() + 3) & 0xffff);
    }

    /**
     * False for a client that names application protocols and not h2. One that names none is let through, as Istio's
     * ztunnel does; so is what is malformed or comes in several records: TLS has the right alert for it.
     */
    static boolean mayEnter(ByteBuffer received) {
        try {
            int at = received.position() + RECORD_HEADER_BYTES + HANDSHAKE_HEADER_BYTES + VERSION_AND_RANDOM_BYTES;
            at += 1 + unsigned(received, at);
            at += 2 + unsignedShort(received, at);
            at += 1 + unsigned(received, at);
            int end = at + 2 + unsignedShort(received, at);
            at += 2;
            while (at < end) {
                int length = unsignedShort(received, at + 2);
                if (unsignedShort(received, at) == EXTENSION_ALPN) {
                    return namesHttp2(received, at + 4, length);
                }
                at += 4 + length;
            }
            return true;
        } catch (IndexOutOfBoundsException malformed) {
            return true;
        }
    }

    private static boolean namesHttp2(ByteBuffer hello, int start, int bytes) {
        int at = start + 2;
        while (at < start + bytes) {
            int length = unsigned(hello, at);
            if (length == 2 && hello.get(at + 1) == 'h' && hello.get(at + 2) == '2') {
                return true;
            }
            at += 1 + length;
        }
        return false;
    }

    private static int unsigned(ByteBuffer bytes, int at) {
        return bytes.get(at) & 0xff;
    }

    private static int unsignedShort(ByteBuffer bytes, int at) {
        return bytes.getShort(at) & 0xffff;
    }

    private ClientHello() {}
}
