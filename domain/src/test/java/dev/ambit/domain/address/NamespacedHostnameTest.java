package dev.ambit.domain.address;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(10)
class NamespacedHostnameTest {

    @Test
    void readsNamespaceAndHostname() {
        assertThat(NamespacedHostname.parse("shop/cart.shop.svc.cluster.local"))
                .contains(new NamespacedHostname("shop", "cart.shop.svc.cluster.local"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/", "shop", "shop/", "/cart", "a/b/c", "//"})
    void refusesWhatHasNotTwoParts(String text) {
        assertThat(NamespacedHostname.parse(text)).isEmpty();
    }

    @Test
    void isOrderedByNamespaceFirst() {
        assertThat(new NamespacedHostname("a", "z")).isLessThan(new NamespacedHostname("b", "a"));
        assertThat(new NamespacedHostname("a", "a")).isLessThan(new NamespacedHostname("a", "b"));
    }
}
