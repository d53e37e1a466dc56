package dev.ambit.services.ztunnel.profile;

import jakarta.inject.Singleton;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes profiles of this process, one at a time. Costs nothing until the first. */
@Singleton
public final class Profiler {
    private static final Logger LOG = LoggerFactory.getLogger(Profiler.class);
    private static final Executor THREADS = Thread::startVirtualThread;

    private final AtomicBoolean busy = new AtomicBoolean();

    /** Why there is no profile. */
    public static final class ProfileException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final boolean busy;

        ProfileException(String message, boolean busy) {
            super(message);
            this.busy = busy;
        }

        /** Whether there may be one later. */
        public boolean isBusy() {
            return busy;
        }
    }

    /**
     * A profile of the time from now on, gzipped as pprof reads it. Fails with a {@link ProfileException} while another is
     * being taken, or where the JVM has no recorder or nowhere to write to.
     *
     * @param perSecond samples of each thread
     */
    public CompletionStage<byte[]> take(ProfileKind kind, Duration time, int perSecond) {
        if (!busy.compareAndSet(false, true)) {
            return CompletableFuture.failedFuture(
                    new ProfileException("a profile is being taken; try again later", true));
        }
        LOG.info("taking a profile\tkind={} time={} perSecond={}", kind, time, perSecond);
        return CompletableFuture.supplyAsync(() -> begin(kind, perSecond), THREADS)
                .thenApplyAsync(
                        Profiler::finish,
                        CompletableFuture.delayedExecutor(time.toMillis(), TimeUnit.MILLISECONDS, THREADS))
                .whenComplete((_, _) -> busy.set(false));
    }

    private static JfrProfile begin(ProfileKind kind, int perSecond) {
        try {
            return new JfrProfile(kind, perSecond);
        } catch (RuntimeException | LinkageError e) {
            throw failed(e);
        }
    }

    private static byte[] finish(JfrProfile profile) {
        try (profile) {
            return profile.finish();
        } catch (IOException | RuntimeException e) {
            throw failed(e);
        }
    }

    private static ProfileException failed(Throwable cause) {
        LOG.warn("no profile could be taken\tcause=\"{}\"", cause.toString());
        return new ProfileException(
                "no profile could be taken: " + cause + "; the JVM needs its module jdk.jfr and a folder to write to"
                        + " (-Djava.io.tmpdir)",
                false);
    }
}
