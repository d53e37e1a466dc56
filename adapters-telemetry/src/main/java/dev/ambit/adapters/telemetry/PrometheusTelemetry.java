package dev.ambit.adapters.telemetry;

import dev.ambit.domain.address.IpPort;
import dev.ambit.domain.flow.FlowContext;
import dev.ambit.domain.flow.FlowReport;
import dev.ambit.domain.flow.Reporter;
import dev.ambit.ports.telemetry.Counter;
import dev.ambit.ports.telemetry.FlowTelemetry;
import dev.ambit.ports.telemetry.Gauge;
import dev.ambit.ports.telemetry.Meter;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.function.IntSupplier;

/**
 * Istio's metric names and access-log lines, for Prometheus and for the logger {@code access}.
 *
 * <p>Bounds: a label value is cut at 256 characters; 10,000 label sets of TCP metrics, beyond which connections are counted
 * in one series per reporter with every other label {@code unknown} and {@code ambit_telemetry_overflows_total} grows; 1,000
 * label sets of other counters, beyond which values become {@code other}.
 */
public final class PrometheusTelemetry implements FlowTelemetry, Meter {
    private static final int SERIES_MAX = 10_000;
    private static final String OPEN_METRICS = "application/openmetrics-text";
    private static final String OPEN_METRICS_TYPE = OPEN_METRICS + "; version=1.0.0; charset=utf-8";
    private static final String PLAIN_TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final MeterSeries meters = new MeterSeries(registry);
    private final AccessLog log = new AccessLog();
    private final FlowSeries flows;

    /**
     * Telemetry of one process.
     *
     * @param component label of {@code istio_build}, for example {@code ztunnel}
     * @param version label {@code tag} of {@code istio_build}
     */
    public PrometheusTelemetry(String component, String version) {
        this(component, version, SERIES_MAX);
    }

    PrometheusTelemetry(String component, String version, int seriesMax) {
        flows = new FlowSeries(seriesMax);
        registry.getPrometheusRegistry().register(flows);
        io.micrometer.core.instrument.Gauge.builder("istio_build", () -> 1)
                .description("What runs here")
                .tag("component", component)
                .tag("tag", version)
                .register(registry);
    }

    @Override
    public void opened(FlowContext context) {
        flows.opened(context);
        log.opened(context);
    }

    @Override
    public void closed(FlowReport report) {
        flows.closed(report);
        log.closed(report);
    }

    @Override
    public void rejected(Reporter reporter, IpPort client, IpPort local, String error) {
        flows.rejected(reporter);
        log.rejected(reporter, client, local, error);
    }

    @Override
    public void add(Counter counter, double amount, String... labelValues) {
        meters.add(counter, amount, labelValues);
    }

    @Override
    public void gauge(Gauge gauge, IntSupplier value) {
        meters.gauge(gauge, value);
    }

    /**
     * Every metric, as OpenMetrics 1.0 if the scraper takes it and in Prometheus' text format 0.0.4 otherwise.
     *
     * @param acceptHeader the request's {@code Accept}; empty if it has none
     */
    public Exposition scrape(String acceptHeader) {
        String type = acceptHeader.contains(OPEN_METRICS) ? OPEN_METRICS_TYPE : PLAIN_TYPE;
        return new Exposition(type, registry.scrape(type));
    }
}
