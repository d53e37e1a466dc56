package dev.ambit.domain.http2;

import java.util.EnumMap;
import java.util.Map;

/**
 * Bounds what costs us more than it costs the peer: frames that demand an answer or carry nothing. A connection that
 * sends more of a kind within ten seconds than any honest peer does is ended.
 */
public final class FloodGuard {
    private static final long PERIOD_NANOS = 10_000_000_000L;

    /** Kinds of frames and how many of each are fine per period. */
    public enum Kind {
        PING(200),
        SETTINGS(100),
        EMPTY_DATA(1000),
        /** A stream taken back before it was answered: rapid reset, CVE-2023-44487. */
        EARLY_RESET(400),
        /** A stream that breaks the rules, so that we reset it: a detour to the same end, MadeYouReset, CVE-2025-8671. */
        BROKEN_STREAM(400),
        /** A request that makes no sense and was answered 400. */
        MALFORMED_REQUEST(400),
        /**
         * A frame on a stream that is over. Honest ones cross with our reset: as many small ones as fit into the buffers
         * of a TCP connection, for each stream that is reset.
         */
        CLOSED_STREAM(100_000),
        /** As {@link #CLOSED_STREAM}, but has to be decompressed. At most one per stream is honest. */
        CLOSED_STREAM_HEADERS(5_000);

        private final int allowed;

        Kind(int allowed) {
            this.allowed = allowed;
        }

        /** How many are fine within ten seconds. */
        public int allowed() {
            return allowed;
        }
    }

    private final Map<Kind, Integer> seen = new EnumMap<>(Kind.class);
    private long periodStart;

    /** @param nowNanos a clock that only its differences matter of, as in {@link #count} */
    public FloodGuard(long nowNanos) {
        periodStart = nowNanos;
    }

    /** Counts one; throws when it is one too many. */
    public void count(Kind kind, long nowNanos) throws Http2Violation {
        if (nowNanos - periodStart > PERIOD_NANOS) {
            periodStart = nowNanos;
            seen.clear();
        }
        if (seen.merge(kind, 1, Integer::sum) > kind.allowed) {
            throw new Http2Violation(
                    ErrorCode.ENHANCE_YOUR_CALM,
                    "flood: more than " + kind.allowed + " of " + kind + " within ten seconds");
        }
    }
}
