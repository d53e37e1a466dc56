package dev.ambit.adapters.xds.discovery;

import dev.ambit.adapters.xds.wire.ResourceDecoder;
import dev.ambit.domain.view.ChangePacing;
import dev.ambit.domain.view.MeshChange;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Gathers changes for as long as {@link ChangePacing} says. Of one resource only the last change is kept. */
final class PacedChanges {
    private static final Logger LOG = LoggerFactory.getLogger(PacedChanges.class);

    /** Takes what was gathered; called one at a time. */
    interface Receiver {
        /**
         * Takes changes, of each resource one.
         *
         * @param waitedNanos how long the oldest of them waited
         */
        void pass(List<MeshChange> changes, long waitedNanos);
    }

    private record Key(Class<?> kind, String name) {}

    private final ChangePacing pacing;
    private final LongSupplier nanos;
    private final ScheduledExecutorService thread;
    private final Receiver receiver;
    private Map<Key, MeshChange> gathered = new LinkedHashMap<>();
    private long first;
    private long last;
    private long due;

    /**
     * Nothing waits yet.
     *
     * @param thread of one thread, for the order; closed by its owner
     */
    PacedChanges(ChangePacing pacing, LongSupplier nanos, ScheduledExecutorService thread, Receiver receiver) {
        this.pacing = pacing;
        this.nanos = nanos;
        this.thread = thread;
        this.receiver = receiver;
        this.last = nanos.getAsLong() - pacing.quiet().toNanos();
    }

    synchronized void add(List<MeshChange> changes) {
        if (changes.isEmpty()) {
            return;
        }
        long now = nanos.getAsLong();
        if (gathered.isEmpty()) {
            first = now;
            due = pacing.dueAlone(last, now);
            arm(due - now);
        } else {
            due = pacing.dueTogether(first, due, now);
        }
        last = now;
        for (MeshChange change : changes) {
            Key key = key(change);
            gathered.remove(key);
            gathered.put(key, change);
        }
    }

    private static Key key(MeshChange change) {
        Class<?> kind = switch (change) {
            case MeshChange.WorkloadUpserted _, MeshChange.WorkloadRemoved _ -> MeshChange.WorkloadUpserted.class;
            case MeshChange.ServiceUpserted _, MeshChange.ServiceRemoved _ -> MeshChange.ServiceUpserted.class;
            case MeshChange.PolicyUpserted _, MeshChange.PolicyRemoved _ -> MeshChange.PolicyUpserted.class;
        };
        return new Key(kind, ResourceDecoder.name(change));
    }

    private void arm(long delay) {
        try {
            var _ = thread.schedule(this::look, Math.max(0, delay), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException _) {
            LOG.debug("the service is closed, nothing more is passed on");
        }
    }

    /** What was due may have been put off by a later change. */
    private void look() {
        List<MeshChange> changes;
        long waited;
        synchronized (this) {
            long now = nanos.getAsLong();
            if (due - now > 0) {
                arm(due - now);
                return;
            }
            changes = List.copyOf(gathered.values());
            gathered = new LinkedHashMap<>();
            waited = now - first;
        }
        try {
            receiver.pass(changes, waited);
        } catch (RuntimeException e) {
            LOG.error("changes could not be passed on\tchanges={}", changes.size(), e);
        }
    }
}
