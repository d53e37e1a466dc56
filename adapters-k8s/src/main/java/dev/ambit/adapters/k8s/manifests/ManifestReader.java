package dev.ambit.adapters.k8s.manifests;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.type.LogicalType;
import dev.ambit.adapters.k8s.manifests.YamlDocuments.Document;
import dev.ambit.adapters.k8s.translate.FieldPath;
import dev.ambit.adapters.k8s.translate.ObjectChecks;
import dev.ambit.adapters.k8s.translate.ObjectKey;
import dev.ambit.adapters.k8s.translate.ObjectProblem;
import dev.ambit.ports.configuration.ConfigurationProblem;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** One file's text to objects, each with its line. Strict as {@code kubectl}: text is not a number, names are checked. */
final class ManifestReader {
    private static final String LIST = "List";

    private final YamlDocuments documents;
    private final ObjectChecks checks;
    private final ObjectMapper mapper = strictMapper();
    private final KnownFields knownFields = new KnownFields(mapper);
    private final ManifestLimits limits;

    ManifestReader(ManifestLimits limits, String rootNamespace) {
        this.limits = limits;
        this.documents = new YamlDocuments(limits);
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

    List<ManifestObject> read(String file, String text) {
        var objects = new ArrayList<ManifestObject>();
        for (Document document : documents.read(text)) {
            switch (document) {
                case Document.Sound(YamlNode root) -> expand(file, root, objects);
                case Document.Broken(int line, String why, String chunk) ->
                    objects.add(
                            new ManifestObject.Broken(GuessedPolicy.in(chunk), List.of(problem(file, line, "", why))));
            }
        }
        return objects;
    }

    /** A {@code List} stands for its items. */
    private void expand(String file, YamlNode node, List<ManifestObject> objects) {
        if (!node.text("kind").equals(LIST)) {
            objects.add(object(file, node));
            return;
        }
        Optional<YamlNode> items = node.child("items");
        if (items.isEmpty() || !(items.get() instanceof YamlNode.Sequence(var list, int _))) {
            objects.add(ignored(file, node, LIST, "items is not a list"));
            return;
        }
        for (YamlNode item : list) {
            if (objects.size() >= limits.documentsPerFileMax()) {
                objects.add(new ManifestObject.Broken(
                        null,
                        List.of(problem(
                                file,
                                item.line(),
                                "",
                                "more than " + limits.documentsPerFileMax() + " objects: split the file"))));
                return;
            }
            expand(file, item, objects);
        }
    }

    private ManifestObject object(String file, YamlNode node) {
        if (!(node instanceof YamlNode.Mapping)) {
            return ignored(file, node, "", "not a Kubernetes object: it has no fields");
        }
        String kindName = node.text("kind");
        Optional<ManifestKind> known = ManifestKind.of(kindName);
        if (known.isEmpty()) {
            return ignored(
                    file,
                    node,
                    kindName,
                    kindName.isEmpty()
                            ? "no kind: ignored"
                            : "kind " + kindName + " means nothing to the mesh: ignored");
        }
        ManifestKind kind = known.get();
        ObjectKey key = key(kind, kindName, node);
        String apiVersion = node.text("apiVersion");
        if (!kind.apiVersions().contains(apiVersion)) {
            return rejected(
                    kind,
                    key,
                    node,
                    List.of(located(
                            file,
                            node,
                            key,
                            FieldPath.of("apiVersion"),
                            "'" + apiVersion + "' is not one of " + kind.apiVersions())));
        }
        return convert(file, kind, key, node);
    }

    private ManifestObject convert(String file, ManifestKind kind, ObjectKey key, YamlNode node) {
        List<KnownFields.Unknown> found = knownFields.unknown(node, kind.model());
        List<ConfigurationProblem> unknown = found.stream()
                .map(each -> located(file, node, key, each.path(), each.why()))
                .toList();
        boolean lostValue = found.stream().anyMatch(KnownFields.Unknown.Value.class::isInstance);
        if (lostValue || (kind.isPolicy() && !unknown.isEmpty())) {
            return rejected(kind, key, node, unknown);
        }
        HasMetadata object;
        try {
            object = mapper.treeToValue(node.toJson(), kind.model());
        } catch (JsonMappingException mismatch) {
            return rejected(
                    kind, key, node, List.of(located(file, node, key, path(mismatch), Mismatch.explain(mismatch))));
        } catch (JsonProcessingException | RuntimeException mismatch) {
            return rejected(
                    kind, key, node, List.of(located(file, node, key, FieldPath.ROOT, "cannot be read: " + mismatch)));
        }
        List<ConfigurationProblem> rejections = checks.check(object).stream()
                .filter(ObjectProblem::isRejection)
                .map(problem -> located(file, node, key, problem.field(), problem.why()))
                .toList();
        return rejections.isEmpty()
                ? new ManifestObject.Sound(object, key, file, node, unknown)
                : rejected(kind, key, node, rejections);
    }

    private static FieldPath path(JsonMappingException mismatch) {
        return new FieldPath(mismatch.getPath().stream()
                .map(step -> step.getFieldName() == null ? Integer.toString(step.getIndex()) : step.getFieldName())
                .toList());
    }

    private static ManifestObject.Rejected rejected(
            ManifestKind kind, ObjectKey key, YamlNode node, List<ConfigurationProblem> problems) {
        return new ManifestObject.Rejected(key, kind.isPolicy() ? GuessedPolicy.of(kind, key, node) : null, problems);
    }

    private static ObjectKey key(ManifestKind kind, String kindName, YamlNode node) {
        String namespace = node.text("metadata", "namespace");
        String home = namespace.isEmpty() ? "default" : namespace;
        return new ObjectKey(kindName, kind.isNamespaced() ? home : "", node.text("metadata", "name"));
    }

    private static ManifestObject ignored(String file, YamlNode node, String object, String why) {
        return new ManifestObject.Ignored(List.of(problem(file, node.line(), object, why)));
    }

    private static ConfigurationProblem located(String file, YamlNode node, ObjectKey key, FieldPath path, String why) {
        String field = path.equals(FieldPath.ROOT) ? "" : path + ": ";
        return problem(file, node.lineOf(path), key.toString(), field + why);
    }

    static ConfigurationProblem problem(String file, int line, String object, String why) {
        return new ConfigurationProblem(file + ":" + line, object, why);
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
