package dev.ambit.domain.flow;

import java.util.Optional;

/**
 * A rate with room for bursts. The bucket is only its rule; its level is a value that the caller keeps and hands back,
 * and so is time.
 *
 * @param perSecond tokens that come back each second, more than 0
 * @param burst tokens that can be saved up, at least 1
 */
public record TokenBucket(double perSecond, double burst) {
    private static final double NANOS_PER_SECOND = 1e9;

    public TokenBucket {
        if (!(perSecond > 0) || !(burst >= 1)) {
            throw new IllegalArgumentException(
                    "rate " + perSecond + " must be more than 0 and burst " + burst + " at least 1");
        }
    }

    /**
     * How full a bucket is.
     *
     * @param nanos when, on the caller's clock, which has any origin and never goes back
     */
    public record Level(double tokens, long nanos) {}

    public Level full(long nanos) {
        return new Level(burst, nanos);
    }

    /** How many there are by now. */
    public double tokens(Level level, long nanos) {
        double elapsed = Math.max(0, nanos - level.nanos()) / NANOS_PER_SECOND;
        return Math.min(burst, level.tokens() + elapsed * perSecond);
    }

    /** The level after one token was taken; empty if there was none. */
    public Optional<Level> take(Level level, long nanos) {
        double tokens = tokens(level, nanos);
        return tokens < 1 ? Optional.empty() : Optional.of(new Level(tokens - 1, nanos));
    }
}
