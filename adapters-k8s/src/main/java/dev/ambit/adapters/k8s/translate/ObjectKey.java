package dev.ambit.adapters.k8s.translate;

import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.Comparator;

/**
 * Names one Kubernetes object.
 *
 * @param namespace empty for kinds that live outside namespaces
 */
public record ObjectKey(String kind, String namespace, String name) implements Comparable<ObjectKey> {
    private static final Comparator<ObjectKey> ORDER = Comparator.comparing(ObjectKey::kind)
            .thenComparing(ObjectKey::namespace)
            .thenComparing(ObjectKey::name);

    public static ObjectKey of(HasMetadata object) {
        return new ObjectKey(object.getKind(), Fields.namespace(object), Fields.name(object));
    }

    /**
     * Numbered names in numbered namespaces, as most of a large cluster's are, differ by little in the hashes of both; added
     * up as a record adds them, they coincide by the thousand.
     */
    @Override
    public int hashCode() {
        return (31 * kind.hashCode() + namespace.hashCode()) * 0x9e3779b9 + name.hashCode();
    }

    @Override
    public int compareTo(ObjectKey other) {
        return ORDER.compare(this, other);
    }

    /** {@code Pod shop/cart-0}. */
    @Override
    public String toString() {
        return kind + " " + (namespace.isEmpty() ? "" : namespace + "/") + name;
    }
}
