package dev.ambit.adapters.k8s.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ambit.adapters.k8s.reading.MeshKind;
import dev.ambit.adapters.k8s.translate.Fields;
import dev.ambit.adapters.k8s.translate.ObjectKey;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.function.Consumer;

/** Keeps one kind's objects as the API server has them, by list and watch, until it is closed. */
final class KindInformer implements AutoCloseable {
    private final MeshKind kind;
    private final String apiVersion;
    private final SharedIndexInformer<?> informer;
    private volatile boolean synced;
    private volatile boolean closed;

    /**
     * Prepares it; {@link #start} starts it.
     *
     * @param apiVersion one of the kind's that the server serves
     * @param node only pods of this node; empty for all
     * @param changed called after every change to the objects
     */
    KindInformer(
            ClusterConnection connection,
            MeshKind kind,
            String apiVersion,
            String node,
            ClusterObjects objects,
            Runnable changed) {
        this.kind = kind;
        this.apiVersion = apiVersion;
        KubernetesClient client = connection.watching();
        long page = connection.options().pageSize();
        this.informer = kind.isCustom()
                ? custom(client, page, objects, changed)
                : typed(kind.model(), client, page, node, objects, changed);
    }

    private <T extends HasMetadata> SharedIndexInformer<T> typed(
            Class<T> model, KubernetesClient client, long page, String node, ClusterObjects objects, Runnable changed) {
        var all = client.resources(model).inAnyNamespace();
        var wanted = kind == MeshKind.POD && !node.isEmpty() ? all.withField("spec.nodeName", node) : all;
        SharedIndexInformer<T> typed =
                wanted.withLimit(page).runnableInformer(0).removeNamespaceIndex();
        return prepared(typed, objects::put, objects, changed);
    }

    private SharedIndexInformer<GenericKubernetesResource> custom(
            KubernetesClient client, long page, ClusterObjects objects, Runnable changed) {
        ResourceDefinitionContext context = new ResourceDefinitionContext.Builder()
                .withGroup(kind.group())
                .withVersion(apiVersion.substring(apiVersion.indexOf('/') + 1))
                .withKind(kind.kind())
                .withPlural(kind.plural())
                .withNamespaced(kind.isNamespaced())
                .build();
        SharedIndexInformer<GenericKubernetesResource> custom = client.genericKubernetesResources(context)
                .inAnyNamespace()
                .withLimit(page)
                .runnableInformer(0)
                .removeNamespaceIndex()
                .itemStore(new KeptVersions());
        var mapper = new ObjectMapper();
        return prepared(custom, object -> objects.put(kind, mapper.<JsonNode>valueToTree(object)), objects, changed);
    }

    private <T extends HasMetadata> SharedIndexInformer<T> prepared(
            SharedIndexInformer<T> prepared, Consumer<T> put, ClusterObjects objects, Runnable changed) {
        return prepared.exceptionHandler((_, _) -> true).addEventHandler(new ResourceEventHandler<T>() {
            @Override
            public void onAdd(T object) {
                tell(() -> put.accept(object));
            }

            @Override
            public void onUpdate(T before, T object) {
                tell(() -> put.accept(object));
            }

            @Override
            public void onDelete(T object, boolean missed) {
                tell(() -> objects.remove(new ObjectKey(kind.kind(), Fields.namespace(object), Fields.name(object))));
            }

            @Override
            public void onList(String version, boolean remainedEmpty) {
                tell(() -> synced = true);
            }

            private void tell(Runnable news) {
                if (!closed) {
                    news.run();
                    changed.run();
                }
            }
        });
    }

    void start() {
        var _ = informer.start();
    }

    MeshKind kind() {
        return kind;
    }

    String apiVersion() {
        return apiVersion;
    }

    /** Whether every object that was there at the start has arrived. */
    boolean isSynced() {
        return synced;
    }

    /** Where the API server has the kind. */
    String path() {
        return (apiVersion.indexOf('/') < 0 ? "/api/" : "/apis/") + apiVersion + "/" + kind.plural();
    }

    @Override
    public void close() {
        closed = true;
        informer.stop();
    }
}
