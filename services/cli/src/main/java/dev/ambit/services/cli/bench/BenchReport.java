package dev.ambit.services.cli.bench;

import dev.ambit.services.cli.bench.Measurement.Test;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/** Medians over the rounds, and every path's ratio to direct TCP and to the peer, if there is one. */
final class BenchReport {
    private final List<Measurement> measurements;
    private final List<BenchRun.Start> starts;
    private final List<String> paths;

    BenchReport(List<Measurement> measurements, List<BenchRun.Start> starts) {
        this.measurements = List.copyOf(measurements);
        this.starts = List.copyOf(starts);
        this.paths = measurements.stream().map(Measurement::path).distinct().toList();
    }

    void print(PrintStream out) {
        for (Test test :
                measurements.stream().map(Measurement::test).distinct().sorted().toList()) {
            out.println();
            out.println(test.title());
            out.printf(
                    "  %-8s %14s %9s %9s %9s %20s %9s %8s%n",
                    "path", "speed", "/direct", "p50 us", "p99 us", "proxies' CPU", "/peer", "RSS MiB");
            for (String path : paths) {
                row(out, test, path);
            }
        }
        starts(out);
    }

    private void starts(PrintStream out) {
        out.println();
        out.println("start");
        out.printf("  %-16s %14s %14s%n", "path", "ready ms", "idle RSS MiB");
        for (String path : starts.stream().map(BenchRun.Start::path).distinct().toList()) {
            out.printf(
                    Locale.ROOT,
                    "  %-16s %14.0f %14.0f%n",
                    path,
                    median(starts.stream().filter(start -> start.path().equals(path)), BenchRun.Start::readyMillis),
                    median(starts.stream().filter(start -> start.path().equals(path)), BenchRun.Start::idleMiB));
        }
    }

    private void row(PrintStream out, Test test, String path) {
        double speed = median(test, path, Measurement::perSecond);
        double cpu = median(test, path, Measurement::cpuPerUnit);
        double peerCpu = paths.contains("peer") ? median(test, "peer", Measurement::cpuPerUnit) : Double.NaN;
        double failures = measurements.stream()
                .filter(m -> m.test() == test && m.path().equals(path))
                .mapToLong(Measurement::failures)
                .sum();
        out.printf(
                Locale.ROOT,
                "  %-8s %14s %9s %9s %9s %20s %9s %8s%s%n",
                path,
                test.unit().speed(speed),
                figure("%.2f", speed / median(test, "direct", Measurement::perSecond)),
                figure("%.0f", median(test, path, Measurement::p50Micros)),
                figure("%.0f", median(test, path, Measurement::p99Micros)),
                Double.isNaN(cpu)
                        ? "-"
                        : String.format(Locale.ROOT, "%.2f %s", cpu, test.unit().cpuName()),
                figure("%.2f", cpu / peerCpu),
                figure("%.0f", median(test, path, Measurement::rssMiB)),
                failures > 0 ? String.format(Locale.ROOT, "  %.0f FAILED", failures) : "");
    }

    private static String figure(String format, double value) {
        return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, format, value);
    }

    private double median(Test test, String path, ToDoubleFunction<Measurement> figure) {
        return median(
                measurements.stream().filter(m -> m.test() == test && m.path().equals(path)), figure);
    }

    private static <T> double median(Stream<T> all, ToDoubleFunction<T> figure) {
        double[] sorted = all.mapToDouble(figure).sorted().toArray();
        if (sorted.length == 0) {
            return Double.NaN;
        }
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
