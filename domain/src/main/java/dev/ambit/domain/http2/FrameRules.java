package dev.ambit.domain.http2;

import static dev.ambit.domain.http2.FrameType.ACK;
import static dev.ambit.domain.http2.FrameType.CONTINUATION;
import static dev.ambit.domain.http2.FrameType.DATA;
import static dev.ambit.domain.http2.FrameType.GOAWAY;
import static dev.ambit.domain.http2.FrameType.HEADERS;
import static dev.ambit.domain.http2.FrameType.PADDED;
import static dev.ambit.domain.http2.FrameType.PING;
import static dev.ambit.domain.http2.FrameType.PRIORITY;
import static dev.ambit.domain.http2.FrameType.PUSH_PROMISE;
import static dev.ambit.domain.http2.FrameType.RST_STREAM;
import static dev.ambit.domain.http2.FrameType.SETTINGS;
import static dev.ambit.domain.http2.FrameType.WINDOW_UPDATE;

/** What a frame's header alone tells about its being allowed where it comes (RFC 9113, sections 4 and 6). */
public final class FrameRules {
    /** Frames other than DATA and header blocks carry a few words; a GOAWAY may carry an explanation. */
    private static final int CONTROL_BYTES_MAX = 16_384;

    /** A header block in more pieces than this is an attack (CVE-2024-27316 and its kin). */
    private static final int CONTINUATIONS_MAX = 16;

    private final int frameBytesMax;
    private final int headerBlockMax;
    private boolean settingsSeen;
    private int blockStream;
    private int blockBytes;
    private int continuations;

    /**
     * The rules of one connection.
     *
     * @param frameBytesMax the SETTINGS_MAX_FRAME_SIZE that we announced
     * @param headerBlockMax bytes of a compressed header block
     */
    public FrameRules(int frameBytesMax, int headerBlockMax) {
        this.frameBytesMax = frameBytesMax;
        this.headerBlockMax = headerBlockMax;
    }

    /** Checks the frame that comes next on the connection. */
    public void check(int type, int flags, int length, int stream) throws Http2Violation {
        if (length > frameBytesMax) {
            throw violation(ErrorCode.FRAME_SIZE_ERROR, "frame of " + length + " bytes, allowed are " + frameBytesMax);
        }
        if (!settingsSeen && type != SETTINGS) {
            throw violation(ErrorCode.PROTOCOL_ERROR, "first frame is of type " + type + ", not SETTINGS");
        }
        settingsSeen = true;
        boolean continues = blockStream != 0;
        if (continues != (type == CONTINUATION) || (continues && stream != blockStream)) {
            throw violation(ErrorCode.PROTOCOL_ERROR, "header block of a stream is interrupted or continues nothing");
        }
        if (!fits(type, flags, length)) {
            throw violation(ErrorCode.FRAME_SIZE_ERROR, "frame of type " + type + " with " + length + " bytes");
        }
        if (!belongs(type, stream)) {
            throw violation(ErrorCode.PROTOCOL_ERROR, "frame of type " + type + " on stream " + stream);
        }
        if (type == HEADERS || type == CONTINUATION) {
            countBlock(type, flags, length, stream);
        }
    }

    private static boolean fits(int type, int flags, int length) {
        return switch (type) {
            case DATA, HEADERS -> (flags & PADDED) == 0 || length > 0;
            case PRIORITY -> length == 5;
            case RST_STREAM, WINDOW_UPDATE -> length == 4;
            case SETTINGS -> length % 6 == 0 && length <= CONTROL_BYTES_MAX && ((flags & ACK) == 0 || length == 0);
            case PING -> length == 8;
            case GOAWAY -> length >= 8 && length <= CONTROL_BYTES_MAX;
            default -> true;
        };
    }

    private static boolean belongs(int type, int stream) {
        return switch (type) {
            case DATA, HEADERS, PRIORITY, RST_STREAM, CONTINUATION -> stream != 0;
            case SETTINGS, PING, GOAWAY -> stream == 0;
            case PUSH_PROMISE -> false;
            default -> true;
        };
    }

    private void countBlock(int type, int flags, int length, int stream) throws Http2Violation {
        if (type == HEADERS) {
            blockBytes = 0;
            continuations = 0;
        } else {
            continuations++;
        }
        blockBytes += length;
        if (blockBytes > headerBlockMax || continuations > CONTINUATIONS_MAX) {
            throw violation(
                    ErrorCode.ENHANCE_YOUR_CALM,
                    "header block of more than " + headerBlockMax + " bytes or " + CONTINUATIONS_MAX + " pieces");
        }
        blockStream = (flags & FrameType.END_HEADERS) != 0 ? 0 : stream;
    }

    private static Http2Violation violation(ErrorCode code, String message) {
        return new Http2Violation(code, message);
    }
}
