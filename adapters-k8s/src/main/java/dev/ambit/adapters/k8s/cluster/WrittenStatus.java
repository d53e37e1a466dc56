package dev.ambit.adapters.k8s.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ambit.adapters.k8s.translate.AllocatedAddress;
import dev.ambit.adapters.k8s.translate.ObjectCondition;
import dev.ambit.adapters.k8s.translate.RouteFacts.Parent;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Service;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What of an object's status concerns us as the API server has it, and the version in which it has it.
 *
 * @param generation of what people wrote; 0 for kinds that do not count it
 * @param parents of a route
 * @param addresses of a ServiceEntry
 */
record WrittenStatus(
        String apiVersion,
        String uid,
        String resourceVersion,
        long generation,
        List<JsonNode> conditions,
        List<JsonNode> parents,
        List<JsonNode> addresses) {
    private static final int MESSAGE_MAX = 2_000;
    private static final ObjectMapper MAPPER = new ObjectMapper();

    WrittenStatus {
        conditions = List.copyOf(conditions);
        parents = List.copyOf(parents);
        addresses = List.copyOf(addresses);
    }

    /** Reads it from a whole object. */
    static WrittenStatus of(JsonNode object) {
        JsonNode metadata = object.path("metadata");
        JsonNode status = object.path("status");
        return new WrittenStatus(
                object.path("apiVersion").asText(),
                metadata.path("uid").asText(),
                metadata.path("resourceVersion").asText(),
                metadata.path("generation").asLong(),
                status.path("conditions").valueStream().toList(),
                status.path("parents").valueStream().toList(),
                status.path("addresses").valueStream().toList());
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
                conditions.stream().map(MAPPER::<JsonNode>valueToTree).toList(),
                List.of(),
                List.of());
    }

    /** What has to be sent so that it says what is wanted; empty if it does. What others say is left as it is. */
    Optional<ObjectNode> patch(WantedStatus wanted, Instant now) {
        ObjectNode status = JsonNodeFactory.instance.objectNode();
        if (wanted.kind().isRoute()) {
            parents(wanted, now).ifPresent(news -> status.set("parents", news));
        } else {
            conditions(conditions, wanted, wanted.conditions(), now).ifPresent(news -> status.set("conditions", news));
        }
        addresses(wanted.allocated()).ifPresent(news -> status.set("addresses", news));
        if (status.isEmpty()) {
            return Optional.empty();
        }
        ObjectNode patch = JsonNodeFactory.instance.objectNode();
        // Whoever changed it since we looked goes first: the API server refuses, and we look again.
        patch.putObject("metadata").put("uid", uid).put("resourceVersion", resourceVersion);
        patch.set("status", status);
        return Optional.of(patch);
    }

    /** The whole list as it should be; empty if it is. */
    private Optional<ArrayNode> conditions(
            List<JsonNode> there, WantedStatus status, List<ObjectCondition> wanted, Instant now) {
        Map<String, JsonNode> before = new HashMap<>();
        ArrayNode conditions = JsonNodeFactory.instance.arrayNode();
        for (JsonNode condition : there) {
            String type = condition.path("type").asText();
            if (status.isOurs(type)) {
                before.put(type, condition);
            } else {
                conditions.add(condition);
            }
        }
        boolean same = before.size() == wanted.size();
        for (ObjectCondition condition : wanted) {
            JsonNode old = before.getOrDefault(condition.type(), JsonNodeFactory.instance.objectNode());
            same = same && says(old, condition);
            conditions.add(write(condition, old, now));
        }
        return same ? Optional.empty() : Optional.of(conditions);
    }

    /** The same for each of a route's parents; the entries of other controllers stay. */
    private Optional<ArrayNode> parents(WantedStatus status, Instant now) {
        Map<Parent, List<ObjectCondition>> wanted = new LinkedHashMap<>();
        for (ObjectCondition condition : status.conditions()) {
            condition
                    .parent()
                    .ifPresent(parent -> wanted.computeIfAbsent(parent, _ -> new ArrayList<>())
                            .add(condition));
        }
        ArrayNode all = JsonNodeFactory.instance.arrayNode();
        parents.stream().filter(entry -> !ParentConditions.isOurs(entry)).forEach(all::add);
        boolean same = parents.size() - all.size() == wanted.size();
        for (Map.Entry<Parent, List<ObjectCondition>> each : wanted.entrySet()) {
            Optional<JsonNode> old = parents.stream()
                    .filter(entry -> ParentConditions.isOurs(entry) && ParentConditions.isAbout(entry, each.getKey()))
                    .findFirst();
            List<JsonNode> there = old.map(
                            entry -> entry.path("conditions").valueStream().toList())
                    .orElse(List.of());
            // In an entry of our own nobody else has a say: what is not wanted goes.
            List<JsonNode> ours = there.stream()
                    .filter(condition -> status.isOurs(condition.path("type").asText()))
                    .toList();
            Optional<ArrayNode> news = conditions(ours, status, each.getValue(), now);
            same = same && old.isPresent() && news.isEmpty() && ours.size() == there.size();
            ObjectNode entry = all.addObject();
            entry.set("parentRef", ParentConditions.reference(each.getKey()));
            entry.put("controllerName", ParentConditions.CONTROLLER);
            entry.set(
                    "conditions", news.orElseGet(() -> MAPPER.createArrayNode().addAll(ours)));
        }
        return same ? Optional.empty() : Optional.of(all);
    }

    private Optional<ArrayNode> addresses(List<AllocatedAddress> wanted) {
        ArrayNode all = JsonNodeFactory.instance.arrayNode();
        wanted.forEach(
                each -> all.addObject().put("value", each.address().toString()).put("host", each.host()));
        boolean same = wanted.isEmpty()
                || Set.copyOf(addresses).equals(Set.copyOf(all.valueStream().toList()));
        return same ? Optional.empty() : Optional.of(all);
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
