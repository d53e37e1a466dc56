package dev.ambit.ports.time;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.Delayed;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A scheduler and its clock. Nothing runs and no time passes until the test says so; then everything that is due runs on
 * the test's thread, in order. For one thread only.
 */
public final class ManualScheduler extends AbstractExecutorService implements ScheduledExecutorService, InstantSource {
    private final PriorityQueue<Task<?>> tasks = new PriorityQueue<>(
            Comparator.comparing((Task<?> task) -> task.due).thenComparingLong(task -> task.number));
    private Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    private long numbered;
    private boolean shutdown;

    @Override
    public Instant instant() {
        return now;
    }

    /** Runs what is due now, and what that makes due now. */
    public void runDue() {
        advance(Duration.ZERO);
    }

    /** Lets time pass, and runs each task at its time. */
    public void advance(Duration by) {
        Instant target = now.plus(by);
        for (Task<?> next = tasks.peek(); next != null && !next.due.isAfter(target); next = tasks.peek()) {
            tasks.remove(next);
            now = next.due.isAfter(now) ? next.due : now;
            next.run();
        }
        now = target;
    }

    /** How many tasks wait for their time. */
    public int waiting() {
        tasks.removeIf(FutureTask::isCancelled);
        return tasks.size();
    }

    @Override
    public void execute(Runnable command) {
        var _ = schedule(command, 0, TimeUnit.NANOSECONDS);
    }

    @Override
    public ScheduledFuture<?> schedule(Runnable command, long delay, TimeUnit unit) {
        return schedule(Executors.callable(command), delay, unit);
    }

    @Override
    public <V> ScheduledFuture<V> schedule(Callable<V> callable, long delay, TimeUnit unit) {
        if (shutdown) {
            throw new RejectedExecutionException("shut down");
        }
        var task = new Task<>(callable, now.plus(Duration.of(delay, unit.toChronoUnit())), numbered++);
        tasks.add(task);
        return task;
    }

    @Override
    public ScheduledFuture<?> scheduleAtFixedRate(Runnable command, long first, long period, TimeUnit unit) {
        return scheduleWithFixedDelay(command, first, period, unit);
    }

    @Override
    public ScheduledFuture<?> scheduleWithFixedDelay(Runnable command, long first, long delay, TimeUnit unit) {
        return schedule(
                () -> {
                    command.run();
                    if (!shutdown) {
                        var _ = scheduleWithFixedDelay(command, delay, delay, unit);
                    }
                },
                first,
                unit);
    }

    @Override
    public void shutdown() {
        shutdown = true;
    }

    @Override
    public List<Runnable> shutdownNow() {
        shutdown = true;
        List<Runnable> left = List.copyOf(tasks);
        tasks.clear();
        return left;
    }

    @Override
    public boolean isShutdown() {
        return shutdown;
    }

    @Override
    public boolean isTerminated() {
        return shutdown && tasks.isEmpty();
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) {
        return isTerminated();
    }

    private final class Task<V> extends FutureTask<V> implements ScheduledFuture<V> {
        private final Instant due;
        private final long number;

        Task(Callable<V> work, Instant due, long number) {
            super(work);
            this.due = due;
            this.number = number;
        }

        @Override
        public long getDelay(TimeUnit unit) {
            return unit.convert(Duration.between(now, due));
        }

        @Override
        public int compareTo(Delayed other) {
            return Long.compare(getDelay(TimeUnit.NANOSECONDS), other.getDelay(TimeUnit.NANOSECONDS));
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return this == other;
        }

        @Override
        public int hashCode() {
            return System.identityHashCode(this);
        }
    }
}
