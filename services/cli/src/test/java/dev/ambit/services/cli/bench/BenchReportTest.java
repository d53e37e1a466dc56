package dev.ambit.services.cli.bench;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.services.cli.bench.Measurement.Test;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.List;

class BenchReportTest {

    @org.junit.jupiter.api.Test
    void comparesMediansWithDirectAndPeer() {
        var report = new BenchReport(
                List.of(
                        of("direct", 1, 1000, Double.NaN),
                        of("netty", 1, 100, 99),
                        of("netty", 2, 500, 60),
                        of("netty", 3, 900, 10),
                        of("peer", 1, 250, 30)),
                List.of());
        var shown = new ByteArrayOutputStream();

        report.print(new PrintStream(shown, true, UTF_8));

        String netty = shown.toString(UTF_8)
                .lines()
                .filter(line -> line.contains("netty"))
                .findFirst()
                .orElseThrow();
        assertThat(netty.strip().split("\\s+"))
                .containsExactly("netty", "500/s", "0.50", "5", "9", "60.00", "us/request", "2.00", "70");
    }

    @org.junit.jupiter.api.Test
    void startsAreShownAsMedians() {
        var shown = new ByteArrayOutputStream();
        var starts = List.of(
                new BenchRun.Start("netty", 700, 90),
                new BenchRun.Start("netty", 500, 80),
                new BenchRun.Start("netty", 600, 120));

        new BenchReport(List.of(), starts).print(new PrintStream(shown, true, UTF_8));

        assertThat(shown.toString(UTF_8)).containsPattern("netty +600 +90");
    }

    @org.junit.jupiter.api.Test
    void failuresAreShownWhereTheyHappened() {
        var failed = new Measurement("netty", Test.REQUESTS_8, 1, 10, 1, 2, 3, 4, 7);
        var shown = new ByteArrayOutputStream();

        new BenchReport(List.of(failed), List.of()).print(new PrintStream(shown, true, UTF_8));

        assertThat(shown.toString(UTF_8)).contains("7 FAILED");
    }

    @org.junit.jupiter.api.Test
    void jsonHasNullForWhatWasNotMeasured() {
        assertThat(of("direct", 1, 1000, Double.NaN).json())
                .contains(
                        "\"path\":\"direct\"",
                        "\"cpuPerUnit\":null",
                        "\"test\":\"requests_8\"",
                        "\"perSecond\":1000.000");
    }

    @org.junit.jupiter.api.Test
    void quantilesOfManySamples() {
        var latencies = new Latencies();
        for (int i = 1; i <= 10_000; i++) {
            latencies.add(i * 1000L);
        }

        assertThat(latencies.micros(0.5)).isBetween(4999.0, 5002.0);
        assertThat(latencies.micros(0.99)).isBetween(9899.0, 9902.0);
        assertThat(new Latencies().micros(0.5)).isNaN();
    }

    private static Measurement of(String path, int round, double perSecond, double cpu) {
        return new Measurement(path, Test.REQUESTS_8, round, perSecond, 5, 9, cpu, 70, 0);
    }
}
