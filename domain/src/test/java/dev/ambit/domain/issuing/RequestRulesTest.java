package dev.ambit.domain.issuing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.ambit.domain.identity.SpiffeId;
import dev.ambit.domain.issuing.RequestFacts.KeyKind;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RequestRulesTest {
    private static final SpiffeId CART = SpiffeId.of("spiffe://cluster.local/ns/shop/sa/cart");

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        EC    |  256 |  0 | true  | true  | false | ''
        EC    |  384 |  0 | true  | true  | false | ''
        EC    |  521 |  0 | true  | true  | false | its EC key must be on P-256 or P-384
        EC    |  224 |  0 | true  | true  | false | its EC key must be on P-256 or P-384
        RSA   | 2048 | 17 | true  | true  | false | ''
        RSA   | 4096 | 17 | true  | true  | false | ''
        RSA   | 2047 | 17 | true  | true  | false | its RSA key must have
        RSA   | 4097 | 17 | true  | true  | false | its RSA key must have
        RSA   | 2048 |  2 | true  | true  | false | its RSA key must have
        RSA   | 2048 | 65 | true  | true  | false | its RSA key must have
        OTHER |  256 |  0 | true  | true  | false | its key must be EC
        EC    |  256 |  0 | false | true  | false | SHA-256
        EC    |  256 |  0 | true  | false | false | not signed with its own key
        EC    |  256 |  0 | true  | true  | true  | certificate authority
        """)
    void judges(KeyKind key, int bits, int exponent, boolean sha2, boolean proven, boolean authority, String why) {
        var facts = new RequestFacts(key, bits, exponent, sha2, proven, authority, List.of());

        if (why.isEmpty()) {
            assertThat(RequestRules.objection(facts, CART)).isEmpty();
        } else {
            assertThat(RequestRules.objection(facts, CART).orElse("sound")).contains(why);
        }
    }

    @Test
    void namesAreIgnoredUnlessTheyAreAllOthers() {
        assertThat(objection(List.of(CART.toString()))).isEqualTo("sound");
        assertThat(objection(List.of("https://x", CART.toString()))).isEqualTo("sound");
        assertThat(objection(List.of("https://x"))).contains("another identity than " + CART);
    }

    private static String objection(List<String> uris) {
        return RequestRules.objection(new RequestFacts(KeyKind.EC, 256, 0, true, true, false, uris), CART)
                .orElse("sound");
    }

    @ParameterizedTest
    @CsvSource({"PT0S, PT24H", "PT-1S, PT24H", "PT1H, PT1H", "PT2160H, PT2160H", "PT2161H, PT2160H", "PT0.5S, PT1S"})
    void validityHasADefaultAndACap(Duration asked, Duration granted) {
        assertThat(ValidityRule.ISTIO.granted(asked)).isEqualTo(granted);
    }

    @Test
    void anyWishIsBounded() {
        assertThat(ValidityRule.ISTIO.granted(Duration.ofSeconds(Long.MAX_VALUE)))
                .isEqualTo(Duration.ofDays(90));
        assertThat(ValidityRule.ISTIO.granted(Duration.ofSeconds(Long.MIN_VALUE)))
                .isEqualTo(Duration.ofHours(24));
    }

    @Test
    void theDefaultIsWithinTheCap() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ValidityRule(Duration.ofHours(2), Duration.ofHours(1)));
        assertThatIllegalArgumentException().isThrownBy(() -> new ValidityRule(Duration.ZERO, Duration.ofHours(1)));
    }
}
