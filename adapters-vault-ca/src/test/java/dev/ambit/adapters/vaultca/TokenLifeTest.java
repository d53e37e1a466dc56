package dev.ambit.adapters.vaultca;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class TokenLifeTest {
    private static final Instant SINCE = Instant.parse("2026-11-21T10:00:00Z");

    @ParameterizedTest
    @CsvSource({
        "0, true, 1000000, NOTHING",
        "90, true, 0, NOTHING",
        "90, true, 59, NOTHING",
        "90, true, 60, RENEWAL",
        "90, false, 60, LOGIN",
        "90, true, 89, RENEWAL",
        "90, true, 90, LOGIN",
    })
    void aTokenNeeds(long ttl, boolean renewable, long age, TokenLife.Need need) {
        var life = new TokenLife(SINCE, Duration.ofSeconds(ttl), renewable);

        assertThat(life.need(SINCE.plusSeconds(age))).isEqualTo(need);
    }
}
