package dev.ambit.adapters.k8s.translate;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ambit.adapters.k8s.translate.DerivationFeatures.EntryVisibility;
import dev.ambit.adapters.k8s.translate.DerivationFeatures.Reach;
import io.fabric8.kubernetes.api.model.LabelSelector;
import java.util.ArrayList;
import java.util.List;

/**
 * Istio's {@code meshConfig.serviceEntryVisibility} as JSON: {@code {"defaultVisibility": "NAMESPACE", "policies":
 * [{"visibility": "PUBLIC", "matchingRules": [{"namespaceSelector": {"matchLabels": {"trusted": "true"}}}]}]}}.
 */
public final class EntryVisibilities {
    private static final ObjectMapper MAPPER = new ObjectMapper();

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
        JsonNode root;
        try {
            root = MAPPER.readTree(json);
        } catch (JsonProcessingException broken) {
            throw new IllegalArgumentException("it is not JSON: " + broken.getOriginalMessage(), broken);
        }
        if (!root.isObject()) {
            throw new IllegalArgumentException("it is not a JSON object");
        }
        known(root, List.of("defaultVisibility", "policies", "applyToSidecars"));
        var rules = new ArrayList<EntryVisibility>();
        for (JsonNode policy : root.path("policies")) {
            known(policy, List.of("visibility", "matchingRules"));
            var conditions = new ArrayList<LabelMatch.Condition>();
            for (JsonNode rule : policy.path("matchingRules")) {
                known(rule, List.of("namespaceSelector"));
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
        known(written, List.of("matchLabels", "matchExpressions"));
        try {
            return LabelMatch.of(MAPPER.treeToValue(written, LabelSelector.class))
                    .orElseThrow(
                            () -> new IllegalArgumentException("the selector " + written + " cannot be understood"));
        } catch (JsonProcessingException broken) {
            throw new IllegalArgumentException("the selector " + written + " cannot be read", broken);
        }
    }

    private static void known(JsonNode object, List<String> fields) {
        object.fieldNames().forEachRemaining(field -> {
            if (!fields.contains(field)) {
                throw new IllegalArgumentException("'" + field + "' is not one of " + fields);
            }
        });
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
