package dev.ambit.adapters.k8s.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ambit.adapters.k8s.translate.ObjectCondition;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Service;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An object's conditions as the API server has them, and the version in which it has them.
 *
 * @param generation of what people wrote; 0 for kinds that do not count it
 */
record WrittenStatus(
        String apiVersion, String uid, String resourceVersion, long generation, List<JsonNode> conditions) {
    private static final int MESSAGE_MAX = 2_000;
    private static final ObjectMapper MAPPER = new ObjectMapper();

    WrittenStatus {
        conditions = List.copyOf(conditions);
    }

    /** Reads it from a whole object. */
    static WrittenStatus of(JsonNode object) {
        JsonNode metadata = object.path("metadata");
        return new WrittenStatus(
                object.path("apiVersion").asText(),
                metadata.path("uid").asText(),
                metadata.path("resourceVersion").asText(),
                metadata.path("generation").asLong(),
                object.path("status").path("conditions").valueStream().toList());
    }

    static WrittenStatus of(Service service) {
        ObjectMeta metadata = service.getMetadata();
        List<Condition> conditions =
                service.getStatus() == null ? List.of() : service.getStatus().getConditions();
        return new WrittenStatus(
                "v1",
                metadata.getUid(),
                metadata.getResourceVersion(),
                metadata.getGeneration() == null ? 0 : metadata.getGeneration(),
                conditions.stream().map(MAPPER::<JsonNode>valueToTree).toList());
    }

    /** What has to be sent so that it says what is wanted; empty if it does. Others' conditions are left as they are. */
    Optional<ObjectNode> patch(WantedStatus wanted, Instant now) {
        Map<String, JsonNode> before = new HashMap<>();
        ArrayNode conditions = JsonNodeFactory.instance.arrayNode();
        for (JsonNode condition : this.conditions) {
            String type = condition.path("type").asText();
            if (wanted.isOurs(type)) {
                before.put(type, condition);
            } else {
                conditions.add(condition);
            }
        }
        boolean same = before.size() == wanted.conditions().size();
        for (ObjectCondition condition : wanted.conditions()) {
            JsonNode old = before.getOrDefault(condition.type(), JsonNodeFactory.instance.objectNode());
            same = same && says(old, condition);
            conditions.add(write(condition, old, now));
        }
        if (same) {
            return Optional.empty();
        }
        ObjectNode patch = JsonNodeFactory.instance.objectNode();
        // Whoever changed it since we looked goes first: the API server refuses, and we look again.
        patch.putObject("metadata").put("uid", uid).put("resourceVersion", resourceVersion);
        patch.putObject("status").set("conditions", conditions);
        return Optional.of(patch);
    }

    private boolean says(JsonNode old, ObjectCondition condition) {
        return old.path("status").asText().equals(status(condition))
                && old.path("reason").asText().equals(condition.reason())
                && old.path("message").asText().equals(message(condition))
                && old.path("observedGeneration").asLong() == generation;
    }

    private ObjectNode write(ObjectCondition condition, JsonNode old, Instant now) {
        boolean changes = !old.path("status").asText().equals(status(condition));
        String since = old.path("lastTransitionTime").asText();
        ObjectNode written = JsonNodeFactory.instance
                .objectNode()
                .put("type", condition.type())
                .put("status", status(condition))
                .put("reason", condition.reason())
                .put("message", message(condition))
                .put(
                        "lastTransitionTime",
                        changes || since.isEmpty()
                                ? now.truncatedTo(ChronoUnit.SECONDS).toString()
                                : since);
        return generation == 0 ? written : written.put("observedGeneration", generation);
    }

    /** Kubernetes takes no more than 32768 characters; nobody reads as many. */
    private static String message(ObjectCondition condition) {
        String message = condition.message();
        return message.length() <= MESSAGE_MAX ? message : message.substring(0, MESSAGE_MAX - 1) + "…";
    }

    private static String status(ObjectCondition condition) {
        return condition.met() ? "True" : "False";
    }
}
