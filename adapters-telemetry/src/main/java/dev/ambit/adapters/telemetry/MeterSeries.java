package dev.ambit.adapters.telemetry;

import dev.ambit.ports.telemetry.Counter;
import dev.ambit.ports.telemetry.Gauge;
import dev.ambit.ports.telemetry.Histogram;
import dev.ambit.ports.telemetry.WorkloadGauge;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** The counters, gauges and histograms of {@link dev.ambit.ports.telemetry.Meter}, each found by a small key. */
final class MeterSeries {
    /** Label values of these are few by design; a peer that makes them up must not fill the memory. */
    private static final int SERIES_MAX = 1_000;

    private static final String OTHER = "other";

    private final ConcurrentHashMap<CounterKey, DoubleAdder> counters = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<HistogramKey, Observations> histograms = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<WorkloadGauge, Supplier<List<WorkloadGauge.Reading>>> workloads =
            new ConcurrentHashMap<>();
    private final ConcurrentHashMap<Gauge, LongSupplier> gauges = new ConcurrentHashMap<>();

    private record CounterKey(Counter counter, List<String> values) {}

    private record HistogramKey(Histogram histogram, List<String> values) {}

    /** What one histogram has seen: how often in each bucket, and in sum. */
    private static final class Observations {
        private final LongAdder[] buckets;
        private final DoubleAdder sum = new DoubleAdder();

        private Observations(int bounds) {
            buckets = new LongAdder[bounds + 1];
            Arrays.setAll(buckets, _ -> new LongAdder());
        }
    }

    void add(Counter counter, double amount, String... labelValues) {
        if (!(amount >= 0) || Double.isInfinite(amount)) {
            throw new IllegalArgumentException("counter " + counter + " cannot count " + amount);
        }
        var key = new CounterKey(counter, values(counter, counter.labels(), labelValues));
        DoubleAdder known = counters.get(key);
        if (known == null) {
            var admitted = counters.size() < SERIES_MAX ? key : new CounterKey(counter, others(key.values));
            known = counters.computeIfAbsent(admitted, _ -> new DoubleAdder());
        }
        known.add(amount);
    }

    void observe(Histogram histogram, double value, String... labelValues) {
        if (!(value >= 0) || Double.isInfinite(value)) {
            throw new IllegalArgumentException("histogram " + histogram + " cannot observe " + value);
        }
        var key = new HistogramKey(histogram, values(histogram, histogram.labels(), labelValues));
        Observations known = histograms.get(key);
        if (known == null) {
            var admitted = histograms.size() < SERIES_MAX ? key : new HistogramKey(histogram, others(key.values));
            known = histograms.computeIfAbsent(
                    admitted, _ -> new Observations(histogram.bounds().size()));
        }
        int bucket = 0;
        while (bucket < histogram.bounds().size() && value > histogram.bounds().get(bucket)) {
            bucket++;
        }
        known.buckets[bucket].increment();
        known.sum.add(value);
    }

    private static List<String> values(Object meter, List<String> labels, String... values) {
        if (values.length != labels.size()) {
            throw new IllegalArgumentException(
                    meter + " has the labels " + labels + ", given values: " + Arrays.toString(values));
        }
        return Arrays.stream(values).map(TrafficLabels::bounded).toList();
    }

    private static List<String> others(List<String> values) {
        return values.stream().map(_ -> OTHER).toList();
    }

    void gauge(Gauge gauge, LongSupplier value) {
        gauges.put(gauge, value);
    }

    void gauge(WorkloadGauge gauge, Supplier<List<WorkloadGauge.Reading>> readings) {
        workloads.put(gauge, readings);
    }

    /** In the order in which the ports list them. */
    void writeTo(ExpositionText text) throws IOException {
        for (Counter counter : Counter.values()) {
            if (counter.isBare()) {
                text.untyped(counter.metric(), counter.help() + ".");
            } else {
                text.counter(counter.metric(), counter.help() + ".");
            }
            for (var each : counters.entrySet()) {
                if (each.getKey().counter == counter) {
                    text.labels(counter.labels(), each.getKey().values)
                            .sample(each.getValue().sum());
                }
            }
        }
        for (Histogram histogram : Histogram.values()) {
            text.histogram(histogram.metric(), histogram.help() + ".");
            for (var each : histograms.entrySet()) {
                if (each.getKey().histogram == histogram) {
                    write(text, histogram, each.getKey().values, each.getValue());
                }
            }
        }
        for (Gauge gauge : Gauge.values()) {
            LongSupplier value = gauges.get(gauge);
            if (value != null) {
                text.gauge(gauge.metric(), gauge.help() + ".");
                text.sample(value.getAsLong());
            }
        }
        for (WorkloadGauge gauge : WorkloadGauge.values()) {
            Supplier<List<WorkloadGauge.Reading>> readings = workloads.get(gauge);
            if (readings != null) {
                write(text, gauge, readings.get());
            }
        }
    }

    private static void write(ExpositionText text, WorkloadGauge gauge, List<WorkloadGauge.Reading> readings)
            throws IOException {
        text.gauge(gauge.metric(), gauge.help() + ".");
        for (WorkloadGauge.Reading reading : readings.subList(0, Math.min(SERIES_MAX, readings.size()))) {
            text.label("namespace", TrafficLabels.bounded(reading.namespace()))
                    .label("pod", TrafficLabels.bounded(reading.pod()))
                    .sample(reading.value());
        }
    }

    private static void write(ExpositionText text, Histogram histogram, List<String> values, Observations observations)
            throws IOException {
        // The buckets are read once, so that the count is theirs even while others count on.
        long[] counts =
                Arrays.stream(observations.buckets).mapToLong(LongAdder::sum).toArray();
        long total = Arrays.stream(counts).sum();
        text.labels(histogram.labels(), values).sample("_sum", observations.sum.sum());
        text.labels(histogram.labels(), values).sample("_count", total);
        long below = 0;
        for (int i = 0; i < counts.length; i++) {
            below += counts[i];
            String bound = i < histogram.bounds().size()
                    ? ExpositionText.decimal(histogram.bounds().get(i))
                    : "+Inf";
            text.labels(histogram.labels(), values).label("le", bound).sample("_bucket", below);
        }
    }
}
