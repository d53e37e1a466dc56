package dev.ambit.adapters.k8s.waypoint;

import static java.util.Map.entry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Kubernetes' strategic merge of a change into an object: fields into fields, items of known lists by their key, everything
 * else replaced; null removes; {@code $patch}, {@code $retainKeys} and {@code $deleteFromPrimitiveList} mean what they mean
 * to {@code kubectl patch}. New items come after those that are there.
 *
 * @see <a href="https://github.com/kubernetes/community/blob/master/contributors/devel/sig-api-machinery/strategic-merge-patch.md">
 *     Strategic Merge Patch</a>
 */
final class StrategicMerge {
    private static final String PATCH = "$patch";
    private static final String RETAIN_KEYS = "$retainKeys";
    private static final String DELETE_FROM = "$deleteFromPrimitiveList/";
    private static final String ORDER = "$setElementOrder/";

    /** Lists whose items are merged, by the last two fields of their path: the field that tells items apart. */
    private static final Map<String, String> KEYS = Map.ofEntries(
            entry("secrets", "name"),
            entry("spec.ports", "port"),
            entry("spec.volumes", "name"),
            entry("spec.containers", "name"),
            entry("spec.initContainers", "name"),
            entry("spec.imagePullSecrets", "name"),
            entry("spec.hostAliases", "ip"),
            entry("spec.topologySpreadConstraints", "topologyKey"),
            entry("spec.schedulingGates", "name"),
            entry("spec.resourceClaims", "name"),
            entry("containers.ports", "containerPort"),
            entry("containers.env", "name"),
            entry("containers.volumeMounts", "mountPath"),
            entry("containers.volumeDevices", "devicePath"),
            entry("initContainers.ports", "containerPort"),
            entry("initContainers.env", "name"),
            entry("initContainers.volumeMounts", "mountPath"),
            entry("initContainers.volumeDevices", "devicePath"));

    private StrategicMerge() {}

    /** A change that cannot be merged; the message says why. */
    static final class MergeException extends Exception {
        private static final long serialVersionUID = 1L;

        MergeException(String message) {
            super(message);
        }
    }

    /** The object with the change; neither of them is touched. */
    static ObjectNode merge(ObjectNode object, ObjectNode change) throws MergeException {
        return merge(object, change, List.of());
    }

    private static ObjectNode merge(ObjectNode object, ObjectNode change, List<String> path) throws MergeException {
        switch (change.path(PATCH).asText("merge")) {
            case "replace" -> {
                return plain(change);
            }
            case "delete" -> {
                return JsonNodeFactory.instance.objectNode();
            }
            case "merge" -> {
                // The usual.
            }
            default ->
                throw new MergeException(
                        "$patch is '" + change.path(PATCH).asText() + "'; it must be merge, replace or delete");
        }
        ObjectNode merged = object.deepCopy();
        retain(merged, change);
        for (Map.Entry<String, JsonNode> field : change.properties()) {
            String name = field.getKey();
            JsonNode value = field.getValue();
            if (name.startsWith(DELETE_FROM)) {
                deleteFrom(merged, name.substring(DELETE_FROM.length()), value);
            } else if (value.isNull()) {
                merged.remove(name);
            } else if (!isDirective(name)) {
                merged.set(name, merged(Optional.ofNullable(merged.get(name)), value, child(path, name)));
            }
        }
        return merged;
    }

    private static boolean isDirective(String name) {
        return name.equals(PATCH) || name.equals(RETAIN_KEYS) || name.startsWith(ORDER);
    }

    private static List<String> child(List<String> path, String name) {
        var child = new ArrayList<>(path);
        child.add(name);
        return child;
    }

    private static JsonNode merged(Optional<JsonNode> before, JsonNode value, List<String> path) throws MergeException {
        return switch (value) {
            case ObjectNode change ->
                merge(
                        before.orElse(null) instanceof ObjectNode object
                                ? object
                                : JsonNodeFactory.instance.objectNode(),
                        change,
                        path);
            case ArrayNode change -> {
                Optional<String> key = key(path);
                yield key.isPresent()
                        ? items(
                                before.orElse(null) instanceof ArrayNode items
                                        ? items
                                        : JsonNodeFactory.instance.arrayNode(),
                                change,
                                key.get(),
                                path)
                        : change.deepCopy();
            }
            default -> value;
        };
    }

    private static Optional<String> key(List<String> path) {
        String last = String.join(".", path.subList(Math.max(0, path.size() - 2), path.size()));
        return Optional.ofNullable(KEYS.get(last));
    }

    private static ArrayNode items(ArrayNode before, ArrayNode changes, String key, List<String> path)
            throws MergeException {
        boolean replaced = changes.valueStream()
                .anyMatch(change -> change.path(PATCH).asText().equals("replace") && change.size() == 1);
        var items = new ArrayList<ObjectNode>();
        if (!replaced) {
            before.forEach(item -> items.add((ObjectNode) item));
        }
        for (JsonNode each : changes) {
            if (!(each instanceof ObjectNode change)) {
                throw new MergeException(String.join(".", path) + ": every item must be an object with fields");
            }
            if (change.has(PATCH) && change.size() == 1) {
                continue;
            }
            if (!change.hasNonNull(key)) {
                throw new MergeException(
                        String.join(".", path) + ": an item has no '" + key + "', by which items are told apart");
            }
            put(items, change, key, path);
        }
        ArrayNode merged = JsonNodeFactory.instance.arrayNode();
        items.forEach(merged::add);
        return merged;
    }

    private static void put(List<ObjectNode> items, ObjectNode change, String key, List<String> path)
            throws MergeException {
        int index = 0;
        while (index < items.size()
                && !items.get(index).path(key).asText().equals(change.path(key).asText())) {
            index++;
        }
        boolean there = index < items.size();
        if (change.path(PATCH).asText().equals("delete")) {
            if (there) {
                items.remove(index);
            }
        } else if (there) {
            items.set(index, merge(items.get(index), change, path));
        } else {
            items.add(merge(JsonNodeFactory.instance.objectNode(), change, path));
        }
    }

    private static void retain(ObjectNode object, ObjectNode change) {
        if (change.get(RETAIN_KEYS) instanceof ArrayNode names) {
            Set<String> retained = new HashSet<>();
            names.forEach(name -> retained.add(name.asText()));
            object.retain(retained);
        }
    }

    private static void deleteFrom(ObjectNode object, String field, JsonNode values) {
        if (object.get(field) instanceof ArrayNode list) {
            Set<JsonNode> gone = new HashSet<>();
            values.forEach(gone::add);
            ArrayNode left = JsonNodeFactory.instance.arrayNode();
            list.valueStream().filter(value -> !gone.contains(value)).forEach(left::add);
            object.set(field, left);
        }
    }

    private static ObjectNode plain(ObjectNode change) {
        ObjectNode plain = change.deepCopy();
        plain.remove(PATCH);
        return plain;
    }
}
