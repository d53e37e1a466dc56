package dev.ambit.adapters.k8s.manifests;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ambit.adapters.k8s.manifests.YamlDocuments.Document;
import dev.ambit.adapters.k8s.reading.MeshKind;
import dev.ambit.adapters.k8s.reading.ObjectReader;
import dev.ambit.adapters.k8s.reading.ObjectReading;
import dev.ambit.adapters.k8s.translate.ObjectKey;
import dev.ambit.adapters.k8s.translate.ObjectProblem;
import dev.ambit.ports.configuration.ConfigurationProblem;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One file's text to objects, each with its line. */
final class ManifestReader {
    private static final String LIST = "List";

    private final YamlDocuments documents;
    private final ObjectReader reader;
    private final ManifestLimits limits;

    ManifestReader(ManifestLimits limits, String rootNamespace) {
        this.limits = limits;
        this.documents = new YamlDocuments(limits);
        this.reader = new ObjectReader(rootNamespace);
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
        Optional<MeshKind> kind = MeshKind.of(kindName);
        if (kind.isEmpty()) {
            return ignored(
                    file,
                    node,
                    kindName,
                    kindName.isEmpty()
                            ? "no kind: ignored"
                            : "kind " + kindName + " means nothing to the mesh: ignored");
        }
        JsonNode json = node.toJson();
        ObjectKey key = ObjectReader.key(kind.get(), json);
        ObjectReading reading = reader.read(kind.get(), json);
        List<ConfigurationProblem> problems = reading.problems().stream()
                .map(problem -> located(file, node, problem))
                .toList();
        return switch (reading) {
            case ObjectReading.Sound sound -> new ManifestObject.Sound(sound.object(), key, file, node, problems);
            case ObjectReading.Rejected rejected -> new ManifestObject.Rejected(key, rejected.closed(), problems);
        };
    }

    private static ManifestObject ignored(String file, YamlNode node, String object, String why) {
        return new ManifestObject.Ignored(List.of(problem(file, node.line(), object, why)));
    }

    private static ConfigurationProblem located(String file, YamlNode node, ObjectProblem problem) {
        return problem(file, node.lineOf(problem.field()), problem.object().toString(), problem.message());
    }

    static ConfigurationProblem problem(String file, int line, String object, String why) {
        return new ConfigurationProblem(file + ":" + line, object, why);
    }
}
