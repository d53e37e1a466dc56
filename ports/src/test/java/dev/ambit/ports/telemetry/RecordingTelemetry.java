package dev.ambit.ports.telemetry;

import dev.ambit.domain.address.IpPort;
import dev.ambit.domain.flow.FlowContext;
import dev.ambit.domain.flow.FlowReport;
import dev.ambit.domain.flow.Reporter;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** Remembers everything it is told, for tests of those who tell. */
public final class RecordingTelemetry implements FlowTelemetry, Meter {
    private final List<FlowContext> opened = new CopyOnWriteArrayList<>();
    private final List<FlowPath> paths = new CopyOnWriteArrayList<>();
    private final Set<Open> open = ConcurrentHashMap.newKeySet();
    private final List<FlowReport> closed = new CopyOnWriteArrayList<>();
    private final List<String> rejections = new CopyOnWriteArrayList<>();
    private final Map<String, Double> counters = new ConcurrentHashMap<>();
    private final Map<String, Long> observed = new ConcurrentHashMap<>();
    private final Map<Reporter, Integer> sockets = new ConcurrentHashMap<>();
    private final Map<WorkloadGauge, Supplier<List<WorkloadGauge.Reading>>> workloads = new ConcurrentHashMap<>();
    private final Map<Gauge, LongSupplier> gauges = new ConcurrentHashMap<>();

    /** A connection that is not over; one of several equal ones. */
    private static final class Open {
        private final FlowContext context;
        private final FlowProgress progress;

        Open(FlowContext context, FlowProgress progress) {
            this.context = context;
            this.progress = progress;
        }
    }

    @Override
    public OpenFlow opened(FlowContext context, FlowPath path, FlowProgress progress) {
        opened.add(context);
        paths.add(path);
        var flow = new Open(context, progress);
        open.add(flow);
        return report -> {
            open.remove(flow);
            closed.add(report);
        };
    }

    @Override
    public void rejected(Reporter reporter, IpPort client, IpPort local, String error) {
        rejections.add(error);
    }

    @Override
    public void add(Counter counter, double amount, String... labelValues) {
        if (labelValues.length != counter.labels().size() || !(amount >= 0)) {
            throw new IllegalArgumentException(counter + " " + amount + " " + List.of(labelValues));
        }
        counters.merge(counter + "" + List.of(labelValues), amount, Double::sum);
    }

    @Override
    public void observe(Histogram histogram, double value, String... labelValues) {
        if (labelValues.length != histogram.labels().size() || !(value >= 0)) {
            throw new IllegalArgumentException(histogram + " " + value + " " + List.of(labelValues));
        }
        observed.merge(histogram + "" + List.of(labelValues), 1L, Long::sum);
    }

    @Override
    public void socketOpened(Reporter reporter) {
        sockets.merge(reporter, 1, Integer::sum);
    }

    @Override
    public void socketClosed(Reporter reporter) {
        sockets.merge(reporter, -1, Integer::sum);
    }

    /** How often something was observed. */
    public long observed(Histogram histogram, String... labelValues) {
        return observed.getOrDefault(histogram + "" + List.of(labelValues), 0L);
    }

    /** Sockets open now. */
    public int sockets(Reporter reporter) {
        return sockets.getOrDefault(reporter, 0);
    }

    @Override
    public void gauge(Gauge gauge, LongSupplier value) {
        gauges.put(gauge, value);
    }

    @Override
    public void gauge(WorkloadGauge gauge, Supplier<List<WorkloadGauge.Reading>> readings) {
        workloads.put(gauge, readings);
    }

    /** The readings now; none if nobody registered any. */
    public List<WorkloadGauge.Reading> measured(WorkloadGauge gauge) {
        return workloads.getOrDefault(gauge, List::of).get();
    }

    public List<FlowContext> opened() {
        return List.copyOf(opened);
    }

    public List<FlowReport> closed() {
        return List.copyOf(closed);
    }

    /** The way of each connection that was opened. */
    public List<FlowPath> paths() {
        return List.copyOf(paths);
    }

    /** Bytes of open connections with this context, from their initiators. */
    public long receivedSoFar(FlowContext context) {
        return open.stream()
                .filter(flow -> flow.context.equals(context))
                .mapToLong(flow -> flow.progress.received())
                .sum();
    }

    /** The same to their initiators. */
    public long sentSoFar(FlowContext context) {
        return open.stream()
                .filter(flow -> flow.context.equals(context))
                .mapToLong(flow -> flow.progress.sent())
                .sum();
    }

    /** The errors of rejected connections. */
    public List<String> rejections() {
        return List.copyOf(rejections);
    }

    public double counted(Counter counter, String... labelValues) {
        return counters.getOrDefault(counter + "" + List.of(labelValues), 0.0);
    }

    /** The gauge's value now; 0 if nobody registered it. */
    public long measured(Gauge gauge) {
        return gauges.getOrDefault(gauge, () -> 0).getAsLong();
    }
}
