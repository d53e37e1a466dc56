package dev.ambit.adapters.k8s.waypoint;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.FilterWatchListDeletable;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.net.HttpURLConnection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Objects of one kind as the API server has them, kept up to date until this is closed. */
final class WatchedObjects implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WatchedObjects.class);
    private static final long PAGE = 100;

    private final SharedIndexInformer<GenericKubernetesResource> informer;
    private final Map<GatewayKey, JsonNode> objects = new ConcurrentHashMap<>();
    private volatile boolean synced;
    private volatile String lastComplaint = "";
    private volatile boolean closed;

    /**
     * Which objects are wanted.
     *
     * @param namespace empty for all
     * @param name empty for all
     * @param labels as {@code kubectl} takes them; empty for all
     */
    record Choice(ApiKind kind, String namespace, String name, String labels) {
        static Choice all(ApiKind kind) {
            return new Choice(kind, "", "", "");
        }

        static Choice labelled(ApiKind kind, String labels) {
            return new Choice(kind, "", "", labels);
        }
    }

    /** Begins at once. Calls back, on any thread, with every object that changes, is there at the start, or goes. */
    WatchedObjects(KubernetesClient client, Choice choice, Consumer<JsonNode> changed, Runnable listed) {
        var resources = client.genericKubernetesResources(choice.kind().context());
        FilterWatchListDeletable<GenericKubernetesResource, ?, ?> wanted =
                choice.namespace().isEmpty() ? resources.inAnyNamespace() : resources.inNamespace(choice.namespace());
        if (!choice.name().isEmpty()) {
            wanted = wanted.withField("metadata.name", choice.name());
        }
        if (!choice.labels().isEmpty()) {
            wanted = wanted.withLabelSelector(choice.labels());
        }
        var mapper = new ObjectMapper();
        informer = wanted.withLimit(PAGE)
                .runnableInformer(0)
                .removeNamespaceIndex()
                .exceptionHandler((_, failure) -> {
                    complain(choice, failure);
                    return true;
                })
                .addEventHandler(new ResourceEventHandler<>() {
                    @Override
                    public void onAdd(GenericKubernetesResource object) {
                        put(object);
                    }

                    @Override
                    public void onUpdate(GenericKubernetesResource before, GenericKubernetesResource object) {
                        put(object);
                    }

                    private void put(GenericKubernetesResource object) {
                        JsonNode json = mapper.valueToTree(object);
                        if (!closed) {
                            objects.put(key(json), json);
                            changed.accept(json);
                        }
                    }

                    @Override
                    public void onDelete(GenericKubernetesResource object, boolean missed) {
                        JsonNode json = mapper.valueToTree(object);
                        if (!closed) {
                            objects.remove(key(json));
                            changed.accept(json);
                        }
                    }

                    @Override
                    public void onList(String version, boolean remainedEmpty) {
                        synced = true;
                        listed.run();
                    }
                });
        var _ = informer.start();
    }

    /** Once per reason, not once per attempt: it is tried again without end. */
    private void complain(Choice choice, Throwable failure) {
        String why = String.valueOf(failure.getMessage());
        boolean forbidden = failure instanceof KubernetesClientException refused
                && refused.getCode() == HttpURLConnection.HTTP_FORBIDDEN;
        if (!closed && !why.equals(lastComplaint)) {
            lastComplaint = why;
            LOG.warn(
                    "waypoint: objects cannot be followed, and nothing is deployed until they can\tkind={} labels=\"{}\" why=\"{}{}\"",
                    choice.kind().kind(),
                    choice.labels(),
                    why,
                    forbidden ? "; deploy/control-plane/waypoints-rbac.yaml grants it" : "");
        }
    }

    private static GatewayKey key(JsonNode json) {
        JsonNode metadata = json.path("metadata");
        return new GatewayKey(
                metadata.path("namespace").asText(), metadata.path("name").asText());
    }

    Optional<JsonNode> get(String namespace, String name) {
        return Optional.ofNullable(objects.get(new GatewayKey(namespace, name)));
    }

    Stream<JsonNode> all() {
        return objects.values().stream();
    }

    /** Whether everything that was there at the start has arrived. */
    boolean isSynced() {
        return synced;
    }

    @Override
    public void close() {
        closed = true;
        informer.stop();
    }
}
