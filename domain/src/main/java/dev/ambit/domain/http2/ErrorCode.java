package dev.ambit.domain.http2;

/** Why a stream or a connection ends: RFC 9113, section 7. */
public enum ErrorCode {
    NO_ERROR(0x0),
    PROTOCOL_ERROR(0x1),
    INTERNAL_ERROR(0x2),
    FLOW_CONTROL_ERROR(0x3),
    SETTINGS_TIMEOUT(0x4),
    STREAM_CLOSED(0x5),
    FRAME_SIZE_ERROR(0x6),
    REFUSED_STREAM(0x7),
    CANCEL(0x8),
    COMPRESSION_ERROR(0x9),
    CONNECT_ERROR(0xa),
    ENHANCE_YOUR_CALM(0xb),
    INADEQUATE_SECURITY(0xc),
    HTTP_1_1_REQUIRED(0xd);

    private final int code;

    ErrorCode(int code) {
        this.code = code;
    }

    /** The number on the wire. */
    public int code() {
        return code;
    }

    /** Whether the number from the wire is this one. */
    public boolean is(long other) {
        return code == other;
    }

    /** The code's name for a message, also of one that is not defined. */
    public static String name(long code) {
        for (ErrorCode known : values()) {
            if (known.is(code)) {
                return known.name();
            }
        }
        return "error " + code;
    }
}
