package dev.ambit.adapters.k8s.translate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ambit.adapters.k8s.translate.DerivationFeatures.EntryVisibility;
import dev.ambit.adapters.k8s.translate.DerivationFeatures.Reach;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EntryVisibilitiesTest {
    private static Reach reach(String json, Map<String, String> labels) {
        return EntryVisibilities.parse(json).stream()
                .filter(rule -> rule.namespaces().selects(labels))
                .findFirst()
                .map(EntryVisibility::reach)
                .orElseThrow();
    }

    @Test
    void theFirstPolicyOfWhichAllRulesMatchDecidesElseTheDefault() {
        String json = """
                {"defaultVisibility": "NAMESPACE", "policies": [
                  {"visibility": "NONE", "matchingRules": [
                    {"namespaceSelector": {"matchLabels": {"team": "a"}}},
                    {"namespaceSelector": {"matchExpressions": [{"key": "env", "operator": "In", "values": ["test"]}]}}]},
                  {"visibility": "PUBLIC", "matchingRules": [{"namespaceSelector": {"matchLabels": {"team": "a"}}}]}]}
                """;

        assertThat(reach(json, Map.of("team", "a", "env", "test"))).isEqualTo(Reach.NONE);
        assertThat(reach(json, Map.of("team", "a"))).isEqualTo(Reach.PUBLIC);
        assertThat(reach(json, Map.of())).isEqualTo(Reach.NAMESPACE);
        assertThat(reach("{\"policies\": [{\"visibility\": \"NONE\"}]}", Map.of()))
                .isEqualTo(Reach.NONE);
        assertThat(reach("{}", Map.of())).isEqualTo(Reach.PUBLIC);
        assertThat(EntryVisibilities.parse(" ")).isEqualTo(List.of());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {                                                   | not JSON
            []                                                  | not a JSON object
            {"default": "NONE"}                                 | 'default' is not one of
            {"defaultVisibility": "HIDDEN"}                     | 'HIDDEN' is not one of
            {"policies": [{"matchingRules": [{}]}]}             | needs a namespaceSelector
            {"policies": [{"matchingRules": [{"hostnameSuffix": "x"}]}]} | 'hostnameSuffix' is not one of
            {"policies": [{"matchingRules": [{"namespaceSelector": {"matchExpressions": [{"key": "a", "operator": "Like"}]}}]}]} | cannot be understood
            """)
    void whatIsNotUnderstoodIsRefused(String json, String why) {
        assertThatThrownBy(() -> EntryVisibilities.parse(json))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(why);
    }
}
