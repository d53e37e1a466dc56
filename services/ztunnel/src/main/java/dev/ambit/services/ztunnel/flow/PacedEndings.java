package dev.ambit.services.ztunnel.flow;

import dev.ambit.domain.flow.RefusalReason;
import dev.ambit.domain.flow.TokenBucket;
import java.time.Duration;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends connections at a bounded rate: whoever attaches a waypoint to a busy service must not make all of its callers
 * connect again in the same second. Each is judged again when its turn comes, so a change that is taken back spares those
 * that still wait.
 */
final class PacedEndings {
    private static final Logger LOG = LoggerFactory.getLogger(PacedEndings.class);
    private static final Duration TICK = Duration.ofMillis(100);

    private final Queue<TrackedFlow> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean scheduled = new AtomicBoolean();
    private final TokenBucket pace;
    private final LongSupplier nanos;
    private final ScheduledExecutorService scheduler;
    private final Function<TrackedFlow, Optional<RefusalReason>> judge;
    private final Ending ending;
    private TokenBucket.Level level;

    /** Ends one. */
    @FunctionalInterface
    interface Ending {
        void end(TrackedFlow flow, RefusalReason reason);
    }

    /**
     * Nothing waits at first.
     *
     * @param perSecond connections that may be ended each second, at least 1
     * @param scheduler runs the endings; its owner shuts it down
     * @param judge why a connection has to end; empty if it may go on after all
     */
    PacedEndings(
            int perSecond,
            LongSupplier nanos,
            ScheduledExecutorService scheduler,
            Function<TrackedFlow, Optional<RefusalReason>> judge,
            Ending ending) {
        this.pace = new TokenBucket(perSecond, Math.max(1, perSecond / 10.0));
        this.nanos = nanos;
        this.scheduler = scheduler;
        this.judge = judge;
        this.ending = ending;
        this.level = pace.full(nanos.getAsLong());
    }

    void add(TrackedFlow flow) {
        if (flow.queue()) {
            waiting.add(flow);
            schedule(Duration.ZERO);
        }
    }

    int waitingCount() {
        return waiting.size();
    }

    private void schedule(Duration delay) {
        if (!scheduled.compareAndSet(false, true)) {
            return;
        }
        try {
            var _ = scheduler.schedule(this::tick, delay.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException stopping) {
            // The process stops, and with it every connection.
        }
    }

    private void tick() {
        scheduled.set(false);
        try {
            endSome();
        } catch (RuntimeException broken) {
            LOG.error("a connection could not be ended", broken);
        }
        if (!waiting.isEmpty()) {
            schedule(TICK);
        }
    }

    private synchronized void endSome() {
        while (!waiting.isEmpty()) {
            Optional<TokenBucket.Level> taken = pace.take(level, nanos.getAsLong());
            if (taken.isEmpty()) {
                return;
            }
            TrackedFlow flow = waiting.remove();
            flow.unqueue();
            Optional<RefusalReason> reason = judge.apply(flow);
            if (reason.isPresent()) {
                level = taken.get();
                ending.end(flow, reason.get());
            }
        }
    }
}
