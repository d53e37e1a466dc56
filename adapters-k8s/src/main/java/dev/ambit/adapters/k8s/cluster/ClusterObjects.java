package dev.ambit.adapters.k8s.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ambit.adapters.k8s.derive.KubernetesObjects;
import dev.ambit.adapters.k8s.reading.MeshKind;
import dev.ambit.adapters.k8s.reading.ObjectReader;
import dev.ambit.adapters.k8s.reading.ObjectReading;
import dev.ambit.adapters.k8s.translate.ObjectChecks;
import dev.ambit.adapters.k8s.translate.ObjectKey;
import dev.ambit.adapters.k8s.translate.ObjectProblem;
import dev.ambit.adapters.k8s.translate.UnreadablePolicy;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Service;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The newest version of every object that can be used, and of those whose newest cannot, the last one that could. Written
 * by informers, each on a thread of its own.
 */
final class ClusterObjects {
    private static final String APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

    private final ObjectReader reader;
    private final ObjectChecks checks;
    private final Map<ObjectKey, Held> held = new HashMap<>();

    /**
     * @param good the last version that could be used
     * @param closed how a policy is enforced of which there is none
     * @param problems of the newest version
     * @param status of the newest version; null for kinds about which nothing is written
     */
    private record Held(
            @Nullable HasMetadata good,
            @Nullable UnreadablePolicy closed,
            List<ObjectProblem> problems,
            @Nullable WrittenStatus status) {}

    ClusterObjects(String rootNamespace) {
        this.reader = new ObjectReader(rootNamespace);
        this.checks = new ObjectChecks(rootNamespace);
    }

    /** A kind of Kubernetes' own, whose shape the API server has checked. */
    synchronized void put(HasMetadata object) {
        if (object.getMetadata().getAnnotations() != null) {
            object.getMetadata().getAnnotations().remove(APPLIED);
        }
        List<ObjectProblem> rejections =
                checks.check(object).stream().filter(ObjectProblem::isRejection).toList();
        hold(
                ObjectKey.of(object),
                rejections.isEmpty()
                        ? new ObjectReading.Sound(object, List.of())
                        : new ObjectReading.Rejected(null, rejections),
                object instanceof Service service ? WrittenStatus.of(service) : null);
    }

    /** A custom kind, whose definition may be of another version than ours. */
    synchronized void put(MeshKind kind, JsonNode json) {
        if (json.path("metadata") instanceof ObjectNode metadata) {
            metadata.remove("managedFields");
            if (metadata.path("annotations") instanceof ObjectNode annotations) {
                annotations.remove(APPLIED);
            }
        }
        @Nullable WrittenStatus status = WantedStatus.isFor(kind) ? WrittenStatus.of(json) : null;
        // What is written about a policy is no part of it, and must not make it unusable.
        if (kind.isPolicy() && json instanceof ObjectNode object) {
            object.remove("status");
        }
        hold(ObjectReader.key(kind, json), reader.read(kind, json), status);
    }

    private void hold(ObjectKey key, ObjectReading reading, @Nullable WrittenStatus status) {
        held.put(
                key,
                switch (reading) {
                    case ObjectReading.Sound sound -> new Held(sound.object(), null, sound.problems(), status);
                    case ObjectReading.Rejected rejected -> {
                        HasMetadata good = Optional.ofNullable(held.get(key))
                                .map(Held::good)
                                .orElse(null);
                        yield new Held(good, good == null ? rejected.closed() : null, rejected.problems(), status);
                    }
                });
    }

    synchronized void remove(ObjectKey key) {
        held.remove(key);
    }

    /** Forgets a kind whose definition is gone. */
    synchronized void removeAll(MeshKind kind) {
        held.keySet().removeIf(key -> key.kind().equals(kind.kind()));
    }

    /** What is to be derived from, now. */
    synchronized KubernetesObjects objects() {
        var good = new ArrayList<HasMetadata>(held.size());
        var closed = new ArrayList<UnreadablePolicy>();
        for (Held each : held.values()) {
            if (each.good() != null) {
                good.add(each.good());
            } else if (each.closed() != null) {
                closed.add(each.closed());
            }
        }
        return KubernetesObjects.of(good, closed);
    }

    /** The version that counts. */
    synchronized Optional<HasMetadata> object(ObjectKey key) {
        return Optional.ofNullable(held.get(key)).map(Held::good);
    }

    /** The status of every object about which something is to be written. */
    synchronized Map<ObjectKey, WrittenStatus> statuses() {
        Map<ObjectKey, WrittenStatus> statuses = new HashMap<>();
        held.forEach((key, each) -> {
            if (each.status() != null) {
                statuses.put(key, each.status());
            }
        });
        return statuses;
    }

    synchronized List<ObjectProblem> problems() {
        return held.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .flatMap(entry -> entry.getValue().problems().stream())
                .toList();
    }
}
