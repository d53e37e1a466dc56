package dev.ambit.services.ztunnel.config;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** JSON values that an operator adds to what the control plane is told about this node: ISTIO_METAJSON_*. */
final class JsonMetadata {
    private static final String PREFIX = "ISTIO_METAJSON_";
    private static final int DEPTH_MAX = 50;
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(
                    StreamReadConstraints.builder().maxNestingDepth(DEPTH_MAX).build())
            .build();

    /** By name without the prefix. */
    static Map<String, Object> read(Settings settings) {
        var found = new HashMap<String, Object>();
        settings.startingWith(PREFIX).forEach((name, text) -> {
            try {
                @Nullable Object value = value(text);
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

    /** One value and nothing after it. */
    private static @Nullable Object value(String text) throws JsonProcessingException {
        try (JsonParser parser = FACTORY.createParser(text)) {
            Object value = JSON.std.anyFrom(parser);
            if (parser.nextToken() != null) {
                throw new JsonParseException(parser, "there is more after the value");
            }
            return value;
        } catch (JsonProcessingException e) {
            throw e;
        } catch (IOException e) {
            throw new UncheckedIOException("reading from memory", e);
        }
    }

    private JsonMetadata() {}
}
