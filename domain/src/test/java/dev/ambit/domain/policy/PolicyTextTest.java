package dev.ambit.domain.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.domain.policy.StringMatch.Exact;
import dev.ambit.domain.policy.StringMatch.Presence;
import dev.ambit.domain.policy.StringMatch.Suffix;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Names and patterns of policies as text: {@link PolicyName} and {@link StringMatch}. */
@Timeout(10)
class PolicyTextTest {

    @Test
    void starIsPresence() {
        assertThat(StringMatch.of("*")).isEqualTo(new Presence());
        assertThat(StringMatch.of("")).isEqualTo(new Exact(""));
        assertThat(StringMatch.of("**")).isEqualTo(new Suffix("*"));
        assertThat(StringMatch.of("*x*")).isEqualTo(new Suffix("x*"));
        assertThat(StringMatch.of("a*b")).isEqualTo(new Exact("a*b"));
    }

    @ParameterizedTest
    @CsvSource({
        "shop, shop, true",
        "shop, shopping, false",
        "shop, '', false",
        "sho*, shop, true",
        "sho*, sho, true",
        "sho*, ashop, false",
        "*op, shop, true",
        "*op, op, true",
        "*op, ops, false",
        "*, shop, true",
        "*, '', false",
        "'', '', true",
        "'', shop, false"
    })
    void matches(String pattern, String candidate, boolean matches) {
        assertThat(StringMatch.of(pattern).matches(candidate)).isEqualTo(matches);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/", "shop", "shop/", "/cart", "a/b/c"})
    void refusesWhatHasNotTwoParts(String text) {
        assertThat(PolicyName.parse(text)).isEmpty();
    }

    @Test
    void namesAreOrderedByNamespaceFirst() {
        assertThat(new PolicyName("a", "z")).isLessThan(new PolicyName("b", "a"));
        assertThat(new PolicyName("a", "a")).isLessThan(new PolicyName("a", "b"));
    }
}
