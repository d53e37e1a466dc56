package dev.ambit.adapters.k8s.waypoint;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.ambit.adapters.k8s.manifests.YamlObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The objects of a waypoint before anything in particular is said about them. */
final class WaypointTemplate {
    private static final String FILE = "waypoint.yaml";
    private static final Pattern HOLE = Pattern.compile("<([A-Za-z]+)>");
    private static final List<ObjectNode> OBJECTS = load();

    private WaypointTemplate() {}

    private static List<ObjectNode> load() {
        try (InputStream in = Objects.requireNonNull(WaypointTemplate.class.getResourceAsStream(FILE), FILE)) {
            return YamlObject.ours(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Fresh trees, in the order of the kinds, with these words filled in. */
    static List<WaypointPlan.Wanted> fill(Map<String, String> words) {
        return OBJECTS.stream()
                .map(object -> new WaypointPlan.Wanted(
                        DeployedKind.of(object.path("kind").asText()).orElseThrow(), object(object, words)))
                .toList();
    }

    private static ObjectNode object(ObjectNode template, Map<String, String> words) {
        ObjectNode filled = JsonNodeFactory.instance.objectNode();
        template.propertyStream()
                .forEach(field -> value(field.getValue(), words).ifPresent(value -> filled.set(field.getKey(), value)));
        return filled;
    }

    /** Words are put into texts after YAML was read: whatever they are, they stay texts. */
    private static Optional<JsonNode> value(JsonNode template, Map<String, String> words) {
        return switch (template) {
            case ObjectNode object -> Optional.of(object(object, words));
            case ArrayNode list -> {
                ArrayNode filled = JsonNodeFactory.instance.arrayNode();
                list.valueStream()
                        .flatMap(item -> value(item, words).stream())
                        .filter(item -> !isVariableOfNothing(item))
                        .forEach(filled::add);
                yield Optional.of(filled);
            }
            case TextNode text -> {
                String filled = HOLE.matcher(text.textValue())
                        .replaceAll(hole -> Matcher.quoteReplacement(
                                Objects.requireNonNull(words.get(hole.group(1)), hole.group())));
                yield filled.isEmpty() ? Optional.empty() : Optional.of(TextNode.valueOf(filled));
            }
            default -> Optional.of(template);
        };
    }

    private static boolean isVariableOfNothing(JsonNode item) {
        return item.isObject() && item.size() == 1 && item.has("name");
    }
}
