package dev.ambit.adapters.k8s.waypoint;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ambit.adapters.k8s.cluster.WriteAttempts;
import dev.ambit.adapters.k8s.waypoint.WaypointPlan.Wanted;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.net.HttpURLConnection;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings objects into the state that is wanted, and leaves them alone while they are in it. Who changes back what we wrote
 * is answered ever more seldom. Used by one thread.
 */
final class ObjectWriter {
    private static final Logger LOG = LoggerFactory.getLogger(ObjectWriter.class);

    /** Istio's, so that fields of its that we do not have go when we take over, and ours when it does. */
    private static final String FIELD_MANAGER = "istio.io/gateway-controller";

    private static final PatchContext MERGE = PatchContext.of(PatchType.JSON_MERGE);

    private final KubernetesClient client;
    private final InstantSource clock;
    private final ObjectMapper mapper = new ObjectMapper();
    private final Map<Address, Remembered> remembered = new HashMap<>();
    private final Map<Address, WriteAttempts<String>> attempts = new HashMap<>();

    ObjectWriter(KubernetesClient client, InstantSource clock) {
        this.client = client;
        this.clock = clock;
    }

    private record Address(ApiKind kind, String namespace, String name) {}

    /**
     * What was applied, and what the object was like then.
     *
     * @param seen the version that was there before: whoever still sees it is late
     */
    private record Remembered(String text, String seen, JsonNode content) {}

    /** What became of an object. */
    sealed interface Outcome {
        record Unchanged() implements Outcome {}

        record Written() implements Outcome {}

        /** It was changed back too often: to be tried again then. */
        record Later(Instant when) implements Outcome {}

        /** It is somebody else's. */
        record Occupied(String why) implements Outcome {}
    }

    /**
     * Applies it unless it is applied.
     *
     * @param live as the watch has it
     * @throws KubernetesClientException if the API server refuses or cannot be reached
     */
    Outcome apply(Wanted wanted, GatewayObject gateway, Optional<JsonNode> live) {
        ApiKind kind = wanted.kind().api();
        var address = new Address(kind, gateway.namespace(), wanted.name());
        String text = wanted.object().toString();
        Remembered before = remembered.get(address);
        if (before != null && before.text().equals(text) && isKnown(before, live)) {
            return new Outcome.Unchanged();
        }
        Optional<JsonNode> there = live.or(() -> get(address));
        if (there.isPresent() && !isOf(there.get(), gateway)) {
            return wanted.kind() == DeployedKind.SERVICE_ACCOUNT
                    ? new Outcome.Unchanged()
                    : new Outcome.Occupied(kind.kind() + " " + wanted.name() + " is there and not of this Gateway;"
                            + " delete it, or annotate the Gateway with " + GatewayObject.NAME_OVERRIDE);
        }
        Instant now = clock.instant();
        WriteAttempts<String> attempt = attempts.get(address);
        if (attempt != null && !attempt.isAllowed(text, now)) {
            return new Outcome.Later(attempt.next());
        }
        ObjectNode sent = wanted.object().deepCopy();
        // One that was deleted and made anew meanwhile may be somebody else's.
        there.ifPresent(json -> sent.withObjectProperty("metadata").put("uid", uid(json)));
        JsonNode written = mapper.valueToTree(client.genericKubernetesResources(kind.context())
                .inNamespace(address.namespace())
                .resource(mapper.convertValue(sent, GenericKubernetesResource.class))
                .fieldManager(FIELD_MANAGER)
                .forceConflicts()
                .serverSideApply());
        String seen = there.map(ObjectWriter::version).orElse("");
        remembered.put(address, new Remembered(text, live.isPresent() ? seen : "", content(written)));
        if (version(written).equals(seen)) {
            return new Outcome.Unchanged();
        }
        note(address, text, now, attempt);
        return new Outcome.Written();
    }

