package dev.ambit.services.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MetricsTest {
    private static final String EXPOSITION = """
            HTTP/1.1 200 OK
            content-type: text/plain

            # HELP opened connections
            opened_total{reporter="source",response_flags="-"} 3
            opened_total{reporter="destination",response_flags="DENY"} 2.0 1700000000
            plain 7.5
            broken{reporter="source"} many
            """;

    @Test
    void sumsBySampleNameAndLabel() {
        Metrics metrics = Metrics.parse(EXPOSITION);

        assertThat(metrics.sum("opened_total")).isEqualTo(5);
        assertThat(metrics.sum(
                        "opened_total", sample -> sample.label("response_flags").equals("DENY")))
                .isEqualTo(2);
        assertThat(metrics.sum("plain")).isEqualTo(7.5);
        assertThat(metrics.sum("broken")).isZero();
        assertThat(metrics.sum("unknown")).isZero();
    }
}
