package dev.ambit.adapters.k8s.derive;

import dev.ambit.adapters.k8s.translate.EntryFacts;
import dev.ambit.adapters.k8s.translate.ObjectKey;

/** The names of objects that are known by their facts. */
final class Keys {
    private Keys() {}

    static ObjectKey of(EntryFacts entry) {
        return new ObjectKey("ServiceEntry", entry.namespace(), entry.name());
    }

    static ObjectKey of(String kind, String namespace, String name) {
        return new ObjectKey(kind, namespace, name);
    }
}
