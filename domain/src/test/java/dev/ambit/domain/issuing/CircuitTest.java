package dev.ambit.domain.issuing;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class CircuitTest {
    private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");

    private static Circuit afterFailures(int count) {
        return Stream.iterate(Circuit.CLOSED, circuit -> circuit.failed(NOW))
                .skip(count)
                .findFirst()
                .orElseThrow();
    }

    @ParameterizedTest
    @CsvSource({
        "0, false, 0",
        "1, false, 0",
        "2, false, 0",
        "3, true, 1",
        "4, true, 2",
        "5, true, 4",
        "7, true, 16",
        "8, true, 30",
        "9, true, 30",
        "5000, true, 30"
    })
    void afterFailuresInARowThePauseIs(int failures, boolean open, int seconds) {
        Circuit circuit = afterFailures(failures);

        assertThat(circuit.isOpen()).isEqualTo(open);
        assertThat(circuit.lets(NOW.plusSeconds(seconds))).isTrue();
        assertThat(circuit.lets(NOW.plusSeconds(seconds).minusMillis(1))).isEqualTo(!open);
    }

    @Test
    void whileItIsOpenOneAsksAtATime() {
        Instant later = NOW.plusSeconds(1);
        Circuit asked = afterFailures(3).asked(later);

        assertThat(asked.lets(later)).isFalse();
        assertThat(asked.lets(later.plus(Duration.ofSeconds(1))))
                .as("whoever asked never came back")
                .isTrue();
    }

    @Test
    void whileItIsClosedAllAsk() {
        assertThat(Circuit.CLOSED.asked(NOW).lets(NOW)).isTrue();
        assertThat(afterFailures(2).asked(NOW).lets(NOW)).isTrue();
    }
}
