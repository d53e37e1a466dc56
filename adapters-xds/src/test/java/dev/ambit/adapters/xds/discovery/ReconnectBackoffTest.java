package dev.ambit.adapters.xds.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(10)
class ReconnectBackoffTest {
    /** The middle of every range: no spread. */
    private static final RandomGenerator MIDDLE = () -> 1L << 63;

    private static ReconnectBackoff backoff(RandomGenerator random) {
        return new ReconnectBackoff(Duration.ofMillis(10), Duration.ofSeconds(15), random);
    }

    @Test
    void doublesUpToItsLimitAndStartsAgainAfterAUsefulStream() {
        var backoff = backoff(MIDDLE);

        assertThat(backoff.pauseAfter(false)).isEqualTo(Duration.ofMillis(10));
        assertThat(backoff.pauseAfter(false)).isEqualTo(Duration.ofMillis(20));
        assertThat(backoff.pauseAfter(false)).isEqualTo(Duration.ofMillis(40));
        for (int i = 0; i < 100; i++) {
            assertThat(backoff.pauseAfter(false)).isLessThanOrEqualTo(Duration.ofSeconds(15));
        }
        assertThat(backoff.pauseAfter(false)).isEqualTo(Duration.ofSeconds(15));
        assertThat(backoff.pauseAfter(true)).isEqualTo(Duration.ofMillis(10));
    }

    @Test
    void spreadsByAFifth() {
        assertThat(backoff(() -> 0).pauseAfter(true)).isEqualTo(Duration.ofMillis(8));
        assertThat(backoff(() -> -1).pauseAfter(true)).isBetween(Duration.ofNanos(11_999_000), Duration.ofMillis(12));
    }
}
