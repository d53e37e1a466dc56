package dev.ambit.adapters.telemetry;

import dev.ambit.ports.telemetry.Counter;
import dev.ambit.ports.telemetry.Gauge;
import dev.ambit.ports.telemetry.Histogram;
import dev.ambit.ports.telemetry.Meter;
import dev.ambit.ports.telemetry.MeterContract;
import dev.ambit.ports.telemetry.WorkloadGauge;
import java.util.HashMap;
import java.util.Map;

final class PrometheusMeterContractTest extends MeterContract {
    private final PrometheusTelemetry telemetry = new PrometheusTelemetry("ztunnel", "1.0");

    @Override
    protected Meter meter() {
        return telemetry;
    }

    @Override
    protected double counted(Counter counter, String... labelValues) {
        var labels = new HashMap<String, String>();
        for (int i = 0; i < labelValues.length; i++) {
            labels.put(counter.labels().get(i), labelValues[i]);
        }
        return samples().sum(counter.metric() + (counter.isBare() ? "" : "_total"), labels);
    }

    @Override
    protected double measured(WorkloadGauge gauge, String namespace, String pod) {
        return samples().sum(gauge.metric(), Map.of("namespace", namespace, "pod", pod));
    }

    @Override
    protected double measured(Gauge gauge) {
        return samples().sum(gauge.metric(), Map.of());
    }

    @Override
    protected long observed(Histogram histogram, String... labelValues) {
        var labels = new HashMap<String, String>();
        for (int i = 0; i < labelValues.length; i++) {
            labels.put(histogram.labels().get(i), labelValues[i]);
        }
        return (long) samples().sum(histogram.metric() + "_count", labels);
    }

    private Samples samples() {
        return Samples.parse(telemetry.scrape("text/plain").body());
    }
}
