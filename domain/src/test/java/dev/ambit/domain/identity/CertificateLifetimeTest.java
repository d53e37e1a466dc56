package dev.ambit.domain.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(10)
class CertificateLifetimeTest {

    private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");
    private static final CertificateLifetime DAY = new CertificateLifetime(NOON, NOON.plus(Duration.ofHours(24)));

    @ParameterizedTest
    @CsvSource({
        "PT-0.001S, false, false",
        "PT0S, true, false",
        "PT11H59M59.999S, true, false",
        "PT12H, true, true",
        "PT23H59M59.999S, true, true",
        "PT24H, false, true",
        "PT48H, false, true"
    })
    void validUntilTheEndAndDueFromTheMiddle(Duration age, boolean valid, boolean due) {
        assertThat(DAY.isValidAt(NOON.plus(age))).isEqualTo(valid);
        assertThat(DAY.isDueAt(NOON.plus(age))).isEqualTo(due);
    }

    @Test
    void middleOfAnOddLifetime() {
        assertThat(new CertificateLifetime(NOON, NOON.plusSeconds(3)).renewAt()).isEqualTo(NOON.plusMillis(1500));
    }

    @Test
    void refusesToEndBeforeItBegins() {
        assertThatThrownBy(() -> new CertificateLifetime(NOON, NOON)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new CertificateLifetime(NOON, NOON.minusSeconds(1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(NOON.toString());
    }
}
