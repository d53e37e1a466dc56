package dev.ambit.adapters.k8s.manifests;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.common.Anchor;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionEndEvent;
import org.snakeyaml.engine.v2.events.DocumentStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.events.SequenceStartEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.resolver.CoreScalarResolver;

/**
 * Builds one document's tree from parser events, without recursion and counting as it goes, so that neither nesting nor
 * aliases can exhaust stack or heap. Serves one document.
 */
final class YamlComposer {
    private static final CoreScalarResolver SCALARS = new CoreScalarResolver(false);
    private static final int NUMBER_LENGTH_MAX = 64;

    private final ManifestLimits limits;
    private final int firstLine;
    private final Map<Anchor, Built> anchors = new HashMap<>();
    private final Deque<Frame> open = new ArrayDeque<>();
    private @Nullable Built root;

    YamlComposer(ManifestLimits limits, int firstLine) {
        this.limits = limits;
        this.firstLine = firstLine;
    }

    /** A finished node with how many nodes it stands for and how deep it goes. */
    private record Built(YamlNode node, int size, int height) {}

    /** Empty for a document without content. */
    Optional<YamlNode> compose(String text) throws YamlSyntaxException {
        var settings =
                LoadSettings.builder().setCodePointLimit(Integer.MAX_VALUE).build();
        try {
            for (Event event : new Parse(settings).parseString(text)) {
                on(event);
            }
        } catch (MarkedYamlEngineException broken) {
            throw new YamlSyntaxException(
                    broken.getProblemMark().map(Mark::getLine).orElse(0) + firstLine,
                    "not YAML: " + Optional.ofNullable(broken.getProblem()).orElse("syntax error"));
        } catch (YamlEngineException broken) {
            throw new YamlSyntaxException(firstLine, "not YAML: " + broken.getMessage());
        }
        return Optional.ofNullable(root)
                .map(Built::node)
                .filter(node -> !node.toJson().isNull());
    }

    private void on(Event event) throws YamlSyntaxException {
        switch (event) {
            case DocumentStartEvent start
            when root != null ->
                throw new YamlSyntaxException(line(start), "a second document must begin with a line '---'");
            case ScalarEvent scalar -> add(scalar, new Built(scalar(scalar), 1, 1));
            case AliasEvent alias -> add(alias, aliased(alias));
            case MappingStartEvent start -> open(new Frame(start, line(start), true));
            case SequenceStartEvent start -> open(new Frame(start, line(start), false));
            case CollectionEndEvent _ -> {
                Frame done = open.pop();
                add(done.start, done.build());
            }
            default -> {
                // Stream and document boundaries carry nothing.
            }
        }
    }

    private void open(Frame frame) throws YamlSyntaxException {
        open.push(frame);
        if (open.size() > limits.depthMax()) {
            throw tooDeep(frame.line);
        }
    }

    private void add(NodeEvent event, Built built) throws YamlSyntaxException {
        if (!(event instanceof AliasEvent)) {
            event.getAnchor().ifPresent(anchor -> anchors.put(anchor, built));
        }
        if (open.size() + built.height() > limits.depthMax() + 1) {
            throw tooDeep(line(event));
        }
        Frame parent = open.peek();
        if (parent == null) {
            root = built;
        } else {
            parent.add(built, line(event));
        }
    }

    private YamlSyntaxException tooDeep(int line) {
        return new YamlSyntaxException(line, "nested more than " + limits.depthMax() + " deep");
    }

    private Built aliased(AliasEvent alias) throws YamlSyntaxException {
        Built built = alias.getAnchor().map(anchors::get).orElse(null);
        if (built == null) {
            throw new YamlSyntaxException(line(alias), "alias " + alias.getAlias() + " has no anchor before it");
        }
        return built;
    }

    private int line(Event event) {
        return event.getStartMark().map(Mark::getLine).orElse(0) + firstLine;
    }

