package dev.ambit.adapters.telemetry;

import dev.ambit.adapters.telemetry.log.LogOutput;
import dev.ambit.domain.address.IpPort;
import dev.ambit.domain.flow.FlowContext;
import dev.ambit.domain.flow.Reporter;
import dev.ambit.ports.telemetry.Counter;
import dev.ambit.ports.telemetry.FlowPath;
import dev.ambit.ports.telemetry.FlowTelemetry;
import dev.ambit.ports.telemetry.Gauge;
import dev.ambit.ports.telemetry.Histogram;
import dev.ambit.ports.telemetry.Meter;
import dev.ambit.ports.telemetry.WorkloadGauge;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Istio's metric names and access-log lines, for Prometheus and for the log scope {@code access}.
 *
 * <p>Bounds: a label value is cut at 256 characters; 10,000 label sets of TCP metrics, beyond which connections are counted
 * in one series per reporter with every other label {@code unknown} and {@code ambit_telemetry_overflows_total} grows; 1,000
 * label sets of other counters, beyond which values become {@code other}.
 */
public final class PrometheusTelemetry implements FlowTelemetry, Meter {
    private static final int SERIES_MAX = 10_000;
    private static final String OPEN_METRICS = "application/openmetrics-text";
    private static final String OPEN_METRICS_TYPE = OPEN_METRICS + ";charset=utf-8;version=1.0.0";
    private static final String PLAIN_TYPE = "text/plain; charset=utf-8";

    private final MeterSeries meters = new MeterSeries();
    private final OpenFiles files = OpenFiles.OF_THIS_PROCESS;
    private final AccessLog log;
    private final FlowSeries flows;
    private final String component;
    private final String version;

    /**
     * Telemetry of one process, with its access log on standard output.
     *
     * @param component label of {@code istio_build}, for example {@code ztunnel}
     * @param version label {@code tag} of {@code istio_build}
     */
    public PrometheusTelemetry(String component, String version) {
        this(component, version, SERIES_MAX, LogOutput.standard());
    }

    PrometheusTelemetry(String component, String version, int seriesMax, LogOutput output) {
        this.component = component;
        this.version = version;
        flows = new FlowSeries(seriesMax);
        log = new AccessLog(output);
    }

    @Override
    public OpenFlow opened(FlowContext context, FlowPath path, FlowProgress progress) {
        OpenFlow counted = flows.opened(context, progress);
        if (path == FlowPath.SAME_NODE) {
            meters.add(Counter.SAME_NODE_CONNECTIONS, 1);
        }
        log.opened(context);
        return report -> {
            counted.closed(report);
            log.closed(report, path);
        };
    }

    @Override
    public void rejected(Reporter reporter, IpPort client, IpPort local, String error) {
        flows.rejected(reporter);
        log.rejected(reporter, client, local, error);
    }

    @Override
    public void socketOpened(Reporter reporter) {
        flows.socketOpened(reporter);
    }

    @Override
    public void socketClosed(Reporter reporter) {
        flows.socketClosed(reporter);
    }

    @Override
    public void add(Counter counter, double amount, String... labelValues) {
        meters.add(counter, amount, labelValues);
    }

    @Override
    public void observe(Histogram histogram, double value, String... labelValues) {
        meters.observe(histogram, value, labelValues);
    }

    @Override
    public void gauge(Gauge gauge, LongSupplier value) {
        meters.gauge(gauge, value);
    }

    @Override
    public void gauge(WorkloadGauge gauge, Supplier<List<WorkloadGauge.Reading>> readings) {
        meters.gauge(gauge, readings);
    }

    /**
     * Every metric, in the OpenMetrics text format, which Prometheus' older parsers read too. Only the content type depends on
     * what the scraper takes, as with Istio's ztunnel.
     *
     * @param acceptHeader the request's {@code Accept}; empty if it has none
     */
    public Exposition scrape(String acceptHeader) {
        boolean open = Stream.of(acceptHeader.split(",", -1))
                .map(range -> range.split(";", 2)[0].strip().toLowerCase(Locale.ROOT))
                .anyMatch(OPEN_METRICS::equals);
        return new Exposition(open ? OPEN_METRICS_TYPE : PLAIN_TYPE, this::writeTo);
    }

    private void writeTo(ExpositionText text) throws IOException {
        number(text, "process_open_fds", "Number of open file descriptors", files.open());
        number(text, "process_max_fds", "Maximum number of file descriptors", files.max());
        text.gauge("istio_build", "Istio component build info.");
        text.label("component", component).label("tag", version).sample(1);
        flows.writeTo(text);
        meters.writeTo(text);
    }

    private static void number(ExpositionText text, String name, String help, OptionalLong value) throws IOException {
        if (value.isPresent()) {
            text.gauge(name, help);
            text.sample(value.getAsLong());
        }
    }
}
