package dev.ambit.domain.http2;

/** What the peer's SETTINGS frames say (RFC 9113, section 6.5.2); unknown identifiers are ignored. */
public final class PeerSettings {
    public static final int HEADER_TABLE_SIZE = 1;
    public static final int ENABLE_PUSH = 2;
    public static final int MAX_CONCURRENT_STREAMS = 3;
    public static final int INITIAL_WINDOW_SIZE = 4;
    public static final int MAX_FRAME_SIZE = 5;
    public static final int MAX_HEADER_LIST_SIZE = 6;

    /** What both ends assume until told otherwise. */
    public static final int WINDOW_DEFAULT = 65_535;

    private static final int FRAME_BYTES_MIN = 16_384;
    private static final int FRAME_BYTES_MAX = 16_777_215;

    /** More memory for the peer's header compression than the default is never needed. */
    private static final int HEADER_TABLE_MAX = 4096;

    private int headerTableBytes = HEADER_TABLE_MAX;
    private long streamsMax = Integer.MAX_VALUE;
    private int initialWindow = WINDOW_DEFAULT;
    private int frameBytes = FRAME_BYTES_MIN;

    /** Takes over one setting of a SETTINGS frame. */
    public void apply(int id, long value) throws Http2Violation {
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

    private static void check(boolean valid, ErrorCode code, int id, long value) throws Http2Violation {
        if (!valid) {
            throw new Http2Violation(code, "setting " + id + " has the impossible value " + value);
        }
    }

    /** How much our compression may remember. */
    public int headerTableBytes() {
        return headerTableBytes;
    }

    /** How many streams the peer wants open at a time. */
    public long streamsMax() {
        return streamsMax;
    }

    /** What a new stream may send at once. */
    public int initialWindow() {
        return initialWindow;
    }

    /** How long a frame may be. */
    public int frameBytes() {
        return frameBytes;
    }
}
