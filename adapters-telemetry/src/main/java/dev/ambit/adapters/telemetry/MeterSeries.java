package dev.ambit.adapters.telemetry;

import dev.ambit.ports.telemetry.Counter;
import dev.ambit.ports.telemetry.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntSupplier;

/** The counters and gauges of {@link dev.ambit.ports.telemetry.Meter}, each meter looked up by a small key. */
final class MeterSeries {
    /** Label values of these counters are few by design; a peer that makes them up must not fill the memory. */
    private static final int SERIES_MAX = 1_000;

    private static final String OTHER = "other";

    private final MeterRegistry registry;
    private final ConcurrentHashMap<Key, io.micrometer.core.instrument.Counter> counters = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<Gauge, IntSupplier> gauges = new ConcurrentHashMap<>();

    private record Key(Counter counter, List<String> values) {}

    MeterSeries(MeterRegistry registry) {
        this.registry = registry;
    }

    void add(Counter counter, double amount, String... labelValues) {
        if (labelValues.length != counter.labels().size()) {
            throw new IllegalArgumentException("counter " + counter + " has the labels " + counter.labels()
                    + ", given values: " + Arrays.toString(labelValues));
        }
        if (!(amount >= 0) || Double.isInfinite(amount)) {
            throw new IllegalArgumentException("counter " + counter + " cannot count " + amount);
        }
        var key = new Key(counter, List.of(labelValues));
        var known = counters.get(key);
        (known != null ? known : counter(key)).increment(amount);
    }

    private io.micrometer.core.instrument.Counter counter(Key key) {
        Key admitted = counters.size() < SERIES_MAX
                ? key
                : new Key(key.counter, key.values.stream().map(_ -> OTHER).toList());
        return counters.computeIfAbsent(admitted, this::register);
    }

    private io.micrometer.core.instrument.Counter register(Key key) {
        var tags = new ArrayList<Tag>();
        for (int i = 0; i < key.values.size(); i++) {
            tags.add(Tag.of(key.counter.labels().get(i), TrafficLabels.bounded(key.values.get(i))));
        }
        return io.micrometer.core.instrument.Counter.builder(key.counter.metric())
                .description(key.counter.help())
                .tags(tags)
                .register(registry);
    }

    void gauge(Gauge gauge, IntSupplier value) {
        if (gauges.put(gauge, value) == null) {
            io.micrometer.core.instrument.Gauge.builder(gauge.metric(), () -> read(gauge))
                    .description(gauge.help())
                    .register(registry);
        }
    }

    private int read(Gauge gauge) {
        return gauges.getOrDefault(gauge, () -> 0).getAsInt();
    }
}
