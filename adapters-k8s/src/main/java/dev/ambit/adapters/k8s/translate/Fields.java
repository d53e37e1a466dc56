package dev.ambit.adapters.k8s.translate;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads Fabric8 objects, in which everything may be absent. */
public final class Fields {
    private static final Set<String> OUTSIDE_NAMESPACES = Set.of("Namespace", "Node", "GatewayClass");
    private static final String DEFAULT_NAMESPACE = "default";

    private Fields() {}

    static String text(@Nullable String value) {
        return value == null ? "" : value;
    }

    static <T> List<T> list(@Nullable List<T> values) {
        return values == null ? List.of() : values;
    }

    static <K, V> Map<K, V> map(@Nullable Map<K, V> values) {
        return values == null ? Map.of() : values;
    }

    static boolean isTrue(@Nullable Boolean value) {
        return Boolean.TRUE.equals(value);
    }

    static ObjectMeta metadata(HasMetadata object) {
        @Nullable ObjectMeta metadata = object.getMetadata();
        return metadata == null ? new ObjectMeta() : metadata;
    }

    public static String name(HasMetadata object) {
        return text(metadata(object).getName());
    }

    /** The object's namespace; {@code default} when it does not say, empty for kinds outside namespaces. */
    public static String namespace(HasMetadata object) {
        if (OUTSIDE_NAMESPACES.contains(object.getKind())) {
            return "";
        }
        String namespace = text(metadata(object).getNamespace());
        return namespace.isEmpty() ? DEFAULT_NAMESPACE : namespace;
    }

    public static Map<String, String> labels(HasMetadata object) {
        return map(metadata(object).getLabels());
    }

    public static Map<String, String> annotations(HasMetadata object) {
        return map(metadata(object).getAnnotations());
    }

    /** When the object was created, in seconds since the epoch; 0 if it does not say, or not in a readable way. */
    static long created(HasMetadata object) {
        String text = text(metadata(object).getCreationTimestamp());
        try {
            return text.isEmpty() ? 0 : Instant.parse(text).getEpochSecond();
        } catch (DateTimeException _) {
            return 0;
        }
    }

    /** Whether every label of a selector is there; an empty selector selects everything. */
    public static boolean selects(Map<String, String> selector, Map<String, String> labels) {
        return selector.entrySet().stream().allMatch(want -> want.getValue().equals(labels.get(want.getKey())));
    }
}
