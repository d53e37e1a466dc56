package dev.ambit.services.cli.lab;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Waiting, in a program whose job it is to watch others. */
public final class Pause {

    /**
     * Waits.
     *
     * @throws LabException if interrupted
     */
    public static void of(Duration duration) {
        try {
            Thread.sleep(duration);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LabException("interrupted");
        }
    }

    /** Asks every 20 ms until the answer is yes or the deadline is over; returns the last answer. */
    public static boolean until(Duration deadline, BooleanSupplier condition) {
        long end = System.nanoTime() + deadline.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                return false;
            }
            of(Duration.ofMillis(20));
        }
        return true;
    }

    private Pause() {}
}
