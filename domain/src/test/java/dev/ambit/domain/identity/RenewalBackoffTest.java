package dev.ambit.domain.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(10)
class RenewalBackoffTest {

    private static final Duration LONGEST = Duration.ofSeconds(150);

    /** Always draws the same number. */
    private static RandomGenerator drawing(double number) {
        return new RandomGenerator() {
            @Override
            public long nextLong() {
                throw new AssertionError("only doubles are drawn");
            }

            @Override
            public double nextDouble() {
                return number;
            }
        };
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "2, 2", "3, 4", "4, 8", "7, 64"})
    void doublesAndIsSpreadByAFifthEitherWay(int failures, int seconds) {
        var backoff = new RenewalBackoff(failures);

        assertThat(backoff.pause(drawing(0.5))).isEqualTo(Duration.ofSeconds(seconds));
        assertThat(backoff.pause(drawing(0))).isEqualTo(Duration.ofMillis(seconds * 800L));
        assertThat(backoff.pause(drawing(1))).isEqualTo(Duration.ofMillis(seconds * 1200L));
    }

    @Test
    void doesNotPauseBeforeTheFirstFailure() {
        assertThat(RenewalBackoff.NONE.pause(drawing(0.5))).isZero();
    }

    @ParameterizedTest
    @CsvSource({"8", "9", "30", "2147483647"})
    void neverLongerThanTheLongestAndStillSpread(int failures) {
        var backoff = new RenewalBackoff(failures);

        assertThat(backoff.pause(drawing(1))).isEqualTo(LONGEST);
        assertThat(backoff.pause(drawing(0))).isLessThan(LONGEST.multipliedBy(3).dividedBy(4));
    }

    @Test
    void failuresAddUpWithoutOverflow() {
        var backoff = RenewalBackoff.NONE;
        for (int i = 0; i < 100; i++) {
            backoff = backoff.afterFailure();
        }

        assertThat(backoff.failures()).isPositive();
        assertThat(backoff.pause(drawing(1))).isEqualTo(LONGEST);
        assertThat(new RenewalBackoff(Integer.MAX_VALUE).afterFailure().failures())
                .isPositive();
        assertThatThrownBy(() -> new RenewalBackoff(-1)).isInstanceOf(IllegalArgumentException.class);
    }
}
