package dev.ambit.ports.telemetry;

import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** Counts and measures things that are not connections. Safe for use by several threads; must not block. */
public interface Meter {

    /** Adds to a counter. Label values are given in the order of {@link Counter#labels}. */
    void add(Counter counter, double amount, String... labelValues);

    default void increment(Counter counter, String... labelValues) {
        add(counter, 1, labelValues);
    }

    /** Adds a value that is not negative to a distribution. Label values are given in the order of {@link Histogram#labels}. */
    void observe(Histogram histogram, double value, String... labelValues);

    /** Reads the supplier whenever the gauge is scraped; the last registration of a gauge counts. */
    void gauge(Gauge gauge, LongSupplier value);

    /**
     * As the other for each workload: whoever supplies the readings bounds how many they are, and gives no workload twice.
     */
    void gauge(WorkloadGauge gauge, Supplier<List<WorkloadGauge.Reading>> readings);

    /** A meter that forgets, for tests and for parts that are run alone. */
    static Meter none() {
        return new Meter() {
            @Override
            public void add(Counter counter, double amount, String... labelValues) {
                // Nobody is looking.
            }

            @Override
            public void observe(Histogram histogram, double value, String... labelValues) {
                // Nobody is looking.
            }

            @Override
            public void gauge(Gauge gauge, LongSupplier value) {
                // Nobody is looking.
            }

            @Override
            public void gauge(WorkloadGauge gauge, Supplier<List<WorkloadGauge.Reading>> readings) {
                // Nobody is looking.
            }
        };
    }
}
