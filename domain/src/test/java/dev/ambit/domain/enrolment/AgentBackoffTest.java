package dev.ambit.domain.enrolment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Random;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(10)
class AgentBackoffTest {
    private static final Duration LONGEST = Duration.ofSeconds(15);

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

    private static AgentBackoff after(AgentBackoff start, int failures) {
        return Stream.iterate(start, AgentBackoff::afterFailure)
                .skip(failures)
                .findFirst()
                .orElseThrow();
    }

    @ParameterizedTest
    @CsvSource({"1, 20", "2, 40", "3, 80", "10, 10240"})
    void connectingDoublesFromTwentyMilliseconds(int failures, long millis) {
        assertThat(after(AgentBackoff.CONNECTING, failures).pause(drawing(0.5))).isEqualTo(Duration.ofMillis(millis));
    }

    @ParameterizedTest
    @CsvSource({"1, 5", "2, 10", "3, 20", "12, 10240"})
    void announcingDoublesFromFiveMilliseconds(int failures, long millis) {
        assertThat(after(AgentBackoff.ANNOUNCING, failures).pause(drawing(0.5))).isEqualTo(Duration.ofMillis(millis));
    }

    @Test
    void pausesAreSpreadByAFifthEitherWay() {
        AgentBackoff once = AgentBackoff.ANNOUNCING.afterFailure();

        assertThat(once.pause(drawing(0))).isEqualTo(Duration.ofMillis(4));
        assertThat(once.pause(drawing(1))).isEqualTo(Duration.ofMillis(6));
    }

    @ParameterizedTest
    @CsvSource({"13", "30", "2147483647"})
    void neverLongerThanTheLongestAndStillSpread(int failures) {
        var backoff = new AgentBackoff(Duration.ofMillis(5), failures);

        assertThat(backoff.pause(drawing(1))).isEqualTo(LONGEST);
        assertThat(backoff.pause(drawing(0))).isLessThan(LONGEST.multipliedBy(3).dividedBy(4));
    }

    @Test
    void proxiesThatFailTogetherComeBackApart() {
        AgentBackoff backoff = after(AgentBackoff.ANNOUNCING, 8);

        assertThat(Stream.of(1, 2, 3, 4, 5).map(seed -> backoff.pause(new Random(seed))))
                .doesNotHaveDuplicates();
    }

    @Test
    void doesNotPauseBeforeTheFirstFailureAndFailuresDoNotOverflow() {
        assertThat(AgentBackoff.CONNECTING.pause(drawing(0.5))).isZero();
        assertThat(after(AgentBackoff.CONNECTING, 100).pause(drawing(1))).isEqualTo(LONGEST);
        assertThatThrownBy(() -> new AgentBackoff(Duration.ZERO, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new AgentBackoff(LONGEST, -1)).isInstanceOf(IllegalArgumentException.class);
    }
}
