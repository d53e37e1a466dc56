package dev.ambit.adapters.k8s.waypoint;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Gateways to look at, each once however often something about it changed meanwhile. Many write, one takes. */
final class WorkQueue implements WaypointCluster.News, AutoCloseable {
    private final InstantSource clock;
    private final TreeSet<GatewayKey> gateways = new TreeSet<>();
    private final TreeSet<String> namespaces = new TreeSet<>();
    private final Map<GatewayKey, Instant> later = new HashMap<>();
    private final List<Gone> gone = new ArrayList<>();
    private boolean classes = true;
    private Instant classesAgain = Instant.MAX;
    private boolean closed;

    WorkQueue(InstantSource clock) {
        this.clock = clock;
    }

    /** An object of ours that is no more. */
    record Gone(DeployedKind kind, GatewayKey object) {}

    /** What to do next, in this order. */
    record Work(List<Gone> gone, boolean classes, Optional<GatewayKey> gateway) {
        Work {
            gone = List.copyOf(gone);
        }
    }

    @Override
    public synchronized void gateway(GatewayKey key) {
        gateways.add(key);
        notifyAll();
    }

    @Override
    public synchronized void namespace(String name) {
        namespaces.add(name);
        notifyAll();
    }

    @Override
    public synchronized void classes() {
        classes = true;
        notifyAll();
    }

    @Override
    public synchronized void gone(DeployedKind kind, GatewayKey object) {
        gone.add(new Gone(kind, object));
        notifyAll();
    }

    synchronized void againAt(GatewayKey key, Instant when) {
        later.merge(key, when, (one, other) -> one.isBefore(other) ? one : other);
    }

    synchronized void classesAgainAt(Instant when) {
        classesAgain = when;
    }

    synchronized boolean isClosed() {
        return closed;
    }

    /** Waits until there is something to do, and everything to do it by; empty when this is closed. */
    synchronized Optional<Work> take(BooleanSupplier ready, Supplier<Stream<GatewayKey>> all)
            throws InterruptedException {
        while (!closed) {
            boolean isReady = ready.getAsBoolean();
            if (isReady) {
                ripen();
                spread(all);
                if (!gateways.isEmpty() || classes) {
                    return Optional.of(work());
                }
            }
            wait(isReady ? pauseMillis() : 0);
        }
        return Optional.empty();
    }

    private Work work() {
        var work = new Work(gone, classes, Optional.ofNullable(gateways.pollFirst()));
        gone.clear();
        classes = false;
        return work;
    }

    private void ripen() {
        Instant now = clock.instant();
        later.entrySet().removeIf(entry -> {
            boolean ripe = !now.isBefore(entry.getValue());
            if (ripe) {
                gateways.add(entry.getKey());
            }
            return ripe;
        });
        if (!now.isBefore(classesAgain)) {
            classesAgain = Instant.MAX;
            classes = true;
        }
    }

    private void spread(Supplier<Stream<GatewayKey>> all) {
        if (!namespaces.isEmpty()) {
            boolean everywhere = namespaces.contains("");
            all.get()
                    .filter(key -> everywhere || namespaces.contains(key.namespace()))
                    .forEach(gateways::add);
            namespaces.clear();
        }
    }

    /** Until something is for now that was for later; 0 if nothing is. */
    private long pauseMillis() {
        Instant next = later.values().stream().min(Instant::compareTo).orElse(Instant.MAX);
        next = classesAgain.isBefore(next) ? classesAgain : next;
        return next.equals(Instant.MAX)
                ? 0
                : Math.max(1, Duration.between(clock.instant(), next).toMillis());
    }

    @Override
    public synchronized void close() {
        closed = true;
        notifyAll();
    }
}
