package dev.ambit.adapters.k8s.translate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ServiceScopesTest {
    private static final String RULES = """
            [{"servicesSelector": {"matchLabels": {"tier": "front"}}, "scope": "LOCAL"},
             {"servicesSelector": {"matchExpressions": [{"key": "tier", "operator": "In", "values": ["front", "mid"]}]},
              "namespaceSelector": {"matchLabels": {"team": "a"}}, "scope": "GLOBAL"},
             {"namespaceSelector": {"matchLabels": {"shared": "yes"}}, "scope": "GLOBAL"},
             {"servicesSelector": {"matchLabels": {"tier": "back"}}}]
            """;

    @ParameterizedTest
    @CsvSource({
        "front, a, no, true",
        "mid, a, no, true",
        "mid, b, no, false",
        "back, a, no, false",
        "back, b, yes, true",
    })
    void theFirstRuleForGlobalThatMatchesCounts(String tier, String team, String shared, boolean global) {
        var sharing = new ServiceSharing(true, ServiceScopes.parse(RULES));

        assertThat(sharing.isGlobal(Map.of("tier", tier), Map.of("team", team, "shared", shared)))
                .isEqualTo(global);
        assertThat(new ServiceSharing(false, ServiceScopes.parse(RULES))
                        .isGlobal(Map.of("tier", tier), Map.of("team", team, "shared", shared)))
                .isFalse();
    }

    @Test
    void withoutRulesTheProfilesCounts() {
        var sharing = new ServiceSharing(true, ServiceScopes.parse(" "));

        assertThat(sharing.isGlobal(Map.of("istio.io/global", "true"), Map.of()))
                .isTrue();
        assertThat(sharing.isGlobal(Map.of("istio.io/global", "yes"), Map.of())).isFalse();
        assertThat(sharing.isGlobal(Map.of(), Map.of("istio.io/global", "true")))
                .as("the namespace's label is not asked for")
                .isFalse();
        assertThat(new ServiceSharing(true, ServiceScopes.parse("[]"))
                        .isGlobal(Map.of("istio.io/global", "true"), Map.of()))
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "not json",
                "[{\"scope\": \"WORLD\"}]",
                "[{\"serviceSelector\": {}, \"scope\": \"GLOBAL\"}]",
                "[{\"servicesSelector\": 1, \"scope\": \"GLOBAL\"}]",
                "[{\"servicesSelector\": {\"matchExpressions\": [{\"key\": \"a\", \"operator\": \"Like\"}]}, \"scope\": \"GLOBAL\"}]"
            })
    void whatIsNotUnderstoodIsAnError(String json) {
        assertThatThrownBy(() -> ServiceScopes.parse(json)).isInstanceOf(IllegalArgumentException.class);
    }
}
