package dev.ambit.domain.issuing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ServerNamesTest {

    @Test
    void theTwoKindsAreToldApart() {
        var names = ServerNames.of(List.of("istiod.istio-system.svc", "::1", "*.example.org", "10.0.0.1"));

        assertThat(names.dnsNames()).containsExactly("istiod.istio-system.svc", "*.example.org");
        assertThat(names.addresses()).containsExactly("::1", "10.0.0.1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "-a.example", "a..example", "http://a.example", "a.example\n", "*.*.example"})
    void whatIsNeitherIsRefused(String name) {
        assertThatThrownBy(() -> ServerNames.of(List.of("good.example", name)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'" + name + "'");
    }

    @Test
    void theirNumberIsBounded() {
        assertThatThrownBy(() -> ServerNames.of(List.of())).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> ServerNames.of(Collections.nCopies(ServerNames.COUNT_MAX + 1, "a.example")))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
