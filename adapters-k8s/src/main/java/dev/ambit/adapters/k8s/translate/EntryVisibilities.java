package dev.ambit.adapters.k8s.translate;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ambit.adapters.k8s.translate.DerivationFeatures.EntryVisibility;
import dev.ambit.adapters.k8s.translate.DerivationFeatures.Reach;
import java.util.ArrayList;
import java.util.List;

/**
 * Istio's {@code meshConfig.serviceEntryVisibility} as JSON: {@code {"defaultVisibility": "NAMESPACE", "policies":
 * [{"visibility": "PUBLIC", "matchingRules": [{"namespaceSelector": {"matchLabels": {"trusted": "true"}}}]}]}}.
 */
public final class EntryVisibilities {
    private EntryVisibilities() {}

    /**
     * The rules in their order, the default as the last; none if the text is empty.
     *
     * @throws IllegalArgumentException if it cannot be read; a rule that is not understood would open what it should close
     */
    public static List<EntryVisibility> parse(String json) {
        if (json.isBlank()) {
            return List.of();
        }
        JsonNode root = MeshConfigJson.parse(json);
        if (!root.isObject()) {
            throw new IllegalArgumentException("it is not a JSON object");
        }
        MeshConfigJson.known(root, List.of("defaultVisibility", "policies", "applyToSidecars"));
        var rules = new ArrayList<EntryVisibility>();
        for (JsonNode policy : root.path("policies")) {
            MeshConfigJson.known(policy, List.of("visibility", "matchingRules"));
            var conditions = new ArrayList<LabelMatch.Condition>();
            for (JsonNode rule : policy.path("matchingRules")) {
                MeshConfigJson.known(rule, List.of("namespaceSelector"));
                conditions.addAll(selector(rule.path("namespaceSelector")).conditions());
            }
            rules.add(new EntryVisibility(new LabelMatch(conditions), reach(policy.path("visibility"))));
        }
        rules.add(new EntryVisibility(new LabelMatch(List.of()), reach(root.path("defaultVisibility"))));
        return rules;
    }

    private static LabelMatch selector(JsonNode written) {
        if (!written.isObject()) {
            throw new IllegalArgumentException("every matching rule needs a namespaceSelector");
        }
        return MeshConfigJson.selector(written);
    }

    private static Reach reach(JsonNode visibility) {
        String text = visibility.asText("");
        return switch (text) {
            // As in Istio, what says nothing is public.
            case "", "VISIBILITY_UNSPECIFIED", "PUBLIC" -> Reach.PUBLIC;
            case "NAMESPACE" -> Reach.NAMESPACE;
            case "NONE" -> Reach.NONE;
            default -> throw new IllegalArgumentException("'" + text + "' is not one of [NAMESPACE, NONE, PUBLIC]");
        };
    }
}
