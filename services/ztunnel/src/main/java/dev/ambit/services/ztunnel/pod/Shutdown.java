package dev.ambit.services.ztunnel.pod;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The end of this process, whoever asks for it: listeners stop accepting, tunnels are told, connections may finish, and
 * what is left at the deadline is closed with that reason. Then the process exits.
 *
 * <p>A pod that another proxy serves by now (an upgrade) has a deadline of its own, far longer: its new connections find
 * somebody, so nothing but the old process's memory speaks against letting the old ones end by themselves.
 *
 * <p>Safe for use by several threads.
 */
public final class Shutdown {
    private static final Logger LOG = LoggerFactory.getLogger(Shutdown.class);

    private final ServedPods pods;
    private final Duration deadline;
    private final Duration upgradeDeadline;
    private final IntConsumer exit;
    private final AtomicBoolean begun = new AtomicBoolean();
    private final CompletableFuture<Void> drained = new CompletableFuture<>();

    /**
     * Nothing ends yet.
     *
     * @param deadline how long connections of a pod may go on that nobody else serves
     * @param upgradeDeadline how long those of a pod may that another proxy serves by now
     * @param exit ends the process with a status; run once, on any thread, when nothing is left to wait for
     */
    public Shutdown(ServedPods pods, Duration deadline, Duration upgradeDeadline, IntConsumer exit) {
        this.pods = pods;
        this.deadline = deadline;
        this.upgradeDeadline = upgradeDeadline;
        this.exit = exit;
    }

    /**
     * Begins, unless it has begun.
     *
     * @param why who wants it, for the log
     * @return done when nothing is carried any more, just before the process exits
     */
    public CompletionStage<Void> begin(String why) {
        return begin(why, 0);
    }

    /** As {@link #begin}, because this process cannot do its work any more: it ends with status 1. */
    public CompletionStage<Void> fail(String why) {
        LOG.error("ztunnel cannot go on\tcause=\"{}\"", why);
        return begin(why, 1);
    }

    private CompletionStage<Void> begin(String why, int status) {
        if (begun.compareAndSet(false, true)) {
            LOG.info(
                    "shutting down, connections may finish\twhy=\"{}\" pods={} deadline={} upgradeDeadline={}",
                    why,
                    pods.pods().size(),
                    deadline,
                    upgradeDeadline);
            pods.drain(deadline, upgradeDeadline).whenComplete((_, failure) -> {
                if (failure == null) {
                    LOG.info("nothing is carried any more, exiting");
                } else {
                    LOG.warn("draining failed, exiting at once\tcause=\"{}\"", failure.getMessage());
                }
                drained.complete(null);
                exit.accept(status);
            });
        }
        return drained.minimalCompletionStage();
    }

    /** Whether {@link #begin} was called: this proxy takes no new connections. */
    public boolean isUnderWay() {
        return begun.get();
    }
}
