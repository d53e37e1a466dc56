package dev.ambit.ports.discovery;

import dev.ambit.domain.view.MeshChange;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;

/** Remembers what a {@link MeshDiscovery} tells, and lets a test wait for it. */
public final class RecordingDiscoveryListener implements MeshDiscovery.Listener {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /** What a listener can be told. */
    public sealed interface Event {
        record Changed(List<MeshChange> changes) implements Event {}

        record Synced() implements Event {}

        record Connected(boolean up, String why) implements Event {}
    }

    private final Lock lock = new ReentrantLock();
    private final Condition told = lock.newCondition();
    private final List<Event> events = new ArrayList<>();
    private int inside;
    private boolean overlapped;

    @Override
    public void changed(List<MeshChange> changes) {
        record(new Event.Changed(List.copyOf(changes)));
    }

    @Override
    public void synced() {
        record(new Event.Synced());
    }

    @Override
    public void connected(boolean up, String why) {
        record(new Event.Connected(up, why));
    }

    private void record(Event event) {
        lock.lock();
        try {
            overlapped |= inside++ > 0;
        } finally {
            lock.unlock();
        }
        Thread.onSpinWait(); // gives a second call the chance to be caught inside
        lock.lock();
        try {
            inside--;
            events.add(event);
            told.signalAll();
        } finally {
            lock.unlock();
        }
    }

    public List<Event> events() {
        lock.lock();
        try {
            return List.copyOf(events);
        } finally {
            lock.unlock();
        }
    }

    /** Every change so far, in order, without the limits of batches. */
    public List<MeshChange> changes() {
        return changes(events());
    }

    private static List<MeshChange> changes(List<Event> events) {
        var changes = new ArrayList<MeshChange>();
        for (Event event : events) {
            if (event instanceof Event.Changed(List<MeshChange> batch)) {
                changes.addAll(batch);
            }
        }
        return changes;
    }

    /** Whether two calls were ever under way at once. */
    public boolean overlapped() {
        lock.lock();
        try {
            return overlapped;
        } finally {
            lock.unlock();
        }
    }

    public void awaitChange(MeshChange change) {
        await("change " + change, events -> changes(events).contains(change));
    }

    public void awaitSynced() {
        await("synced", events -> events.contains(new Event.Synced()));
    }

    /** Waits until the last word on the connection is this, having been told so at least so many times. */
    public void awaitConnected(boolean up, int times) {
        await(
                "connected " + up + " " + times + " times",
                events -> events.stream()
                                .filter(event -> event instanceof Event.Connected c && c.up() == up)
                                .count()
                        >= times);
    }

    public void await(String what, Predicate<List<Event>> condition) {
        long nanos = PATIENCE.toNanos();
        lock.lock();
        try {
            while (!condition.test(events)) {
                if (nanos <= 0) {
                    throw new AssertionError("never told: " + what + "; told so far: " + events);
                }
                nanos = told.awaitNanos(nanos);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while waiting for " + what, e);
        } finally {
            lock.unlock();
        }
    }

    /** The patience of every wait, for tests that wait for something else. */
    public static long patience(TimeUnit unit) {
        return unit.convert(PATIENCE);
    }
}
