package dev.ambit.adapters.loom.tunnel;

import java.time.Duration;

/** Ends something that takes too long, unless it is closed before. */
final class Deadline implements AutoCloseable {
    private final Thread watcher;
    private volatile boolean missed;

    Deadline(Duration time, Runnable end) {
        watcher = Thread.ofVirtual().name("deadline").start(() -> {
            try {
                Thread.sleep(time);
                missed = true;
                end.run();
            } catch (InterruptedException inTime) {
                // What was to be ended is over.
            }
        });
    }

    boolean isMissed() {
        return missed;
    }

    @Override
    public void close() {
        watcher.interrupt();
    }
}
