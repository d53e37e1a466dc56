package dev.ambit.services.cli.bench;

import java.util.Arrays;

/** Nanosecond samples of one caller; merged and sorted at the end. Not for sharing between threads. */
final class Latencies {
    private long[] samples = new long[4096];
    private int count;

    void add(long nanos) {
        if (count == samples.length) {
            samples = Arrays.copyOf(samples, count * 2);
        }
        samples[count++] = nanos;
    }

    void addAll(Latencies other) {
        for (int i = 0; i < other.count; i++) {
            add(other.samples[i]);
        }
    }

    int count() {
        return count;
    }

    /** Microseconds below which the given share of samples lies; NaN without samples. */
    double micros(double quantile) {
        if (count == 0) {
            return Double.NaN;
        }
        long[] sorted = Arrays.copyOf(samples, count);
        Arrays.sort(sorted);
        return sorted[(int) Math.min(count - 1L, (long) (count * quantile))] / 1e3;
    }
}
