package dev.ambit.adapters.k8s.cluster;

import java.time.Duration;
import java.time.Instant;

/**
 * How often something was written without lasting. Somebody else who writes the same, or an API server that refuses,
 * must not keep us busy.
 *
 * @param wanted what was written
 * @param count of attempts, one at least
 * @param next when the next one is allowed
 */
public record WriteAttempts<T>(T wanted, int count, Instant next) {
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(5);

    /** From here on it is worth a line in the log. */
    public static final int MANY = 5;

    public static <T> WriteAttempts<T> first(T wanted, Instant now) {
        return new WriteAttempts<>(wanted, 1, now.plus(FIRST_PAUSE));
    }

    /** After one more; what was not wanted before counts anew, and so does what lasted. */
    public WriteAttempts<T> again(T nowWanted, Instant now) {
        if (!nowWanted.equals(wanted) || now.isAfter(next.plus(LONGEST_PAUSE))) {
            return first(nowWanted, now);
        }
        int doublings = Math.min(count, 10);
        Duration pause = FIRST_PAUSE.multipliedBy(1L << doublings);
        return new WriteAttempts<>(
                wanted, count + 1, now.plus(pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE));
    }

    public boolean isAllowed(T nowWanted, Instant now) {
        return !nowWanted.equals(wanted) || !now.isBefore(next);
    }
}
