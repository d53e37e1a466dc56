package dev.ambit.adapters.xds.discovery;

import dev.ambit.domain.view.MeshName;
import dev.ambit.ports.discovery.MeshDiscovery.Answer;
import dev.ambit.ports.discovery.MeshDiscovery.Held;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The names a proxy has asked for, who is interested in them, and what came of it. Survives streams: whatever is followed
 * is asked for again on the next one. What it sends, it sends under its own lock, so that a name given up and asked for
 * again is never sent in the wrong order.
 */
final class AskedNames {

    /** The stream that is open. Must not block. */
    interface Wire {
        void ask(Collection<String> subscribe, Collection<String> unsubscribe);
    }

    private static final class Entry {
        private CompletableFuture<Answer> answer = new CompletableFuture<>();
        private int interests;
        private long answeredAt;

        boolean isAnswered() {
            return answer.isDone();
        }
    }

    private final DemandLimits limits;
    private final LongSupplier nanos;
    /** The ones nobody has looked at for the longest time first. */
    private final Map<String, Entry> entries = new LinkedHashMap<>(64, 0.75f, true);

    private int unanswered;
    private @Nullable Wire wire;

    AskedNames(DemandLimits limits, LongSupplier nanos) {
        this.limits = limits;
        this.nanos = nanos;
    }

    synchronized int size() {
        return entries.size();
    }

    /** A stream took up its work: it has to be told of everything. */
    synchronized void attach(Wire opened) {
        wire = opened;
        if (!entries.isEmpty()) {
            opened.ask(List.copyOf(entries.keySet()), List.of());
        }
    }

    synchronized void detach() {
        wire = null;
    }

    synchronized Held hold(MeshName meant) {
        String name = meant.toString();
        Entry entry = entries.get(name);
        if (entry == null) {
            if (entries.size() >= limits.namesMax() || unanswered >= limits.unansweredMax()) {
                return new Settled(Answer.TOO_MANY);
            }
            entry = new Entry();
            entries.put(name, entry);
            unanswered++;
            ask(List.of(name), List.of());
        } else if (isStale(entry)) {
            if (unanswered < limits.unansweredMax()) {
                entry.answer = new CompletableFuture<>();
                unanswered++;
                // A control plane need not answer a second request for what is subscribed already.
                ask(List.of(), List.of(name));
                ask(List.of(name), List.of());
            }
        }
        entry.interests++;
        return new Interest(entry);
    }

    private boolean isStale(Entry entry) {
        return entry.isAnswered()
                && entry.answer.getNow(Answer.PRESENT) != Answer.PRESENT
                && nanos.getAsLong() - entry.answeredAt >= limits.absentTrust().toNanos();
    }

    private void ask(Collection<String> subscribe, Collection<String> unsubscribe) {
        if (wire != null) {
            wire.ask(subscribe, unsubscribe);
        }
    }

    /** The control plane has spoken of these names. What was known of them is replaced. */
    void answered(Map<String, Answer> told) {
        var waiting = new ArrayList<Runnable>();
        synchronized (this) {
            told.forEach((name, answer) -> {
                Entry entry = entries.get(name);
                if (entry == null) {
                    return;
                }
                entry.answeredAt = nanos.getAsLong();
                if (entry.isAnswered()) {
                    entry.answer = CompletableFuture.completedFuture(answer);
                } else {
                    unanswered--;
                    CompletableFuture<Answer> asked = entry.answer;
                    // At once for who comes now, and outside the lock for who has been waiting.
                    entry.answer = CompletableFuture.completedFuture(answer);
                    waiting.add(() -> asked.complete(answer));
                }
            });
        }
        waiting.forEach(Runnable::run);
    }

    /** What has to go, and how to find out whether a resource is still wanted. */
    interface Sweep {
        /** Takes back what the remaining names do not stand for, and returns the names of what it took. */
        Collection<String> keepOnly(Set<String> remaining);
    }

    /** Gives up names that nobody is interested in, if there are too many. */
    synchronized void sweep(Sweep sweep) {
        if (entries.size() < limits.namesMax() - limits.namesMax() / 4) {
            return;
        }
        var given = new ArrayList<String>();
        int excess = entries.size() - limits.namesMax() / 2;
        for (Iterator<Map.Entry<String, Entry>> all = entries.entrySet().iterator();
                all.hasNext() && given.size() < excess; ) {
            Map.Entry<String, Entry> next = all.next();
            if (next.getValue().interests == 0 && next.getValue().isAnswered()) {
                given.add(next.getKey());
                all.remove();
            }
        }
        if (!given.isEmpty()) {
            given.addAll(sweep.keepOnly(entries.keySet()));
            ask(List.of(), given);
        }
    }

    private final class Interest implements Held {
        private final Entry entry;
        private final CompletableFuture<Answer> answer;
        private final AtomicBoolean open = new AtomicBoolean(true);

        Interest(Entry entry) {
            this.entry = entry;
            this.answer = entry.answer;
        }

        @Override
        public CompletionStage<Answer> answer() {
            return answer.minimalCompletionStage();
        }

        @Override
        public void close() {
            if (open.getAndSet(false)) {
                synchronized (AskedNames.this) {
                    entry.interests--;
                }
            }
        }
    }

    private record Settled(Answer value) implements Held {
        @Override
        public CompletionStage<Answer> answer() {
            return CompletableFuture.completedStage(value);
        }

        @Override
        public void close() {
            // Nothing is held.
        }
    }
}