    private YamlNode scalar(ScalarEvent event) throws YamlSyntaxException {
        String text = event.getValue();
        String tag = event.getTag()
                .orElseGet(() -> event.isPlain() ? SCALARS.resolve(text, true).getValue() : Tag.STR.getValue());
        return new YamlNode.Scalar(value(tag, text, line(event)), line(event));
    }

    private static JsonNode value(String tag, String text, int line) throws YamlSyntaxException {
        if (tag.equals(Tag.STR.getValue()) || tag.equals("!")) {
            return JsonNodeFactory.instance.textNode(text);
        }
        if (tag.equals(Tag.NULL.getValue())) {
            return NullNode.getInstance();
        }
        if (tag.equals(Tag.BOOL.getValue())) {
            return JsonNodeFactory.instance.booleanNode(text.equalsIgnoreCase("true"));
        }
        boolean number = tag.equals(Tag.INT.getValue()) || tag.equals(Tag.FLOAT.getValue());
        if (!number) {
            throw new YamlSyntaxException(line, "tag '" + tag + "' is not supported");
        }
        if (text.length() > NUMBER_LENGTH_MAX) {
            throw new YamlSyntaxException(line, "number of " + text.length() + " characters");
        }
        try {
            return tag.equals(Tag.INT.getValue()) ? integer(text) : decimal(text);
        } catch (NumberFormatException _) {
            throw new YamlSyntaxException(line, "'" + text + "' is not a number");
        }
    }

    private static JsonNode integer(String text) {
        BigInteger value = text.startsWith("0x")
                ? new BigInteger(text.substring(2), 16)
                : text.startsWith("0o") ? new BigInteger(text.substring(2), 8) : new BigInteger(text);
        if (value.bitLength() < Integer.SIZE) {
            return JsonNodeFactory.instance.numberNode(value.intValue());
        }
        return value.bitLength() < Long.SIZE
                ? JsonNodeFactory.instance.numberNode(value.longValue())
                : JsonNodeFactory.instance.numberNode(value);
    }

    private static JsonNode decimal(String text) {
        return text.toLowerCase(java.util.Locale.ROOT).matches("[-+]?\\.(inf|nan)")
                ? JsonNodeFactory.instance.textNode(text)
                : JsonNodeFactory.instance.numberNode(new BigDecimal(text));
    }

    /** A mapping or sequence that is not finished. */
    private final class Frame {
        private final NodeEvent start;
        private final int line;
        private final boolean mapping;
        private final List<YamlNode> items = new ArrayList<>();
        private final Map<String, YamlNode.Entry> entries = new LinkedHashMap<>();
        private @Nullable String key;
        private int keyLine;
        private int size = 1;
        private int height;

        Frame(NodeEvent start, int line, boolean mapping) {
            this.start = start;
            this.line = line;
            this.mapping = mapping;
        }

        void add(Built built, int at) throws YamlSyntaxException {
            size = Math.addExact(size, built.size());
            height = Math.max(height, built.height());
            if (size > limits.nodesPerDocumentMax()) {
                throw new YamlSyntaxException(
                        at, "more than " + limits.nodesPerDocumentMax() + " values, aliases followed");
            }
            if (!mapping) {
                items.add(built.node());
            } else if (key == null) {
                setKey(built.node(), at);
            } else {
                entries.put(key, new YamlNode.Entry(built.node(), keyLine));
                key = null;
            }
        }

        private void setKey(YamlNode node, int at) throws YamlSyntaxException {
            if (!(node instanceof YamlNode.Scalar scalar)) {
                throw new YamlSyntaxException(at, "a key must be text");
            }
            String text = scalar.value().asText();
            if (entries.containsKey(text)) {
                throw new YamlSyntaxException(at, "key '" + text + "' is there twice");
            }
            key = text;
            keyLine = at;
        }

        Built build() {
            YamlNode node = mapping ? new YamlNode.Mapping(entries, line) : new YamlNode.Sequence(items, line);
            return new Built(node, size, height + 1);
        }
    }
}
