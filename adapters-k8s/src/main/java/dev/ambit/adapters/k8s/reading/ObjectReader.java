package dev.ambit.adapters.k8s.reading;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.type.LogicalType;
import dev.ambit.adapters.k8s.translate.FieldPath;
import dev.ambit.adapters.k8s.translate.ObjectChecks;
import dev.ambit.adapters.k8s.translate.ObjectKey;
import dev.ambit.adapters.k8s.translate.ObjectProblem;
import dev.ambit.adapters.k8s.translate.ObjectProblem.Severity;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.Arrays;
import java.util.List;

/** Reads objects as strictly as {@code kubectl}: text is not a number, names are checked. For one thread. */
public final class ObjectReader {
    private static final String DEFAULT_NAMESPACE = "default";

    private final ObjectMapper mapper = strictMapper();
    private final KnownFields knownFields = new KnownFields(mapper);
    private final ObjectChecks checks;

    public ObjectReader(String rootNamespace) {
        this.checks = new ObjectChecks(rootNamespace);
    }

    private static ObjectMapper strictMapper() {
        return JsonMapper.builder()
                .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
                .withCoercionConfig(
                        LogicalType.Textual,
                        config -> config.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                                .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                                .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail))
                .build();
    }

    /** Names the object even if nothing else in it can be read. */
    public static ObjectKey key(MeshKind kind, JsonNode object) {
        String namespace = text(object.path("metadata").path("namespace"));
        String home = namespace.isEmpty() ? DEFAULT_NAMESPACE : namespace;
        return new ObjectKey(
                kind.kind(),
                kind.isNamespaced() ? home : "",
                text(object.path("metadata").path("name")));
    }

    private static String text(JsonNode node) {
        return node.isTextual() ? node.textValue() : "";
    }

    public ObjectReading read(MeshKind kind, JsonNode json) {
        ObjectKey key = key(kind, json);
        String apiVersion = text(json.path("apiVersion"));
        if (!kind.apiVersions().contains(apiVersion)) {
            return rejected(
                    kind,
                    json,
                    rejection(
                            key,
                            FieldPath.of("apiVersion"),
                            "'" + apiVersion + "' is not one of " + kind.apiVersions()));
        }
        List<KnownFields.Unknown> found = knownFields.unknown(json, kind.model());
        boolean lostValue = found.stream().anyMatch(KnownFields.Unknown.Value.class::isInstance);
        boolean unusable = lostValue || (kind.isPolicy() && !found.isEmpty());
        List<ObjectProblem> unknown = found.stream()
                .map(each -> new ObjectProblem(
                        key, each.path(), each.why(), unusable ? Severity.REJECTED : Severity.WARNING))
                .toList();
        if (unusable) {
            return rejected(kind, json, unknown);
        }
        HasMetadata object;
        try {
            object = mapper.treeToValue(json, kind.model());
        } catch (JsonMappingException mismatch) {
            return rejected(kind, json, rejection(key, path(mismatch), Mismatch.explain(mismatch)));
        } catch (JsonProcessingException | RuntimeException mismatch) {
            return rejected(kind, json, rejection(key, FieldPath.ROOT, "cannot be read: " + mismatch));
        }
        List<ObjectProblem> rejections =
                checks.check(object).stream().filter(ObjectProblem::isRejection).toList();
        return rejections.isEmpty() ? new ObjectReading.Sound(object, unknown) : rejected(kind, json, rejections);
    }

    private static List<ObjectProblem> rejection(ObjectKey key, FieldPath field, String why) {
        return List.of(new ObjectProblem(key, field, why, Severity.REJECTED));
    }

    private static ObjectReading rejected(MeshKind kind, JsonNode json, List<ObjectProblem> problems) {
        return new ObjectReading.Rejected(
                kind.isPolicy() ? HalfReadPolicy.of(kind, key(kind, json), json) : null, problems);
    }

    private static FieldPath path(JsonMappingException mismatch) {
        return new FieldPath(mismatch.getPath().stream()
                .map(step -> step.getFieldName() == null ? Integer.toString(step.getIndex()) : step.getFieldName())
                .toList());
    }

    /** Jackson's messages without its class names. */
    private static final class Mismatch {
        static String explain(JsonMappingException mismatch) {
            if (mismatch instanceof MismatchedInputException wrong && wrong.getTargetType() != null) {
                Class<?> wanted = wrong.getTargetType();
                if (wanted.isEnum()) {
                    return "not one of " + Arrays.toString(wanted.getEnumConstants());
                }
                return wanted == String.class
                        ? "is not text: put it in quotes"
                        : "is not " + article(wanted.getSimpleName());
            }
            String message = String.valueOf(mismatch.getOriginalMessage());
            return "cannot be read: " + message.lines().findFirst().orElse("");
        }

        private static String article(String type) {
            return switch (type) {
                case "Integer", "Long" -> "a whole number";
                case "Boolean" -> "true or false";
                case "ArrayList", "List" -> "a list";
                default -> "a value of type " + type;
            };
        }
    }
}
