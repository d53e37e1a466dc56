package dev.ambit.adapters.k8s.cluster;

import dev.ambit.adapters.k8s.translate.ObjectCondition;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * How often a status was written without lasting. Somebody else who writes the same, or an API server that refuses,
 * must not keep us busy.
 *
 * @param wanted what was written
 * @param count of attempts, one at least
 * @param next when the next one is allowed
 */
record WriteAttempts(List<ObjectCondition> wanted, int count, Instant next) {
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(5);

    /** From here on it is worth a line in the log. */
    static final int MANY = 5;

    WriteAttempts {
        wanted = List.copyOf(wanted);
    }

    static WriteAttempts first(List<ObjectCondition> wanted, Instant now) {
        return new WriteAttempts(wanted, 1, now.plus(FIRST_PAUSE));
    }

    /** After one more; what was not wanted before counts anew, and so does what lasted. */
    WriteAttempts again(List<ObjectCondition> nowWanted, Instant now) {
        if (!nowWanted.equals(wanted) || now.isAfter(next.plus(LONGEST_PAUSE))) {
            return first(nowWanted, now);
        }
        int doublings = Math.min(count, 10);
        Duration pause = FIRST_PAUSE.multipliedBy(1L << doublings);
        return new WriteAttempts(
                wanted, count + 1, now.plus(pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE));
    }

    boolean isAllowed(List<ObjectCondition> nowWanted, Instant now) {
        return !nowWanted.equals(wanted) || !now.isBefore(next);
    }
}
