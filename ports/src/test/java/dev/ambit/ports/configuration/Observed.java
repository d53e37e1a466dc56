package dev.ambit.ports.configuration;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** What a listener was told, and a way to wait until it is told what a test expects. */
final class Observed<T> {
    private static final Duration DEADLINE = Duration.ofSeconds(5);

    private final List<T> values = new ArrayList<>();

    synchronized void add(T value) {
        values.add(value);
        notifyAll();
    }

    /** Waits until the newest value is as expected, and returns it. */
    synchronized T await(String expected, Predicate<T> condition) {
        long deadline = System.nanoTime() + DEADLINE.toNanos();
        while (values.isEmpty() || !condition.test(values.getLast())) {
            long left = Duration.ofNanos(deadline - System.nanoTime()).toMillis();
            if (left <= 0) {
                throw new AssertionError("not seen within " + DEADLINE + ": " + expected + "; last: "
                        + (values.isEmpty() ? "nothing" : values.getLast()));
            }
            try {
                wait(left);
            } catch (InterruptedException interrupted) {
                throw new AssertionError(interrupted);
            }
        }
        return values.getLast();
    }

    synchronized List<T> all() {
        return List.copyOf(values);
    }

    synchronized T latest() {
        return values.getLast();
    }
}
