package dev.ambit.adapters.k8s.waypoint;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A condition that we report. */
record ReportedCondition(String type, boolean met, String reason, String message) {
    private static final int MESSAGE_MAX = 2_000;

    ReportedCondition {
        message = message.length() <= MESSAGE_MAX ? message : message.substring(0, MESSAGE_MAX - 1) + "…";
    }

    /** Those that are there with ours among them: others' stay, and ours that say nothing new are as they were. */
    static ArrayNode into(JsonNode before, List<ReportedCondition> ours, long generation, Instant now) {
        Map<String, JsonNode> old = new HashMap<>();
        Set<String> types = new HashSet<>();
        ours.forEach(condition -> types.add(condition.type()));
        ArrayNode conditions = JsonNodeFactory.instance.arrayNode();
        before.forEach(each -> {
            old.put(each.path("type").asText(), each);
            if (!types.contains(each.path("type").asText())) {
                conditions.add(each);
            }
        });
        ours.forEach(condition -> conditions.add(condition.write(
                old.getOrDefault(condition.type(), JsonNodeFactory.instance.objectNode()), generation, now)));
        return conditions;
    }

    /** Whether two trees say the same; numbers are numbers, however they are kept. */
    static boolean same(JsonNode one, JsonNode other) {
        return one.equals(
                (left, right) -> left.equals(right)
                                || (left.isIntegralNumber()
                                        && right.isIntegralNumber()
                                        && left.asLong() == right.asLong())
                        ? 0
                        : 1,
                other);
    }

    private JsonNode write(JsonNode old, long generation, Instant now) {
        String status = met ? "True" : "False";
        String since = old.path("lastTransitionTime").asText();
        boolean changes = since.isEmpty() || !old.path("status").asText().equals(status);
        ObjectNode written = JsonNodeFactory.instance.objectNode();
        return written.put("type", type)
                .put("status", status)
                .put("reason", reason)
                .put("message", message)
                .put("observedGeneration", generation)
                .put(
                        "lastTransitionTime",
                        changes ? now.truncatedTo(ChronoUnit.SECONDS).toString() : since);
    }
}
