package dev.ambit.adapters.k8s.cluster;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.client.informers.cache.Cache;
import io.fabric8.kubernetes.client.informers.cache.ItemStore;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** An informer's store that keeps names and versions only: the objects are kept in another form elsewhere. */
final class KeptVersions implements ItemStore<GenericKubernetesResource> {
    private final Map<String, GenericKubernetesResource> stubs = new ConcurrentHashMap<>();

    private static GenericKubernetesResource stub(GenericKubernetesResource object) {
        var metadata = new ObjectMeta();
        metadata.setNamespace(object.getMetadata().getNamespace());
        metadata.setName(object.getMetadata().getName());
        metadata.setResourceVersion(object.getMetadata().getResourceVersion());
        var stub = new GenericKubernetesResource();
        stub.setApiVersion(object.getApiVersion());
        stub.setKind(object.getKind());
        stub.setMetadata(metadata);
        return stub;
    }

    @Override
    public String getKey(GenericKubernetesResource object) {
        return Cache.metaNamespaceKeyFunc(object);
    }

    @Override
    public @Nullable GenericKubernetesResource put(String key, GenericKubernetesResource object) {
        return stubs.put(key, stub(object));
    }

    @Override
    public @Nullable GenericKubernetesResource remove(String key) {
        return stubs.remove(key);
    }

    @Override
    public Stream<String> keySet() {
        return stubs.keySet().stream();
    }

    @Override
    public Stream<GenericKubernetesResource> values() {
        return stubs.values().stream();
    }

    @Override
    public int size() {
        return stubs.size();
    }

    @Override
    public @Nullable GenericKubernetesResource get(String key) {
        return stubs.get(key);
    }

    /** A stub must never be handed out as the object. */
    @Override
    public boolean isFullState() {
        return false;
    }
}
