package dev.ambit.domain.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ambit.domain.identity.SpiffeId.Parsed;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(10)
class SpiffeIdTest {

    @Test
    void readsTheFormThatIstioIssues() {
        SpiffeId id = SpiffeId.of("spiffe://cluster.local/ns/shop/sa/cart");

        assertThat(id).isEqualTo(new SpiffeId(TrustDomain.CLUSTER_LOCAL, "shop", "cart"));
        assertThat(id.principal()).isEqualTo("cluster.local/ns/shop/sa/cart");
        assertThat(id).hasToString("spiffe://cluster.local/ns/shop/sa/cart");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "spiffe://",
                "cluster.local/ns/shop/sa/cart",
                "SPIFFE://cluster.local/ns/shop/sa/cart",
                "https://cluster.local/ns/shop/sa/cart",
                "spiffe:///ns/shop/sa/cart",
                "spiffe://cluster.local",
                "spiffe://cluster.local/ns/shop",
                "spiffe://cluster.local/ns/shop/sa",
                "spiffe://cluster.local/ns/shop/sa/",
                "spiffe://cluster.local/ns//sa/cart",
                "spiffe://cluster.local/sa/cart/ns/shop",
                "spiffe://cluster.local/ns/shop/sa/cart/",
                "spiffe://cluster.local/ns/shop/sa/cart/extra",
                "spiffe://cluster.local/NS/shop/sa/cart",
                "spiffe://cluster local/ns/shop/sa/cart",
                "spiffe://cluster.local/ns/sh op/sa/cart",
                "spiffe://cluster.local/ns/shop/sa/car\nt",
                "spiffe://cluster.local/ns/shop/sa/car\u007ft",
                "spiffe://cluster.local/ns/shop/sa/car\u0085t",
                "spiffe://cluster.local/ns/shop/sa/car\u2028t",
                "spiffe://cluster\u00a0local/ns/shop/sa/cart"
            })
    void refusesEverythingElseAndSaysWhy(String text) {
        assertThat(SpiffeId.parse(text)).isInstanceOfSatisfying(Parsed.Malformed.class, malformed -> {
            assertThat(malformed.text()).isEqualTo(text);
            assertThat(malformed.why()).isNotEmpty();
        });
        assertThatThrownBy(() -> SpiffeId.of(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void cannotBeBuiltFromPartsThatCouldPassForOthers() {
        assertThatThrownBy(() -> new SpiffeId(TrustDomain.CLUSTER_LOCAL, "shop/sa/admin", "cart"))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new SpiffeId(TrustDomain.CLUSTER_LOCAL, "shop", ""))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a/b", "a b", "a\tb", "a\u0000b", "a\u007f", "a\u009fb"})
    void trustDomainRefuses(String name) {
        assertThat(TrustDomain.isValid(name)).isFalse();
        assertThatThrownBy(() -> new TrustDomain(name)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void trustDomainHasAtMost255Characters() {
        assertThat(TrustDomain.isValid("a".repeat(255))).isTrue();
        assertThat(TrustDomain.isValid("a".repeat(256))).isFalse();
        assertThat(new TrustDomain("a.b")).hasToString("a.b");
    }
}
