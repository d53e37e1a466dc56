package dev.ambit.adapters.k8s.derive;

import dev.ambit.adapters.k8s.translate.UnreadablePolicy;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.Collection;
import java.util.List;

/**
 * Everything the mesh is derived from. Kinds without a meaning here do no harm.
 *
 * @param unreadablePolicies policies that somebody wrote and that are not even objects
 */
public record KubernetesObjects(List<HasMetadata> objects, List<UnreadablePolicy> unreadablePolicies) {
    public KubernetesObjects {
        objects = List.copyOf(objects);
        unreadablePolicies = List.copyOf(unreadablePolicies);
    }

    public static KubernetesObjects of(Collection<HasMetadata> objects, List<UnreadablePolicy> unreadable) {
        return new KubernetesObjects(List.copyOf(objects), unreadable);
    }

    /** The objects of one kind. */
    public <T extends HasMetadata> List<T> only(Class<T> kind) {
        return objects.stream().filter(kind::isInstance).map(kind::cast).toList();
    }
}
