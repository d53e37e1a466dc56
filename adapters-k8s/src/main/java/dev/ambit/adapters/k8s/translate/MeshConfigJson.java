package dev.ambit.adapters.k8s.translate;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.LabelSelector;
import java.util.List;

/** Reads parts of Istio's mesh configuration, given as JSON; what is not understood is an error. */
final class MeshConfigJson {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private MeshConfigJson() {}

    static JsonNode parse(String json) {
        try {
            return MAPPER.readTree(json);
        } catch (JsonProcessingException broken) {
            throw new IllegalArgumentException("it is not JSON: " + broken.getOriginalMessage(), broken);
        }
    }

    static LabelMatch selector(JsonNode written) {
        known(written, List.of("matchLabels", "matchExpressions"));
        try {
            return LabelMatch.of(MAPPER.treeToValue(written, LabelSelector.class))
                    .orElseThrow(
                            () -> new IllegalArgumentException("the selector " + written + " cannot be understood"));
        } catch (JsonProcessingException broken) {
            throw new IllegalArgumentException("the selector " + written + " cannot be read", broken);
        }
    }

    static void known(JsonNode object, List<String> fields) {
        if (!object.isObject()) {
            throw new IllegalArgumentException(object + " is not a JSON object");
        }
        object.fieldNames().forEachRemaining(field -> {
            if (!fields.contains(field)) {
                throw new IllegalArgumentException("'" + field + "' is not one of " + fields);
            }
        });
    }
}
