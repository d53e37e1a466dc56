package dev.ambit.adapters.k8s.manifests;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads the documents of one YAML text each by itself, so that a broken one does not take the others with it. A line that
 * begins with {@code ---} always begins a document (YAML 1.2, 9.1.2).
 */
final class YamlDocuments {
    private final ManifestLimits limits;

    YamlDocuments(ManifestLimits limits) {
        this.limits = limits;
    }

    /** One document of a text. */
    sealed interface Document {
        record Sound(YamlNode root) implements Document {}

        /** Not readable. The text is kept to see what it might have been. */
        record Broken(int line, String why, String text) implements Document {}
    }

    List<Document> read(String text) {
        var documents = new ArrayList<Document>();
        var chunk = new StringBuilder();
        int chunkLine = 1;
        int line = 1;
        for (String each : (Iterable<String>) text.lines()::iterator) {
            if (isSeparator(each) && line > 1) {
                read(chunk.toString(), chunkLine, documents);
                chunk.setLength(0);
                chunkLine = line;
            }
            chunk.append(each).append('\n');
            line++;
        }
        read(chunk.toString(), chunkLine, documents);
        return documents;
    }

    private void read(String chunk, int firstLine, List<Document> documents) {
        if (documents.size() > limits.documentsPerFileMax()) {
            return;
        }
        if (documents.size() == limits.documentsPerFileMax()) {
            documents.add(new Document.Broken(
                    firstLine, "more than " + limits.documentsPerFileMax() + " documents: split the file", chunk));
            return;
        }
        try {
            Optional<YamlNode> root = new YamlComposer(limits, firstLine).compose(chunk);
            root.ifPresent(found -> documents.add(new Document.Sound(found)));
        } catch (YamlSyntaxException broken) {
            documents.add(new Document.Broken(broken.line(), broken.why(), chunk));
        }
    }

    private static boolean isSeparator(String line) {
        return line.startsWith("---") && (line.length() == 3 || Character.isWhitespace(line.charAt(3)));
    }
}
