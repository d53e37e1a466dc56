package dev.ambit.ports.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What every {@link Meter} that remembers does. */
@Timeout(30)
public abstract class MeterContract {

    protected abstract Meter meter();

    /** The counter's value now. */
    protected abstract double counted(Counter counter, String... labelValues);

    /** The gauge's value now. */
    protected abstract double measured(Gauge gauge);

    @ParameterizedTest
    @EnumSource
    protected void everyCounterCounts(Counter counter) {
        String[] values = Collections.nCopies(counter.labels().size(), "here").toArray(String[]::new);
        meter().increment(counter, values);
        meter().add(counter, 41, values);

        assertThat(counted(counter, values)).isEqualTo(42);
    }

    @ParameterizedTest
    @EnumSource
    protected void everyGaugeMeasuresAndTheLastRegistrationCounts(Gauge gauge) {
        meter().gauge(gauge, () -> 1);
        meter().gauge(gauge, () -> 7);

        assertThat(measured(gauge)).isEqualTo(7);
    }

    /** What the gauge says of a workload now. */
    protected abstract double measured(WorkloadGauge gauge, String namespace, String pod);

    @ParameterizedTest
    @EnumSource
    protected void everyWorkloadIsMeasuredApart(WorkloadGauge gauge) {
        meter().gauge(gauge, () -> List.of(new WorkloadGauge.Reading("shop", "cart", 1)));
        meter().gauge(
                        gauge,
                        () -> List.of(
                                new WorkloadGauge.Reading("shop", "cart", 7),
                                new WorkloadGauge.Reading("money", "bank", 1L << 40)));

        assertThat(measured(gauge, "shop", "cart")).isEqualTo(7);
        assertThat(measured(gauge, "money", "bank")).isEqualTo(1L << 40);
    }

    /** How often something was observed. */
    protected abstract long observed(Histogram histogram, String... labelValues);

    @ParameterizedTest
    @EnumSource
    protected void everyHistogramObserves(Histogram histogram) {
        String[] values = Collections.nCopies(histogram.labels().size(), "here").toArray(String[]::new);
        meter().observe(histogram, 0, values);
        meter().observe(histogram, 1e9, values);

        assertThat(observed(histogram, values)).isEqualTo(2);
        assertThatThrownBy(() -> meter().observe(histogram, Double.NaN, values))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    protected void labelValuesAreCountedApart() {
        meter().increment(Counter.XDS_MESSAGES, "a");
        meter().add(Counter.XDS_MESSAGES, 2, "b");

        assertThat(counted(Counter.XDS_MESSAGES, "a")).isEqualTo(1);
        assertThat(counted(Counter.XDS_MESSAGES, "b")).isEqualTo(2);
    }

    @Test
    protected void aMissingLabelIsOurMistake() {
        assertThatThrownBy(() -> meter().increment(Counter.XDS_MESSAGES)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> meter().increment(Counter.PROXIES_STARTED, "too many"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    protected void countersDoNotGoBack() {
        assertThatThrownBy(() -> meter().add(Counter.PROXIES_STARTED, -1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> meter().add(Counter.PROXIES_STARTED, Double.NaN))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
