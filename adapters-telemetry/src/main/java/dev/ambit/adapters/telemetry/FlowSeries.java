package dev.ambit.adapters.telemetry;

import dev.ambit.domain.flow.FlowContext;
import dev.ambit.domain.flow.FlowOutcome;
import dev.ambit.domain.flow.FlowReport;
import dev.ambit.domain.flow.RefusalReason;
import dev.ambit.domain.flow.RefusalWord;
import dev.ambit.domain.flow.Reporter;
import dev.ambit.domain.flow.ResponseFlag;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/**
 * Istio's TCP metrics. A connection costs one look-up and an addition; label text is put together when a scraper asks.
 *
 * <p>Not by meters of Micrometer, because those of one name must all have the same labels, and Istio's do not.
 */
final class FlowSeries implements MultiCollector {
    private final int seriesMax;
    private final AtomicInteger count = new AtomicInteger();
    private final ConcurrentHashMap<TrafficLabels, Totals> series = new ConcurrentHashMap<>();
    private final LongAdder overflows = new LongAdder();
    private final Map<Reporter, LongAdder> rejected = adders(Reporter.class);
    private final Map<Reporter, Map<RefusalWord, LongAdder>> refused =
            Map.of(Reporter.SOURCE, adders(RefusalWord.class), Reporter.DESTINATION, adders(RefusalWord.class));

    /** What one series has counted. */
    private static final class Totals {
        private final LongAdder opened = new LongAdder();
        private final LongAdder received = new LongAdder();
        private final LongAdder sent = new LongAdder();
        private final Map<ResponseFlag, LongAdder> closed = adders(ResponseFlag.class);
    }

    /** At most so many series.
     *
     * @param seriesMax connections whose labels would need more series than this share one per reporter */
    FlowSeries(int seriesMax) {
        if (seriesMax < 1) {
            throw new IllegalArgumentException("label sets of the TCP metrics: " + seriesMax + ", must be 1 or more");
        }
        this.seriesMax = seriesMax;
    }

    /** One adder for each constant; the map itself never changes. */
    private static <E extends Enum<E>> Map<E, LongAdder> adders(Class<E> type) {
        var adders = new EnumMap<E, LongAdder>(type);
        for (E each : EnumSet.allOf(type)) {
            adders.put(each, new LongAdder());
        }
        return Collections.unmodifiableMap(adders);
    }

    private static <E extends Enum<E>> LongAdder adder(Map<E, LongAdder> adders, E key) {
        return Objects.requireNonNull(adders.get(key));
    }

    void opened(FlowContext context) {
        totals(context).opened.increment();
    }

    void closed(FlowReport report) {
        Totals totals = totals(report.context());
        totals.received.add(report.received());
        totals.sent.add(report.sent());
        adder(totals.closed, report.outcome().flag()).increment();
        if (report.outcome() instanceof FlowOutcome.Refused(RefusalReason reason)) {
            var words = Objects.requireNonNull(refused.get(report.context().reporter()));
            adder(words, reason.word()).increment();
        }
    }

    void rejected(Reporter reporter) {
        adder(rejected, reporter).increment();
    }

    private Totals totals(FlowContext context) {
        TrafficLabels labels = TrafficLabels.of(context);
        Totals known = series.get(labels);
        if (known != null) {
            return known;
        }
        if (count.get() < seriesMax) {
            return series.computeIfAbsent(labels, _ -> {
                count.incrementAndGet();
                return new Totals();
            });
        }
        overflows.increment();
        return series.computeIfAbsent(TrafficLabels.overflow(context.reporter()), _ -> new Totals());
    }

    @Override
    public MetricSnapshots collect() {
        var opened = family("istio_tcp_connections_opened", "TCP connections opened");
        var closed = family("istio_tcp_connections_closed", "TCP connections closed");
        var failed = family("istio_tcp_connections_failed", "TCP connections that did not end in order");
        var received = family("istio_tcp_received_bytes", "Bytes received from the initiators of TCP connections");
        var sent = family("istio_tcp_sent_bytes", "Bytes sent to the initiators of TCP connections");
        series.forEach((labels, totals) -> {
            Labels unflagged = labels.with(ResponseFlag.NONE);
            opened.dataPoint(point(unflagged, totals.opened));
            received.dataPoint(point(unflagged, totals.received));
            sent.dataPoint(point(unflagged, totals.sent));
            totals.closed.forEach((flag, ended) -> {
                if (ended.sum() == 0) {
                    return;
                }
                CounterDataPointSnapshot point = point(labels.with(flag), ended);
                closed.dataPoint(point);
                if (flag != ResponseFlag.NONE) {
                    failed.dataPoint(point);
                }
            });
        });
        var overflowed = family("ambit_telemetry_overflows", "Events counted in a shared series, for want of another");
        overflowed.dataPoint(point(Labels.EMPTY, overflows));
        return MetricSnapshots.of(
                opened.build(),
                closed.build(),
                failed.build(),
                received.build(),
                sent.build(),
                overflowed.build(),
                rejections(),
                refusals());
    }

    private CounterSnapshot refusals() {
        var family = family("ambit_connections_refused", "Connections refused or ended on purpose, by reason");
        refused.forEach((reporter, words) -> words.forEach((word, times) -> {
            if (times.sum() > 0) {
                family.dataPoint(point(Labels.of("reporter", reporter.label(), "reason", word.label()), times));
            }
        }));
        return family.build();
    }

    private CounterSnapshot rejections() {
        var family = family("ambit_connections_rejected", "Connections that failed before there was anything to plan");
        rejected.forEach((reporter, times) -> family.dataPoint(point(Labels.of("reporter", reporter.label()), times)));
        return family.build();
    }

    private static CounterSnapshot.Builder family(String name, String help) {
        return CounterSnapshot.builder().name(name).help(help);
    }

    private static CounterDataPointSnapshot point(Labels labels, LongAdder value) {
        return CounterDataPointSnapshot.builder()
                .labels(labels)
                .value((double) value.sum())
                .build();
    }
}
