package dev.ambit.services.ztunnel.pod;

import dev.ambit.domain.workload.PodRef;
import dev.ambit.ports.telemetry.Meter;
import dev.ambit.ports.telemetry.WorkloadGauge;
import dev.ambit.ports.transport.PodUsage;
import dev.ambit.services.ztunnel.flow.FairShares;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToLongFunction;
import java.util.stream.LongStream;

/** What each workload of this node has of this proxy: connections and their rate, sockets, memory. */
public final class WorkloadShares {
    /** Workloads that a metric names; a node has some hundreds. The others share a series. */
    static final int NAMED_MAX = 500;

    private static final String OTHERS = "others";

    private final FairShares shares;
    private final ServedPods pods;

    public WorkloadShares(FairShares shares, ServedPods pods) {
        this.shares = shares;
        this.pods = pods;
    }

    /** One workload. Connections, their tokens and refusals; sockets and bytes. */
    public record WorkloadShare(FairShares.Usage connections, PodUsage transport) {
        public PodRef pod() {
            return connections.pod();
        }
    }

    /** Every workload that is served, or that holds or was refused something; the greediest first. */
    public List<WorkloadShare> all() {
        Map<PodRef, PodUsage> served = pods.usage();
        var found = new ArrayList<WorkloadShare>();
        for (FairShares.Usage usage : shares.usage()) {
            PodUsage transport = served.remove(usage.pod());
            found.add(new WorkloadShare(usage, transport == null ? new PodUsage(0, 0) : transport));
        }
        served.forEach((pod, transport) -> found.add(new WorkloadShare(shares.none(pod), transport)));
        found.sort(Comparator.comparingInt(
                        (WorkloadShare share) -> share.connections().connections())
                .reversed()
                .thenComparing(share -> share.pod().namespace())
                .thenComparing(share -> share.pod().name()));
        return found;
    }

    /** The share of a pod of this node. */
    public Optional<WorkloadShare> of(String namespace, String name) {
        return all().stream()
                .filter(share -> share.pod().namespace().equals(namespace)
                        && share.pod().name().equals(name))
                .findFirst();
    }

    /** Shows all of it on a meter. */
    public void register(Meter meter) {
        meter.gauge(
                WorkloadGauge.CONNECTIONS,
                () -> sums(share -> share.connections().connections()));
        meter.gauge(
                WorkloadGauge.TOKENS, () -> least(share -> share.connections().tokens()));
        meter.gauge(WorkloadGauge.SOCKETS, () -> sums(share -> share.transport().sockets()));
        meter.gauge(
                WorkloadGauge.BUFFERED_BYTES,
                () -> sums(share -> share.transport().bufferedBytes()));
    }

    private List<WorkloadGauge.Reading> sums(ToLongFunction<WorkloadShare> value) {
        return readings(value, true);
    }

    /** Of several, the one that is closest to its end. */
    private List<WorkloadGauge.Reading> least(ToLongFunction<WorkloadShare> value) {
        return readings(value, false);
    }

    private List<WorkloadGauge.Reading> readings(ToLongFunction<WorkloadShare> value, boolean sum) {
        // A pod that comes back under its name has another uid, and for a moment both are there.
        var named = new HashMap<List<String>, List<Long>>();
        for (WorkloadShare share : all()) {
            List<String> labels = List.of(share.pod().namespace(), share.pod().name());
            List<String> fitting =
                    named.containsKey(labels) || named.size() < NAMED_MAX ? labels : List.of(OTHERS, OTHERS);
            named.computeIfAbsent(fitting, _ -> new ArrayList<>()).add(value.applyAsLong(share));
        }
        return named.entrySet().stream()
                .map(each -> new WorkloadGauge.Reading(
                        each.getKey().getFirst(), each.getKey().getLast(), together(each.getValue(), sum)))
                .toList();
    }

    private static long together(List<Long> values, boolean sum) {
        LongStream all = values.stream().mapToLong(Long::longValue);
        return sum ? all.sum() : all.min().orElse(0);
    }
}
