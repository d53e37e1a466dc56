package dev.ambit.services.cli.scale;

import dev.ambit.adapters.xds.load.Arrival;
import dev.ambit.adapters.xds.load.LoadSubscriber;
import dev.ambit.services.cli.lab.LabException;
import dev.ambit.services.cli.lab.Pause;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.stream.IntStream;

/** Subscribers of one control plane, and what they were sent. Safe for use by several threads. */
final class Crowd implements AutoCloseable, LoadSubscriber.Listener {
    private static final String ADDRESS = "type.googleapis.com/istio.workload.Address";
    private static final Duration RETRY = Duration.ofSeconds(1);
    private static final Duration LOOK = Duration.ofNanos(500_000);
    private static final int REASONS_MAX = 5;

    private final InetSocketAddress controlPlane;
    private final Map<String, String> held;
    private final boolean withVersions;
    private final List<LoadSubscriber> subscribers = new ArrayList<>();
    private final AtomicLongArray messages;
    private final AtomicLongArray resources;
    private final AtomicLongArray bytes;
    private final AtomicLongArray lastNanos;
    private final List<String> refusals = new ArrayList<>();
    private final Map<String, String> versions = new ConcurrentHashMap<>();
    private int refused;
    private boolean closed;

    /**
     * Nobody is connected yet.
     *
     * @param held versions by name that each of them has already
     * @param withVersions whether to remember what the first of them is sent
     */
    Crowd(InetSocketAddress controlPlane, int size, Map<String, String> held, boolean withVersions) {
        this.controlPlane = controlPlane;
        this.held = held;
        this.withVersions = withVersions;
        this.messages = new AtomicLongArray(size);
        this.resources = new AtomicLongArray(size);
        this.bytes = new AtomicLongArray(size);
        this.lastNanos = new AtomicLongArray(size);
    }

    int size() {
        return messages.length();
    }

    /** All at once. */
    void connect() {
        for (int number = 0; number < size(); number++) {
            var subscriber = new LoadSubscriber(number, controlPlane, withVersions && number == 0, this);
            synchronized (this) {
                subscribers.add(subscriber);
            }
        }
        List.copyOf(subscribers).forEach(subscriber -> subscriber.start(held));
    }

    @Override
    public void arrived(LoadSubscriber subscriber, Arrival arrival) {
        if (!arrival.typeUrl().equals(ADDRESS)) {
            return;
        }
        int number = subscriber.number();
        if (!arrival.versions().isEmpty()) {
            versions.putAll(arrival.versions());
        }
        messages.incrementAndGet(number);
        bytes.addAndGet(number, arrival.bytes());
        lastNanos.set(number, arrival.nanos());
        resources.addAndGet(number, arrival.resources());
    }

    /** Whoever is turned away comes again a second later. */
    @Override
    public void ended(LoadSubscriber subscriber, String why) {
        synchronized (this) {
            refused++;
            if (refusals.size() < REASONS_MAX) {
                refusals.add(why);
            }
            if (closed) {
                return;
            }
        }
        Thread.ofVirtual().start(() -> {
            Pause.of(RETRY);
            synchronized (this) {
                if (!closed) {
                    subscriber.start(held);
                }
            }
        });
    }

    /** How many streams were ended by the control plane. */
    synchronized int refused() {
        return refused;
    }

    /** Some of the reasons. */
    synchronized List<String> refusals() {
        return List.copyOf(refusals);
    }

    /** By name, what the first subscriber was sent last. */
    Map<String, String> versions() {
        return Map.copyOf(versions);
    }

    /** A moment to count from. */
    record Mark(List<Long> messages, List<Long> resources, List<Long> bytes) {}

    Mark mark() {
        return new Mark(copy(messages), copy(resources), copy(bytes));
    }

    private static List<Long> copy(AtomicLongArray array) {
        return IntStream.range(0, array.length()).mapToObj(array::get).toList();
    }

    /**
     * What came since a mark.
     *
     * @param first when the first subscriber had everything
     * @param last when the last had
     * @param sorted when each had, ascending
     * @param messagesMax of one subscriber
     * @param bytesMax of one subscriber
     */
    record Heard(long first, long last, List<Long> sorted, long messagesMax, long bytesMax, long bytesAll) {}

    /** Waits until everybody has been sent at least so many resources since the mark, and one message. */
    Heard await(Mark since, long wanted, Duration patience) {
        long deadline = System.nanoTime() + patience.toNanos();
        while (!hasAll(since, wanted)) {
            if (System.nanoTime() > deadline) {
                throw new LabException("not everybody was sent " + wanted + " resources within " + patience.toSeconds()
                        + " s: " + missing(since, wanted) + " of " + size() + " are missing; ended streams: "
                        + refused()
                        + " " + refusals());
            }
            Pause.of(LOOK);
        }
        List<Long> sorted = copy(lastNanos).stream().sorted().toList();
        long messagesMax = 0;
        long bytesMax = 0;
        long bytesAll = 0;
        for (int i = 0; i < size(); i++) {
            messagesMax = Math.max(messagesMax, messages.get(i) - since.messages.get(i));
            bytesMax = Math.max(bytesMax, bytes.get(i) - since.bytes.get(i));
            bytesAll += bytes.get(i) - since.bytes.get(i);
        }
        return new Heard(sorted.getFirst(), sorted.getLast(), sorted, messagesMax, bytesMax, bytesAll);
    }

    private boolean hasAll(Mark since, long wanted) {
        return missing(since, wanted) == 0;
    }

    private int missing(Mark since, long wanted) {
        int missing = 0;
        for (int i = 0; i < size(); i++) {
            if (resources.get(i) - since.resources.get(i) < wanted || messages.get(i) == since.messages.get(i)) {
                missing++;
            }
        }
        return missing;
    }

    @Override
    public void close() {
        List<LoadSubscriber> all;
        synchronized (this) {
            closed = true;
            all = List.copyOf(subscribers);
        }
        all.forEach(LoadSubscriber::close);
    }
}
