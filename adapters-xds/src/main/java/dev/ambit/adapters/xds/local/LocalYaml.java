package dev.ambit.adapters.xds.local;

import dev.ambit.adapters.xds.local.LocalNode.Kind;
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
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
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
 * Reads one YAML document into a tree, without recursion and counting as it goes, so that neither nesting nor aliases can
 * exhaust stack or heap. Serves one document.
 */
final class LocalYaml {
    private static final int CHARACTERS_MAX = 64 << 20;
    private static final int NODES_MAX = 5_000_000;
    private static final int DEPTH_MAX = 32;
    private static final CoreScalarResolver SCALARS = new CoreScalarResolver(false);

    private final Map<Anchor, Built> anchors = new HashMap<>();
    private final Deque<Frame> open = new ArrayDeque<>();
    private @Nullable Built root;

    /** A finished node with how many nodes it stands for and how deep it goes. */
    private record Built(LocalNode node, int size, int height) {}

    private LocalYaml() {}

    /** Empty for a document without content. */
    static Optional<LocalNode> read(String text) {
        if (text.length() > CHARACTERS_MAX) {
            throw new LocalMeshException(text.length() + " characters; at most " + CHARACTERS_MAX + " are accepted");
        }
        var yaml = new LocalYaml();
        var settings =
                LoadSettings.builder().setCodePointLimit(Integer.MAX_VALUE).build();
        try {
            for (Event event : new Parse(settings).parseString(text)) {
                yaml.on(event);
            }
        } catch (MarkedYamlEngineException broken) {
            throw new LocalMeshException(
                    broken.getProblemMark().map(Mark::getLine).orElse(0) + 1,
                    "not YAML: " + Optional.ofNullable(broken.getProblem()).orElse("syntax error"));
        } catch (YamlEngineException broken) {
            throw new LocalMeshException("not YAML: " + broken.getMessage());
        }
        return Optional.ofNullable(yaml.root).map(Built::node).filter(node -> !node.isNull());
    }

    private void on(Event event) {
        switch (event) {
            case DocumentStartEvent start
            when root != null -> throw new LocalMeshException(line(start), "there may be one document only");
            case ScalarEvent scalar -> add(scalar, named(scalar, scalar.getTag(), new Built(scalar(scalar), 1, 1)));
            case AliasEvent alias -> add(alias, aliased(alias));
            case MappingStartEvent start -> open(new Frame(start, line(start), true));
            case SequenceStartEvent start -> open(new Frame(start, line(start), false));
            case CollectionEndEvent _ -> {
                Frame done = open.pop();
                add(done.start, named(done.start, done.start.getTag(), done.build()));
            }
            default -> {
                // Stream and document boundaries carry nothing.
            }
        }
    }

    private void open(Frame frame) {
        open.push(frame);
        if (open.size() > DEPTH_MAX) {
            throw tooDeep(frame.line);
        }
    }

    private void add(NodeEvent event, Built built) {
        if (!(event instanceof AliasEvent)) {
            event.getAnchor().ifPresent(anchor -> anchors.put(anchor, built));
        }
        if (open.size() + built.height() > DEPTH_MAX + 1) {
            throw tooDeep(line(event));
        }
        Frame parent = open.peek();
        if (parent == null) {
            root = built;
        } else {
            parent.add(built, line(event));
        }
    }

    private static LocalMeshException tooDeep(int line) {
        return new LocalMeshException(line, "nested more than " + DEPTH_MAX + " deep");
    }

    private Built aliased(AliasEvent alias) {
        Built built = alias.getAnchor().map(anchors::get).orElse(null);
        if (built == null) {
            throw new LocalMeshException(line(alias), "alias " + alias.getAlias() + " has no anchor before it");
        }
        return built;
    }

    private static int line(Event event) {
        return event.getStartMark().map(Mark::getLine).orElse(0) + 1;
    }

    /** Istio's ztunnel writes a variant as a tag ({@code !Exact x}), people as a key ({@code Exact: x}): both are the same. */
    private static Built named(Event event, Optional<String> tag, Built built) {
        if (tag.isEmpty()) {
            return built;
        }
        if (!tag.get().matches("![A-Za-z]{1,32}")) {
            throw new LocalMeshException(line(event), "tag '" + tag.get() + "' is not supported");
        }
        var entries = Map.of(tag.get().substring(1), built.node());
        return new Built(new LocalNode.Mapping(entries, line(event)), built.size() + 1, built.height() + 1);
    }

    private static LocalNode scalar(ScalarEvent event) {
        String text = event.getValue();
        Tag tag = !event.isPlain() ? Tag.STR : SCALARS.resolve(text, true);
        Kind kind = tag.equals(Tag.NULL)
                ? Kind.NULL
                : tag.equals(Tag.BOOL)
                        ? Kind.FLAG
                        : tag.equals(Tag.INT) || tag.equals(Tag.FLOAT) ? Kind.NUMBER : Kind.TEXT;
        return new LocalNode.Scalar(text, kind, line(event));
    }

    /** A mapping or sequence that is not finished. */
    private static final class Frame {
        private final CollectionStartEvent start;
        private final int line;
        private final boolean mapping;
        private final List<LocalNode> items = new ArrayList<>();
        private final Map<String, LocalNode> entries = new LinkedHashMap<>();
        private @Nullable String key;
        private int size = 1;
        private int height;

        Frame(CollectionStartEvent start, int line, boolean mapping) {
            this.start = start;
            this.line = line;
            this.mapping = mapping;
        }

        void add(Built built, int at) {
            size = Math.addExact(size, built.size());
            height = Math.max(height, built.height());
            if (size > NODES_MAX) {
                throw new LocalMeshException(at, "more than " + NODES_MAX + " values, aliases followed");
            }
            if (!mapping) {
                items.add(built.node());
            } else if (key == null) {
                key = key(built.node(), at);
            } else {
                entries.put(key, built.node());
                key = null;
            }
        }

        private String key(LocalNode node, int at) {
            if (!(node instanceof LocalNode.Scalar scalar)) {
                throw new LocalMeshException(at, "a key must be text");
            }
            String text = scalar.text();
            if (entries.containsKey(text)) {
                throw new LocalMeshException(at, "key '" + text + "' is there twice");
            }
            return text;
        }

        Built build() {
            LocalNode node = mapping ? new LocalNode.Mapping(entries, line) : new LocalNode.Sequence(items, line);
            return new Built(node, size, height + 1);
        }
    }
}
