package dev.ambit.services.controlplane.issuing;

import dev.ambit.ports.ca.CertificateAuthorityException;
import dev.ambit.ports.telemetry.Gauge;
import dev.ambit.ports.telemetry.Meter;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the start waiting for what it cannot do without and what comes by itself: the roots, which are where an API server is
 * that may come later, or a right that somebody still has to grant. Everything else that fails ends the start.
 *
 * <p>Whoever asks hears why; a line in the log says so at once, whenever the reason changes, and now and then.
 */
public final class StartupGate implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StartupGate.class);
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final Duration REMINDER = Duration.ofSeconds(15);
    private static final int CAUSES_MAX = 50;

    private final LongSupplier nanos;
    private final CompletableFuture<@Nullable Void> begun = new CompletableFuture<>();
    private final CountDownLatch closing = new CountDownLatch(1);
    private volatile String waitingFor = "";

    /**
     * Closed until {@link #begin} has succeeded.
     *
     * @param nanos a clock of any origin that never goes back
     */
    public StartupGate(Meter meter, LongSupplier nanos) {
        this.nanos = nanos;
        meter.gauge(Gauge.START_WAITS, () -> waitingFor.isEmpty() ? 0 : 1);
    }

    /**
     * Runs the start, on this thread if it succeeds at once, else again and again on another one.
     *
     * @param start may be run again after it has thrown
     * @param waits whether to wait at all, or to throw whatever the start throws
     */
    public void begin(Runnable start, boolean waits) {
        Optional<String> why = attempt(start, waits);
        if (why.isEmpty()) {
            return;
        }
        waitingFor = why.get();
        var _ = Thread.ofPlatform().daemon().name("startup").start(() -> keepTrying(start));
    }

    /** Why it has to be tried again; empty once it is done. */
    private Optional<String> attempt(Runnable start, boolean waits) {
        try {
            start.run();
            begun.complete(null);
            return Optional.empty();
        } catch (RuntimeException e) {
            Optional<String> why = waits ? passing(e) : Optional.empty();
            if (why.isEmpty()) {
                begun.completeExceptionally(e);
                throw e;
            }
            return why;
        }
    }

    /** What the framework wraps is what counts. */
    private static Optional<String> passing(Throwable failure) {
        Throwable at = failure;
        for (int i = 0; i < CAUSES_MAX && at != null; i++) {
            if (at instanceof CertificateAuthorityException) {
                return Optional.of(String.valueOf(at.getMessage()));
            }
            at = at.getCause();
        }
        return Optional.empty();
    }

    private void keepTrying(Runnable start) {
        long began = nanos.getAsLong();
        long said = began;
        say(0);
        try {
            while (!closing.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS)) {
                Optional<String> why = attempt(start, true);
                long now = nanos.getAsLong();
                if (why.isEmpty()) {
                    waitingFor = "";
                    LOG.info(
                            "the start goes on\twaitedSeconds={}",
                            Duration.ofNanos(now - began).toSeconds());
                    return;
                }
                boolean other = !why.get().equals(waitingFor);
                waitingFor = why.get();
                if (other || now - said >= REMINDER.toNanos()) {
                    said = now;
                    say(now - began);
                }
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            // Whoever waits at the gate hears of it, and ends the process.
            LOG.debug("the start failed for good", e);
        }
    }

    private void say(long waited) {
        LOG.warn(
                "the start waits\twhy=\"{}\" waitedSeconds={}",
                waitingFor,
                Duration.ofNanos(waited).toSeconds());
    }

    /** Waits until everything runs. Throws what ended the start, if it ended. */
    public void pass() {
        try {
            begun.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException failure ? failure : e;
        }
    }

    public boolean isOpen() {
        return begun.isDone() && !begun.isCompletedExceptionally();
    }

    /** What the start waits for; empty if for nothing. */
    public String waitingFor() {
        return waitingFor;
    }

    /** Nothing is tried any more, and nobody waits any longer. Idempotent. */
    @Override
    public void close() {
        closing.countDown();
        begun.completeExceptionally(new IllegalStateException(
                "told to end before everything ran" + (waitingFor.isEmpty() ? "" : ", waiting for: " + waitingFor)));
    }
}
