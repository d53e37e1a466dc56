package dev.ambit.adapters.k8s.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
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
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
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
    /** Of what is held, so that a change does not cost what there is. */
    private final SortedMap<ObjectKey, List<ObjectProblem>> problems = new TreeMap<>();

    /** What was written or removed since the last {@link #changes}, in the order in which that began. */
    private final Set<ObjectKey> touched = new LinkedHashSet<>();

    /** Those of them that were gone in between: what comes after is another object. */
    private final Set<ObjectKey> removed = new LinkedHashSet<>();

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
        touched.add(key);
        if (reading.problems().isEmpty()) {
            problems.remove(key);
        } else {
            problems.put(key, reading.problems());
        }
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
        problems.remove(key);
        touched.add(key);
        removed.add(key);
    }

    /** Forgets a kind whose definition is gone. */
    synchronized void removeAll(MeshKind kind) {
        List<ObjectKey> gone = held.keySet().stream()
                .filter(key -> key.kind().equals(kind.kind()))
                .toList();
        gone.forEach(this::remove);
    }

    /** What became of objects since the last call; of several changes of one object the last counts. */
    synchronized List<ObjectChange> changes() {
        var changes = new ArrayList<ObjectChange>(touched.size());
        for (ObjectKey key : touched) {
            Held now = held.get(key);
            if (now == null || removed.contains(key)) {
                changes.add(new ObjectChange.Removed(key));
            }
            if (now != null) {
                changes.add(
                        now.good() == null
                                ? new ObjectChange.Unusable(key, now.closed())
                                : new ObjectChange.Put(key, now.good()));
            }
        }
        touched.clear();
        removed.clear();
        return changes;
    }

    /** The version that counts. */
    synchronized Optional<HasMetadata> object(ObjectKey key) {
        return Optional.ofNullable(held.get(key)).map(Held::good);
    }

    /** The objects of one kind that can be used. */
    synchronized <T extends HasMetadata> List<T> only(Class<T> model) {
        return held.values().stream()
                .map(Held::good)
                .filter(model::isInstance)
                .map(model::cast)
                .toList();
    }

    /** What the newest version's status says; empty for kinds about which nothing is written. */
    synchronized Optional<WrittenStatus> status(ObjectKey key) {
        return Optional.ofNullable(held.get(key)).map(Held::status);
    }

    /** What is wrong with the newest version. */
    synchronized List<ObjectProblem> problems(ObjectKey key) {
        return problems.getOrDefault(key, List.of());
    }

    /** What is wrong with the newest versions, in the order of the objects. */
    synchronized List<ObjectProblem> problems() {
        return problems.values().stream().flatMap(List::stream).toList();
    }
}
