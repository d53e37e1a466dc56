package dev.ambit.domain.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class TokenBucketTest {
    static final long SECOND = 1_000_000_000L;
    private static final TokenBucket TEN = new TokenBucket(10, 20);

    private static int drain(TokenBucket bucket, TokenBucket.Level from, long nanos) {
        int taken = 0;
        Optional<TokenBucket.Level> level = bucket.take(from, nanos);
        while (level.isPresent()) {
            taken++;
            level = bucket.take(level.get(), nanos);
        }
        return taken;
    }

    @Test
    void aFullBucketGivesItsBurst() {
        assertThat(drain(TEN, TEN.full(5), 5)).isEqualTo(20);
    }

    @Test
    void tokensComeBackWithTimeUpToTheBurst() {
        var empty = new TokenBucket.Level(0, 0);

        assertThat(TEN.take(empty, SECOND / 10 - 1)).isEmpty();
        assertThat(TEN.take(empty, SECOND / 10)).isPresent();
        assertThat(drain(TEN, empty, SECOND)).isEqualTo(10);
        assertThat(drain(TEN, empty, 60 * SECOND)).isEqualTo(20);
    }

    @Test
    void aClockThatGoesBackGivesNothing() {
        assertThat(TEN.take(new TokenBucket.Level(0, SECOND), 0)).isEmpty();
    }

    @Test
    void ratesThatMakeNoSenseAreRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> new TokenBucket(0, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> new TokenBucket(1, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> new TokenBucket(Double.NaN, 1));
    }

    /** However the calls come, no more get through than burst and rate allow. */
    @Property
    void neverGivesMoreThanItsRule(
            @ForAll @IntRange(min = 1, max = 1_000) int rate,
            @ForAll @IntRange(min = 1, max = 1_000) int burst,
            @ForAll @Size(max = 300) java.util.List<@LongRange(min = 0, max = SECOND) Long> pauses) {
        var bucket = new TokenBucket(rate, burst);
        TokenBucket.Level level = bucket.full(0);
        long now = 0;
        int taken = 0;
        for (long pause : pauses) {
            now += pause;
            Optional<TokenBucket.Level> after = bucket.take(level, now);
            if (after.isPresent()) {
                taken++;
                level = after.get();
            }
        }
        assertThat((double) taken).isLessThanOrEqualTo(burst + rate * (now / (double) SECOND) + 1e-6);
    }
}
