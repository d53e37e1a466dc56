package dev.ambit.services.ztunnel.flow;

import dev.ambit.domain.flow.FairShare;
import dev.ambit.domain.flow.FairShare.Limit;
import dev.ambit.domain.flow.RefusalReason;
import dev.ambit.domain.flow.TokenBucket;
import dev.ambit.domain.workload.PodRef;
import dev.ambit.ports.telemetry.Counter;
import dev.ambit.ports.telemetry.Meter;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who holds how much of this proxy. Asked before anything else is done for a connection, so refusing costs next to nothing.
 * Safe for use by several threads.
 */
public final class FairShares {
    private static final Logger LOG = LoggerFactory.getLogger(FairShares.class);

    /** Between two log lines about the same workload. */
    private static final long LOG_PAUSE_NANOS = 10_000_000_000L;

    /** Pods beyond which those that hold nothing are forgotten; a node has some hundreds. */
    private static final int REMEMBERED_MAX = 4_096;

    /** Pods that a metric names; those that are refused later are counted together. */
    private static final int NAMED_MAX = 500;

    private static final String OTHERS = "others";

    private final FairShare share;
    private final TokenBucket workloadBucket;
    private final TokenBucket nodeBucket;
    private final LongSupplier nanos;
    private final Meter meter;
    private final Map<PodRef, Held> pods = new ConcurrentHashMap<>();
    private final Set<PodRef> named = ConcurrentHashMap.newKeySet();
    private final AtomicReference<TokenBucket.Level> nodeLevel;
    private final AtomicInteger heldByNode = new AtomicInteger();
    private final AtomicInteger holders = new AtomicInteger();

    /** @param nanos a clock that never goes back */
    public FairShares(FairShare share, LongSupplier nanos, Meter meter) {
        this.share = share;
        this.workloadBucket = share.workloadBucket();
        this.nodeBucket = share.nodeBucket();
        this.nanos = nanos;
        this.meter = meter;
        this.nodeLevel = new AtomicReference<>(nodeBucket.full(nanos.getAsLong()));
    }

    /**
     * What one workload holds.
     *
     * @param tokens new connections it could open at once
     * @param refused connections refused because of a limit, since the pod was first seen
     */
    public record Usage(PodRef pod, int connections, int tokens, long refused) {}

    private static final class Held {
        private final AtomicInteger connections = new AtomicInteger();
        private final AtomicLong refused = new AtomicLong();
        private final AtomicLong loggedAt;
        private final AtomicReference<TokenBucket.Level> level;

        Held(TokenBucket.Level full, long loggedAt) {
            this.level = new AtomicReference<>(full);
            this.loggedAt = new AtomicLong(loggedAt);
        }
    }

    /**
     * Takes a connection's place. Whoever is admitted gives it back with {@link #release}.
     *
     * @return why the connection is to be refused; empty if it is admitted
     */
    Optional<RefusalReason> admit(PodRef pod) {
        long now = nanos.getAsLong();
        Held held = pods.computeIfAbsent(pod, _ -> new Held(workloadBucket.full(now), now - LOG_PAUSE_NANOS));
        int had = held.connections.getAndIncrement();
        if (had == 0) {
            holders.incrementAndGet();
        }
        Optional<Limit> exceeded = share.exceeded(had, heldByNode.getAndIncrement(), holders.get())
                .or(() -> taken(held.level, workloadBucket, now) ? Optional.empty() : Optional.of(Limit.WORKLOAD_RATE))
                .or(() -> taken(nodeLevel, nodeBucket, now) ? Optional.empty() : Optional.of(Limit.NODE_RATE));
        if (exceeded.isEmpty()) {
            return Optional.empty();
        }
        release(held);
        return Optional.of(refuse(pod, held, exceeded.get(), now));
    }

    private static boolean taken(AtomicReference<TokenBucket.Level> level, TokenBucket bucket, long now) {
        while (true) {
            TokenBucket.Level before = level.get();
            Optional<TokenBucket.Level> after = bucket.take(before, now);
            if (after.isEmpty()) {
                return false;
            }
            if (level.compareAndSet(before, after.get())) {
                return true;
            }
        }
    }

    private RefusalReason refuse(PodRef pod, Held held, Limit limit, long now) {
        held.refused.incrementAndGet();
        boolean byName = named.contains(pod) || (named.size() < NAMED_MAX && named.add(pod));
        meter.increment(
                Counter.LIMIT_REFUSALS, byName ? pod.namespace() : OTHERS, byName ? pod.name() : OTHERS, limit.label());
        var reason = new RefusalReason.LimitReached(pod, limit, share.of(limit));
        long last = held.loggedAt.get();
        if (now - last >= LOG_PAUSE_NANOS && held.loggedAt.compareAndSet(last, now)) {
            LOG.warn(
                    "connections are refused\tpod={} connections={} refused={} cause=\"{}\"",
                    pod,
                    held.connections.get(),
                    held.refused.get(),
                    reason.message());
        }
        return reason;
    }

    /** Gives back the place of a connection that was admitted. */
    void release(PodRef pod) {
        Held held = pods.get(pod);
        if (held != null) {
            release(held);
        }
        if (pods.size() > REMEMBERED_MAX) {
            pods.values().removeIf(idle -> idle.connections.get() == 0);
        }
    }

    private void release(Held held) {
        heldByNode.decrementAndGet();
        if (held.connections.decrementAndGet() == 0) {
            holders.decrementAndGet();
        }
    }

    /** What a workload that holds nothing has. */
    public Usage none(PodRef pod) {
        return new Usage(pod, 0, (int) workloadBucket.burst(), 0);
    }

    /** The bounds. */
    public FairShare bounds() {
        return share;
    }

    /** Connections of all workloads. */
    public int held() {
        return heldByNode.get();
    }

    /** How many workloads have connections. */
    public int holders() {
        return holders.get();
    }

    /** The most that one workload holds. */
    public int heldByGreediest() {
        return pods.values().stream()
                .mapToInt(held -> held.connections.get())
                .max()
                .orElse(0);
    }

    /** Every workload that holds something or was refused something, the greediest first. */
    public List<Usage> usage() {
        long now = nanos.getAsLong();
        return pods.entrySet().stream()
                .map(entry -> new Usage(
                        entry.getKey(),
                        entry.getValue().connections.get(),
                        (int) workloadBucket.tokens(entry.getValue().level.get(), now),
                        entry.getValue().refused.get()))
                .filter(usage -> usage.connections() > 0 || usage.refused() > 0)
                .sorted(Comparator.comparingInt(Usage::connections).reversed())
                .toList();
    }
}
