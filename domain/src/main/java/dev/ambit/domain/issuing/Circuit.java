package dev.ambit.domain.issuing;

import java.time.Duration;
import java.time.Instant;

/**
 * Whether a backend that failed is asked again (<a href="https://learn.microsoft.com/azure/architecture/patterns/circuit-breaker">circuit
 * breaker</a>). After {@value #FAILURES_TO_OPEN} failures in a row it is left alone for a while, then asked by one caller at a
 * time; every further failure doubles the pause, one success ends it. Immutable.
 *
 * @param failures in a row
 * @param nextAttempt nobody asks before; the past while the circuit is closed
 */
public record Circuit(int failures, Instant nextAttempt) {

    /** One failure is a hiccup, three are a state. */
    public static final int FAILURES_TO_OPEN = 3;

    /** The first pause; short, because node proxies wait ten seconds for a certificate. */
    public static final Duration PAUSE_FIRST = Duration.ofSeconds(1);

    /** The longest pause: so long may it take until somebody notices that the backend is back. */
    public static final Duration PAUSE_LONGEST = Duration.ofSeconds(30);

    /** Nothing has failed. */
    public static final Circuit CLOSED = new Circuit(0, Instant.MIN);

    private static final int DOUBLINGS_MAX = 5;
    private static final int FAILURES_COUNTED = 1000;

    /** Whether the backend may be asked now. */
    public boolean lets(Instant now) {
        return !now.isBefore(nextAttempt);
    }

    /** Whether callers are being turned away, or let through one by one. */
    public boolean isOpen() {
        return failures >= FAILURES_TO_OPEN;
    }

    /** Somebody asks now; while the circuit is open, nobody else does until the answer is here or a pause is over. */
    public Circuit asked(Instant now) {
        return isOpen() ? new Circuit(failures, now.plus(pause(failures))) : this;
    }

    /** The backend failed. */
    public Circuit failed(Instant now) {
        int counted = Math.min(failures + 1, FAILURES_COUNTED);
        return new Circuit(counted, counted < FAILURES_TO_OPEN ? nextAttempt : now.plus(pause(counted)));
    }

    private static Duration pause(int failures) {
        int doublings = Math.min(failures - FAILURES_TO_OPEN, DOUBLINGS_MAX);
        Duration pause = PAUSE_FIRST.multipliedBy(1L << doublings);
        return pause.compareTo(PAUSE_LONGEST) > 0 ? PAUSE_LONGEST : pause;
    }
}
