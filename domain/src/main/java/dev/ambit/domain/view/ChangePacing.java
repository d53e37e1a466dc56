package dev.ambit.domain.view;

import java.time.Duration;

/**
 * When changes are passed on: at once after a quiet time, together while they keep coming.
 *
 * @param quiet how long nothing has to come for what waits to be passed on, and for the next change not to wait at all
 * @param longest that anything waits while changes keep coming
 */
public record ChangePacing(Duration quiet, Duration longest) {

    /** Nothing ever waits. */
    public static final ChangePacing AT_ONCE = new ChangePacing(Duration.ZERO, Duration.ZERO);

    public ChangePacing {
        if (quiet.isNegative() || longest.isNegative()) {
            throw new IllegalArgumentException("a time is negative: " + quiet + ", " + longest);
        }
    }

    /**
     * When what waits is passed on, after a change has come that found nothing waiting. All times are nanoseconds of one
     * clock.
     *
     * @param before when the change before this one came
     */
    public long dueAlone(long before, long now) {
        return now - before >= quiet.toNanos() ? now : now + Math.min(quiet.toNanos(), longest.toNanos());
    }

    /**
     * When what waits is passed on, after one more change has come.
     *
     * @param first when the oldest change that waits came
     * @param due when what waits was to be passed on, without this change
     */
    public long dueTogether(long first, long due, long now) {
        if (due - now <= 0) {
            return due;
        }
        return now + Math.min(quiet.toNanos(), Math.max(0, longest.toNanos() - (now - first)));
    }
}
