package dev.ambit.adapters.k8s.manifests;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** A YAML text that is one object, as others than files have it, read within the same kind of bounds. */
public sealed interface YamlObject {
    record Sound(ObjectNode object) implements YamlObject {}

    /** Not YAML, not one object, or more than the limits allow. */
    record Broken(int line, String why) implements YamlObject {}

    /** Reads the text; one without content is an object without fields. */
    static YamlObject read(String text, ManifestLimits limits) {
        if (text.length() > limits.fileBytesMax()) {
            return new Broken(1, text.length() + " characters, at most " + limits.fileBytesMax());
        }
        try {
            return new YamlComposer(limits, 1)
                    .compose(text)
                    .<YamlObject>map(node -> node.toJson() instanceof ObjectNode object
                            ? new Sound(object)
                            : new Broken(node.line(), "not an object with fields"))
                    .orElseGet(() -> new Sound(JsonNodeFactory.instance.objectNode()));
        } catch (YamlSyntaxException broken) {
            return new Broken(broken.line(), broken.why());
        }
    }

    /** The objects of a text of our own, one per document. */
    static List<ObjectNode> ours(String text) {
        return new YamlDocuments(ManifestLimits.defaults())
                .read(text).stream()
                        .map(document -> switch (document) {
                            case YamlDocuments.Document.Sound(YamlNode root)
                            when root.toJson() instanceof ObjectNode object -> object;
                            default -> throw new IllegalStateException("our own YAML is broken: " + document);
                        })
                        .toList();
    }
}
