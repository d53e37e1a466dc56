package dev.ambit.adapters.loom;

import dev.ambit.adapters.loom.pod.Pod;
import dev.ambit.domain.workload.PodRef;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The pods of this process that take connections, by name. Safe for use by several threads. */
final class Neighbours {
    private record Name(String namespace, String pod) {}

    private final Map<Name, Pod> serving = new ConcurrentHashMap<>();

    /** The pod's listeners are open. Of several with one name the newest counts. */
    void add(Pod pod) {
        serving.put(name(pod), pod);
    }

    /** The pod takes no more connections. Idempotent. */
    void remove(Pod pod) {
        serving.remove(name(pod), pod);
    }

    Optional<Pod> find(String namespace, String pod) {
        return Optional.ofNullable(serving.get(new Name(namespace, pod)));
    }

    private static Name name(Pod pod) {
        PodRef ref = pod.ref();
        return new Name(ref.namespace(), ref.name());
    }
}
