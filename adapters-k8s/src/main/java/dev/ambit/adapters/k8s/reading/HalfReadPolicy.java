package dev.ambit.adapters.k8s.reading;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ambit.adapters.k8s.translate.ObjectKey;
import dev.ambit.adapters.k8s.translate.UnreadablePolicy;
import dev.ambit.domain.policy.PolicyName;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** As much as can be told about a policy that is an object but cannot be used, for its closed reading. */
final class HalfReadPolicy {
    private HalfReadPolicy() {}

    static UnreadablePolicy of(MeshKind kind, ObjectKey key, JsonNode object) {
        var name = new PolicyName(printable(key.namespace()), printable(key.name()));
        Map<String, String> selector = selector(object).orElse(Map.of());
        if (kind == MeshKind.PEER_AUTHENTICATION) {
            return new UnreadablePolicy(UnreadablePolicy.Kind.PEER_AUTHENTICATION, name, selector);
        }
        // No action at all is ALLOW, unless there is a field that may have been meant to be the action.
        boolean allow = object.path("spec").path("action").asText().equals("ALLOW");
        return new UnreadablePolicy(allow ? UnreadablePolicy.Kind.ALLOW : UnreadablePolicy.Kind.DENY, name, selector);
    }

    /** Only a selector that is understood whole: half of one might select the wrong workloads. */
    private static Optional<Map<String, String>> selector(JsonNode object) {
        JsonNode selector = object.path("spec").path("selector");
        JsonNode labels = selector.path("matchLabels");
        if (!labels.isObject() || selector.size() != 1) {
            return Optional.empty();
        }
        Map<String, String> texts = new HashMap<>();
        labels.properties()
                .forEach(label -> texts.put(
                        label.getKey(),
                        label.getValue().isTextual() ? label.getValue().textValue() : ""));
        return texts.containsValue("") ? Optional.empty() : Optional.of(texts);
    }

    /** A name that is none must still not break what carries it on. */
    private static String printable(String name) {
        String clean = name.replaceAll("[^-.a-zA-Z0-9]", "-");
        return clean.isEmpty() ? "unreadable" : clean.substring(0, Math.min(clean.length(), 253));
    }
}
