package dev.ambit.adapters.k8s.translate;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Istio's {@code meshConfig.serviceScopeConfigs} as JSON: {@code [{"servicesSelector": {"matchLabels": {"istio.io/global":
 * "true"}}, "namespaceSelector": {}, "scope": "GLOBAL"}]}. A rule for GLOBAL that matches counts whatever stands before it,
 * so rules for LOCAL say nothing; a selector that is not there selects everything.
 */
public final class ServiceScopes {
    private ServiceScopes() {}

    /**
     * The rules for GLOBAL; that of the ambient profile if the text is empty.
     *
     * @throws IllegalArgumentException if it cannot be read; a rule that is not understood would share what it should not
     */
    public static List<ServiceSharing.Rule> parse(String json) {
        if (json.isBlank()) {
            return List.of(ServiceSharing.LABELLED);
        }
        JsonNode root = MeshConfigJson.parse(json);
        if (!root.isArray()) {
            throw new IllegalArgumentException("it is not a JSON array");
        }
        var rules = new ArrayList<ServiceSharing.Rule>();
        for (JsonNode rule : root) {
            MeshConfigJson.known(rule, List.of("servicesSelector", "namespaceSelector", "scope"));
            var read = new ServiceSharing.Rule(
                    selector(rule.get("servicesSelector")), selector(rule.get("namespaceSelector")));
            String scope = rule.path("scope").asText("");
            switch (scope) {
                case "GLOBAL" -> rules.add(read);
                // As in Istio, what says nothing is local.
                case "", "LOCAL" -> {}
                default -> throw new IllegalArgumentException("'" + scope + "' is not one of [GLOBAL, LOCAL]");
            }
        }
        return rules;
    }

    private static LabelMatch selector(@Nullable JsonNode written) {
        return written == null ? new LabelMatch(List.of()) : MeshConfigJson.selector(written);
    }
}
