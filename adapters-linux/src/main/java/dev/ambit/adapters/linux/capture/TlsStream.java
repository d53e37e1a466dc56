package dev.ambit.adapters.linux.capture;

import java.nio.ByteBuffer;

/**
 * One direction of a TCP connection from its very first byte, checked to be a sequence of TLS records (RFC 8446, section
 * 5.1). Segments must come in order, as on a link that neither loses nor reorders; a repeated one is passed over.
 */
final class TlsStream {
    private static final int HEADER_BYTES = 5;
    private static final int RECORD_BYTES_MAX = (1 << 14) + 256;
    private static final int CHANGE_CIPHER_SPEC = 20;
    private static final int APPLICATION_DATA = 23;

    private final int[] header = new int[HEADER_BYTES];
    private int headerBytes;
    private int recordBytesLeft;
    private int nextSequence;
    private long records;
    private boolean broken;

    /**
     * A stream of which nothing was seen yet.
     *
     * @param firstSequence sequence number of the first data byte
     */
    TlsStream(int firstSequence) {
        this.nextSequence = firstSequence;
    }

    /** Takes the data of one segment. */
    void segment(int sequence, ByteBuffer frame, int from, int to) {
        int ahead = nextSequence - sequence;
        if (ahead > 0 && ahead >= to - from) {
            return;
        }
        if (ahead < 0) {
            broken = true; // a gap: what was lost may have been anything
            return;
        }
        nextSequence = sequence + (to - from);
        for (int i = from + ahead; i < to && !broken; i++) {
            if (recordBytesLeft > 0) {
                int skip = Math.min(recordBytesLeft, to - i);
                recordBytesLeft -= skip;
                i += skip - 1;
            } else {
                headerByte(frame.get(i) & 0xff);
            }
        }
    }

    private void headerByte(int value) {
        header[headerBytes++] = value;
        if (headerBytes < HEADER_BYTES) {
            return;
        }
        headerBytes = 0;
        int length = (header[3] << 8) | header[4];
        boolean record = header[0] >= CHANGE_CIPHER_SPEC
                && header[0] <= APPLICATION_DATA
                && header[1] == 3
                && header[2] <= 3
                && length > 0
                && length <= RECORD_BYTES_MAX;
        if (!record) {
            broken = true;
            return;
        }
        records++;
        recordBytesLeft = length;
    }

    long records() {
        return records;
    }

    /** Whether something was not a TLS record. */
    boolean isBroken() {
        return broken;
    }
}
