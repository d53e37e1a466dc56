package dev.ambit.adapters.telemetry;

import dev.ambit.domain.flow.FlowContext;
import dev.ambit.domain.flow.FlowOutcome;
import dev.ambit.domain.flow.FlowReport;
import dev.ambit.domain.flow.RefusalReason;
import dev.ambit.domain.flow.RefusalWord;
import dev.ambit.domain.flow.Reporter;
import dev.ambit.domain.flow.ResponseFlag;
import dev.ambit.ports.telemetry.FlowTelemetry.FlowProgress;
import dev.ambit.ports.telemetry.FlowTelemetry.OpenFlow;
import java.io.IOException;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Predicate;

/**
 * Istio's TCP metrics. A connection costs one look-up and an addition; label text is put together, and the bytes of those that are
 * open are added up, when a scraper asks.
 */
final class FlowSeries {
    private final int seriesMax;
    private final AtomicInteger count = new AtomicInteger();
    private final ConcurrentHashMap<TrafficLabels, Totals> series = new ConcurrentHashMap<>();
    private final Set<Open> open = ConcurrentHashMap.newKeySet();
    private final LongAdder overflows = new LongAdder();
    private final Map<Reporter, LongAdder> rejected = adders(Reporter.class);
    private final Map<Reporter, LongAdder> sockets = adders(Reporter.class);
    private final Set<Reporter> socketsSeen = ConcurrentHashMap.newKeySet();
    private final Map<Reporter, Map<RefusalWord, LongAdder>> refused =
            Map.of(Reporter.SOURCE, adders(RefusalWord.class), Reporter.DESTINATION, adders(RefusalWord.class));

    /** What one series has counted. */
    private static final class Totals {
        private final LongAdder opened = new LongAdder();
        private final LongAdder received = new LongAdder();
        private final LongAdder sent = new LongAdder();
        private final Map<ResponseFlag, LongAdder> closed = adders(ResponseFlag.class);
    }

    /** A connection that is not over, and what of it is counted. */
    private final class Open implements OpenFlow {
        private final Totals totals;
        private final FlowProgress progress;
        private long received;
        private long sent;
        private boolean over;

        Open(Totals totals, FlowProgress progress) {
            this.totals = totals;
            this.progress = progress;
        }

        /** Counts what was carried since the last time. */
        synchronized void count() {
            if (!over) {
                count(progress.received(), progress.sent());
            }
        }

        private void count(long receivedNow, long sentNow) {
            // What is counted cannot be taken back: a counter never shrinks.
            if (receivedNow > received) {
                totals.received.add(receivedNow - received);
                received = receivedNow;
            }
            if (sentNow > sent) {
                totals.sent.add(sentNow - sent);
                sent = sentNow;
            }
        }

        @Override
        public void closed(FlowReport report) {
            open.remove(this);
            synchronized (this) {
                over = true;
                count(report.received(), report.sent());
            }
            FlowSeries.this.closed(totals, report);
        }
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

    OpenFlow opened(FlowContext context, FlowProgress progress) {
        Totals totals = totals(context);
        totals.opened.increment();
        var flow = new Open(totals, progress);
        open.add(flow);
        return flow;
    }

    private void closed(Totals totals, FlowReport report) {
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

    void socketOpened(Reporter reporter) {
        socketsSeen.add(reporter);
        adder(sockets, reporter).increment();
    }

    void socketClosed(Reporter reporter) {
        adder(sockets, reporter).decrement();
    }

    /** Istio's families, under its names, with its help. */
    void writeTo(ExpositionText text) throws IOException {
        open.forEach(Open::count);
        text.counter("istio_tcp_connections_opened", "The total number of TCP connections opened.");
        for (var each : series.entrySet()) {
            each.getKey()
                    .addTo(text, ResponseFlag.NONE)
                    .sample(each.getValue().opened.sum());
        }
        text.counter("istio_tcp_connections_closed", "The total number of TCP connections closed.");
        closed(text, flag -> true);
        text.counter(
                "istio_tcp_received_bytes",
                "The size of total bytes received during request in case of a TCP connection.");
        for (var each : series.entrySet()) {
            each.getKey()
                    .addTo(text, ResponseFlag.NONE)
                    .sample(each.getValue().received.sum());
        }
        text.counter(
                "istio_tcp_sent_bytes", "The size of total bytes sent during response in case of a TCP connection.");
        for (var each : series.entrySet()) {
            each.getKey()
                    .addTo(text, ResponseFlag.NONE)
                    .sample(each.getValue().sent.sum());
        }
        text.counter(
                "istio_tcp_connections_failed",
                "The total number of TCP connections that failed to establish (unstable).");
        closed(text, flag -> flag != ResponseFlag.NONE);
        text.gauge("istio_tcp_sockets_open", "The current number of open TCP sockets (unstable).");
        for (Reporter reporter : socketsSeen) {
            text.label("reporter", reporter.label())
                    .sample(adder(sockets, reporter).sum());
        }
        writeOwnTo(text);
    }

    private void closed(ExpositionText text, Predicate<ResponseFlag> counted) throws IOException {
        for (var each : series.entrySet()) {
            for (var ended : each.getValue().closed.entrySet()) {
                if (counted.test(ended.getKey()) && ended.getValue().sum() > 0) {
                    each.getKey()
                            .addTo(text, ended.getKey())
                            .sample(ended.getValue().sum());
                }
            }
        }
    }

    private void writeOwnTo(ExpositionText text) throws IOException {
        text.counter("ambit_connections_refused", "Connections refused or ended on purpose, by reason.");
        for (Reporter reporter : Reporter.values()) {
            for (var word : Objects.requireNonNull(refused.get(reporter)).entrySet()) {
                if (word.getValue().sum() > 0) {
                    text.label("reporter", reporter.label())
                            .label("reason", word.getKey().label())
                            .sample(word.getValue().sum());
                }
            }
        }
        text.counter("ambit_connections_rejected", "Connections that failed before there was anything to plan.");
        for (var each : rejected.entrySet()) {
            if (each.getValue().sum() > 0) {
                text.label("reporter", each.getKey().label())
                        .sample(each.getValue().sum());
            }
        }
        text.counter("ambit_telemetry_overflows", "Events counted in a shared series, for want of another.");
        if (overflows.sum() > 0) {
            text.sample(overflows.sum());
        }
    }
}