    private void note(Address address, String text, Instant now, @Nullable WriteAttempts<String> attempt) {
        WriteAttempts<String> next = attempt == null ? WriteAttempts.first(text, now) : attempt.again(text, now);
        attempts.put(address, next);
        if (next.count() == WriteAttempts.MANY) {
            LOG.warn(
                    "object does not last, somebody else writes it\tkind={} object=\"{}/{}\"",
                    address.kind().kind(),
                    address.namespace(),
                    address.name());
        }
    }

    /** Whether the object is as it was after we applied it, or the watch has not brought that yet. */
    private static boolean isKnown(Remembered before, Optional<JsonNode> live) {
        return live.map(json ->
                        version(json).equals(before.seen()) || content(json).equals(before.content()))
                .orElse(before.seen().isEmpty());
    }

    private Optional<JsonNode> get(Address address) {
        return Optional.ofNullable(
                        client.genericKubernetesResources(address.kind().context())
                                .inNamespace(address.namespace())
                                .withName(address.name())
                                .get())
                .map(mapper::valueToTree);
    }

    private static boolean isOf(JsonNode object, GatewayObject gateway) {
        JsonNode labels = object.path("metadata").path("labels");
        return labels.has(WaypointPlanner.MANAGED)
                && labels.path(WaypointPlanner.GATEWAY_NAME).asText().equals(gateway.name());
    }

    /** Without what changes by itself, or because we wrote. */
    private static JsonNode content(JsonNode object) {
        ObjectNode content = object.deepCopy();
        content.remove("status");
        content.withObjectProperty("metadata").remove(List.of("resourceVersion", "generation", "managedFields"));
        return content;
    }

    private static String uid(JsonNode object) {
        return object.path("metadata").path("uid").asText();
    }

    private static String version(JsonNode object) {
        return object.path("metadata").path("resourceVersion").asText();
    }

    /** The object is not there any more, whoever deleted it. */
    void forget(DeployedKind kind, GatewayKey object) {
        remembered.remove(new Address(kind.api(), object.namespace(), object.name()));
    }

    /** Deletes an object as it was seen; one that has changed meanwhile, or is gone, is left alone. */
    void delete(DeployedKind kind, JsonNode object) {
        GenericKubernetesResource resource = mapper.convertValue(object, GenericKubernetesResource.class);
        unlessLate(() -> client.genericKubernetesResources(kind.api().context())
                .inNamespace(resource.getMetadata().getNamespace())
                .resource(resource)
                .lockResourceVersion()
                .delete());
    }

    /** Creates an object unless there is one. */
    void create(ApiKind kind, ObjectNode object) {
        unlessLate(() -> client.genericKubernetesResources(kind.context())
                .resource(mapper.convertValue(object, GenericKubernetesResource.class))
                .create());
    }

    /**
     * Patches a status as it was seen.
     *
     * @return when to try again, if it was written too often already
     */
    Optional<Instant> report(ApiKind kind, GatewayKey object, String wanted, ObjectNode patch) {
        var address = new Address(kind, object.namespace(), object.name());
        Instant now = clock.instant();
        WriteAttempts<String> attempt = attempts.get(address);
        if (attempt != null && !attempt.isAllowed(wanted, now)) {
            return Optional.of(attempt.next());
        }
        note(address, wanted, now, attempt);
        var resources = client.genericKubernetesResources(kind.context());
        unlessLate(() -> (kind.namespaced() ? resources.inNamespace(object.namespace()) : resources)
                .withName(object.name())
                .subresource("status")
                .patch(MERGE, patch.toString()));
        return Optional.empty();
    }

    /** The newer version is on its way, and brings us back here. */
    private static void unlessLate(Runnable request) {
        try {
            request.run();
        } catch (KubernetesClientException refused) {
            if (refused.getCode() != HttpURLConnection.HTTP_CONFLICT
                    && refused.getCode() != HttpURLConnection.HTTP_NOT_FOUND) {
                throw refused;
            }
        }
    }
}
