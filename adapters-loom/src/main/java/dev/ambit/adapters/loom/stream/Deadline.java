package dev.ambit.adapters.loom.stream;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Does something when a time has passed, on a virtual thread of its own, unless it is closed before. */
public final class Deadline implements AutoCloseable {
    private final CompletableFuture<Void> passed = new CompletableFuture<>();
    private volatile boolean missed;

    private Deadline() {}

    /** Begins to count; a time that is not positive has passed at once. */
    public static Deadline after(Duration time, Runnable action) {
        var deadline = new Deadline();
        var _ = deadline.passed.thenRunAsync(
                () -> {
                    deadline.missed = true;
                    action.run();
                },
                task -> Thread.ofVirtual().name("deadline").start(task));
        var _ = deadline.passed.completeOnTimeout(null, time.toNanos(), TimeUnit.NANOSECONDS);
        return deadline;
    }

    /** Whether the time has passed, and the action has begun. */
    public boolean isMissed() {
        return missed;
    }

    @Override
    public void close() {
        passed.cancel(false);
    }
}
