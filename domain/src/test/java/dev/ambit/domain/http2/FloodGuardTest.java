package dev.ambit.domain.http2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ambit.domain.http2.FloodGuard.Kind;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
class FloodGuardTest {
    private static final long SECOND = 1_000_000_000L;

    /** System.nanoTime may be anything, also about to overflow. */
    private static final long START = aboutToOverflow();

    private final FloodGuard guard = new FloodGuard(START);

    private static long aboutToOverflow() {
        return Long.MAX_VALUE - SECOND;
    }

    @ParameterizedTest
    @EnumSource
    void asManyAsAllowedAreFineInEveryPeriod(Kind kind) throws Http2Violation {
        for (int period = 0; period < 3; period++) {
            for (int i = 0; i < kind.allowed(); i++) {
                guard.count(kind, START + 11 * SECOND * period);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void oneMoreEndsTheConnection(Kind kind) throws Http2Violation {
        for (int i = 0; i < kind.allowed(); i++) {
            guard.count(kind, START);
        }
        assertThatThrownBy(() -> guard.count(kind, START + 9 * SECOND))
                .hasMessageContaining(kind.name())
                .isInstanceOfSatisfying(
                        Http2Violation.class, flood -> assertThat(flood.code()).isEqualTo(ErrorCode.ENHANCE_YOUR_CALM));
    }
}
