package dev.ambit.services.ztunnel.config;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.HashMap;
import java.util.Map;

/** JSON values that an operator adds to what the control plane is told about this node: ISTIO_METAJSON_*. */
final class JsonMetadata {
    private static final String PREFIX = "ISTIO_METAJSON_";
    private static final int DEPTH_MAX = 50;
    private static final ObjectMapper JSON = new ObjectMapper(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(DEPTH_MAX)
                            .build())
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    /** By name without the prefix. */
    static Map<String, Object> read(Settings settings) {
        var found = new HashMap<String, Object>();
        settings.startingWith(PREFIX).forEach((name, text) -> {
            try {
                Object value = JSON.readValue(text, Object.class);
                if (value != null) {
                    found.put(name, value);
                }
            } catch (JsonProcessingException e) {
                throw Settings.unusable(
                        PREFIX + name, text, "it must be JSON, such as {\"key\":\"value\"}: " + e.getOriginalMessage());
            }
        });
        return found;
    }

    private JsonMetadata() {}
}
