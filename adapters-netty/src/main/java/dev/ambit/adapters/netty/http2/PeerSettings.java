package dev.ambit.adapters.netty.http2;

import io.netty.buffer.ByteBuf;

/** What the peer's SETTINGS frames say (RFC 9113, section 6.5.2); unknown identifiers are ignored. */
final class PeerSettings {
    static final int HEADER_TABLE_SIZE = 1;
    static final int ENABLE_PUSH = 2;
    static final int MAX_CONCURRENT_STREAMS = 3;
    static final int INITIAL_WINDOW_SIZE = 4;
    static final int MAX_FRAME_SIZE = 5;
    static final int MAX_HEADER_LIST_SIZE = 6;

    /** What both ends assume until told otherwise. */
    static final int WINDOW_DEFAULT = 65_535;

    private static final int FRAME_BYTES_MIN = 16_384;
    private static final int FRAME_BYTES_MAX = 16_777_215;

    /** More memory for the peer's header compression than the default is never needed. */
    private static final int HEADER_TABLE_MAX = 4096;

    private int headerTableBytes = HEADER_TABLE_MAX;
    private long streamsMax = Integer.MAX_VALUE;
    private int initialWindow = WINDOW_DEFAULT;
    private int frameBytes = FRAME_BYTES_MIN;

    /** Takes over a SETTINGS payload; its length is already known to be right. */
    void apply(ByteBuf payload) throws Http2Violation {
        while (payload.isReadable()) {
            int id = payload.readUnsignedShort();
            long value = payload.readUnsignedInt();
            switch (id) {
                case HEADER_TABLE_SIZE -> headerTableBytes = (int) Math.min(value, HEADER_TABLE_MAX);
                case ENABLE_PUSH -> check(value <= 1, ErrorCode.PROTOCOL_ERROR, id, value);
                case MAX_CONCURRENT_STREAMS -> streamsMax = value;
                case INITIAL_WINDOW_SIZE -> {
                    check(value <= Integer.MAX_VALUE, ErrorCode.FLOW_CONTROL_ERROR, id, value);
                    initialWindow = (int) value;
                }
                case MAX_FRAME_SIZE -> {
                    check(value >= FRAME_BYTES_MIN && value <= FRAME_BYTES_MAX, ErrorCode.PROTOCOL_ERROR, id, value);
                    frameBytes = (int) value;
                }
                default -> {
                    // MAX_HEADER_LIST_SIZE is advice, and our headers are small; the rest is unknown.
                }
            }
        }
    }

    private static void check(boolean valid, ErrorCode code, int id, long value) throws Http2Violation {
        if (!valid) {
            throw new Http2Violation(code, "setting " + id + " has the impossible value " + value);
        }
    }

    int headerTableBytes() {
        return headerTableBytes;
    }

    long streamsMax() {
        return streamsMax;
    }

    int initialWindow() {
        return initialWindow;
    }

    int frameBytes() {
        return frameBytes;
    }
}
