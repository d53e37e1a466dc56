package dev.ambit.systemtests;

import java.time.Duration;
import java.util.function.Supplier;

/** Waiting for what other processes do, and telling a person who watches. */
final class Await {

    /** Repeats the assertion until it holds; at the deadline its own failure is thrown. */
    static void asserted(Duration deadline, Runnable assertion) {
        long end = System.nanoTime() + deadline.toNanos();
        while (true) {
            try {
                assertion.run();
                return;
            } catch (AssertionError notYet) {
                if (System.nanoTime() > end) {
                    throw notYet;
                }
                pause();
            }
        }
    }

    static void until(Duration deadline, String what, Supplier<Boolean> condition) {
        asserted(deadline, () -> {
            if (!condition.get()) {
                throw new AssertionError(what + ": not within " + deadline.toMillis() + " ms");
            }
        });
    }

    private static void pause() {
        try {
            Thread.sleep(20);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    /** One line about the step that begins. */
    static void step(String what) {
        System.out.println("system: " + what);
    }

    private Await() {}
}
