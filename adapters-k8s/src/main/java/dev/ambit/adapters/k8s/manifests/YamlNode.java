package dev.ambit.adapters.k8s.manifests;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ambit.adapters.k8s.translate.FieldPath;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A YAML value that remembers the line it stands on, which JSON trees do not. */
sealed interface YamlNode {
    /** Line in the file, from 1. */
    int line();

    JsonNode toJson();

    record Scalar(JsonNode value, int line) implements YamlNode {
        @Override
        public JsonNode toJson() {
            return value;
        }
    }

    record Sequence(List<YamlNode> items, int line) implements YamlNode {
        @Override
        public JsonNode toJson() {
            ArrayNode array = JsonNodeFactory.instance.arrayNode();
            items.forEach(item -> array.add(item.toJson()));
            return array;
        }
    }

    /** Entries in the order they are written. */
    record Mapping(Map<String, Entry> entries, int line) implements YamlNode {
        @Override
        public JsonNode toJson() {
            ObjectNode object = JsonNodeFactory.instance.objectNode();
            entries.forEach((key, entry) -> object.set(key, entry.value().toJson()));
            return object;
        }
    }

    /** The line is the key's: a value often begins on the next one. */
    record Entry(YamlNode value, int line) {}

    default Optional<YamlNode> child(String segment) {
        return switch (this) {
            case Mapping(var entries, int _) ->
                Optional.ofNullable(entries.get(segment)).map(Entry::value);
            case Sequence(var items, int _) -> index(segment, items.size()).map(items::get);
            case Scalar _ -> Optional.empty();
        };
    }

    /** The text at a path of keys; empty if there is no text. */
    default String text(String... path) {
        Optional<YamlNode> node = Optional.of(this);
        for (String segment : path) {
            node = node.flatMap(found -> found.child(segment));
        }
        return node.filter(found ->
                        found instanceof Scalar scalar && scalar.value().isTextual())
                .map(found -> found.toJson().textValue())
                .orElse("");
    }

    /** The line of the value at a path, or of the innermost value around it that exists. */
    default int lineOf(FieldPath path) {
        YamlNode node = this;
        int line = line();
        for (String segment : path.segments()) {
            Optional<YamlNode> next = node.child(segment);
            if (next.isEmpty()) {
                return line;
            }
            line = switch (node) {
                case Mapping(var entries, int _) ->
                    requireNonNull(entries.get(segment)).line();
                case Sequence _, Scalar _ -> next.get().line();
            };
            node = next.get();
        }
        return line;
    }

    private static Optional<Integer> index(String segment, int size) {
        boolean number =
                !segment.isEmpty() && segment.length() <= 9 && segment.chars().allMatch(c -> c >= '0' && c <= '9');
        return number && Integer.parseInt(segment) < size ? Optional.of(Integer.parseInt(segment)) : Optional.empty();
    }
}
