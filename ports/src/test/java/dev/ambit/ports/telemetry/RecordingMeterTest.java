package dev.ambit.ports.telemetry;

final class RecordingMeterTest extends MeterContract {
    private final RecordingTelemetry telemetry = new RecordingTelemetry();

    @Override
    protected Meter meter() {
        return telemetry;
    }

    @Override
    protected double counted(Counter counter, String... labelValues) {
        return telemetry.counted(counter, labelValues);
    }

    @Override
    protected double measured(WorkloadGauge gauge, String namespace, String pod) {
        return telemetry.measured(gauge).stream()
                .filter(reading ->
                        reading.namespace().equals(namespace) && reading.pod().equals(pod))
                .mapToLong(WorkloadGauge.Reading::value)
                .sum();
    }

    @Override
    protected double measured(Gauge gauge) {
        return telemetry.measured(gauge);
    }

    @Override
    protected long observed(Histogram histogram, String... labelValues) {
        return telemetry.observed(histogram, labelValues);
    }
}
