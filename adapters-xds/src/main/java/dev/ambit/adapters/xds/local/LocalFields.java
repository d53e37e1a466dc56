package dev.ambit.adapters.xds.local;

import dev.ambit.adapters.xds.local.LocalNode.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The fields of one mapping: nothing is read that is not known, and every complaint names its place. */
final class LocalFields {
    private static final int PORT_MAX = 65_535;
    private static final int TEXT_MAX = 4_096;

    private final Map<String, LocalNode> entries;
    private final String path;
    private final int line;

    /** @throws LocalMeshException if it is no mapping, or has a key that is not known */
    LocalFields(LocalNode node, String path, Set<String> known) {
        this.entries = entries(node, path.isEmpty() ? "the document" : path);
        this.path = path;
        this.line = node.line();
        entries.forEach((key, value) -> {
            if (!known.contains(key)) {
                throw new LocalMeshException(
                        value.line(),
                        (path.isEmpty() ? "the document" : path) + " has an unknown key '" + key + "'; there are "
                                + String.join(", ", new TreeSet<>(known)));
            }
        });
    }

    LocalMeshException wrong(String key, String why) {
        LocalNode node = entries.get(key);
        return new LocalMeshException(node == null ? line : node.line(), at(key) + " " + why);
    }

    private String at(String key) {
        return path.isEmpty() ? key : path + "." + key;
    }

    Optional<LocalNode> node(String key) {
        return Optional.ofNullable(entries.get(key)).filter(node -> !node.isNull());
    }

    /** Text that may be absent or empty. */
    String text(String key) {
        return node(key).map(node -> text(node, at(key))).orElse("");
    }

    /** Text that must be there. */
    String required(String key) {
        return Optional.of(text(key))
                .filter(text -> !text.isEmpty())
                .orElseThrow(() -> wrong(key, "must be set to some text"));
    }

    static String text(LocalNode node, String at) {
        if (!(node instanceof LocalNode.Scalar scalar) || scalar.tag() != Kind.TEXT) {
            throw new LocalMeshException(node.line(), at + " must be text; put it in quotes");
        }
        String text = scalar.text();
        if (text.length() > TEXT_MAX) {
            throw new LocalMeshException(
                    node.line(), at + " has " + text.length() + " characters; at most " + TEXT_MAX + " are accepted");
        }
        return text;
    }

    boolean flag(String key, @Nullable Boolean otherwise) {
        Optional<LocalNode> found = node(key);
        if (found.isEmpty() && otherwise != null) {
            return otherwise;
        }
        if (found.isPresent() && found.get() instanceof LocalNode.Scalar scalar && scalar.tag() == Kind.FLAG) {
            return scalar.text().equalsIgnoreCase("true");
        }
        throw wrong(key, "must be true or false");
    }

    long number(String key, long otherwise, long most) {
        return node(key).map(node -> number(node, at(key), most)).orElse(otherwise);
    }

    private static long number(LocalNode node, String at, long most) {
        if (node instanceof LocalNode.Scalar scalar && scalar.text().matches("[0-9]{1,18}")) {
            long number = Long.parseLong(scalar.text());
            if (number <= most) {
                return number;
            }
        }
        throw new LocalMeshException(node.line(), at + " must be a whole number between 0 and " + most);
    }

    int port(String key) {
        return (int) number(key, 0, PORT_MAX);
    }

    static int port(LocalNode node, String at) {
        return (int) number(node, at, PORT_MAX);
    }

    /** One of several words, spelled exactly so. */
    <T> T choice(String key, Map<String, T> choices, @Nullable T otherwise) {
        Optional<LocalNode> found = node(key);
        if (found.isEmpty() && otherwise != null) {
            return otherwise;
        }
        return choice(found.orElseThrow(() -> wrong(key, "must be set; choose " + words(choices))), at(key), choices);
    }

    static <T> T choice(LocalNode node, String at, Map<String, T> choices) {
        String word = text(node, at);
        T chosen = choices.get(word);
        if (chosen == null) {
            throw new LocalMeshException(node.line(), at + " is '" + word + "'; choose " + words(choices));
        }
        return chosen;
    }

    private static String words(Map<String, ?> choices) {
        return String.join(" or ", new TreeSet<>(choices.keySet()));
    }

    /** An item of a list, with its place. */
    record Item(LocalNode node, String path) {
        /** Its text, read as something; a complaint says what it must be. */
        <T> T parsed(Function<String, Optional<T>> parse, String what) {
            String text = text(node, path);
            return parse.apply(text)
                    .orElseThrow(
                            () -> new LocalMeshException(node.line(), path + " is '" + text + "'; it must be " + what));
        }
    }

    /** The items of a list that may be absent. */
    List<Item> list(String key) {
        return node(key).map(node -> items(node, at(key))).orElse(List.of());
    }

    static List<Item> items(LocalNode node, String at) {
        if (!(node instanceof LocalNode.Sequence sequence)) {
            throw new LocalMeshException(node.line(), at + " must be a list");
        }
        var items = new ArrayList<Item>(sequence.items().size());
        for (LocalNode item : sequence.items()) {
            items.add(new Item(item, at + "[" + items.size() + "]"));
        }
        return items;
    }

    /** The text of a key, read as something; empty if it is absent. */
    <T> Optional<T> parsed(String key, Function<String, Optional<T>> parse, String what) {
        return node(key).map(node -> new Item(node, at(key)).parsed(parse, what));
    }

    /** A mapping from port to port that may be absent; the left side is never 0. */
    Map<Integer, Integer> ports(String key) {
        return node(key).map(node -> ports(node, at(key))).orElse(Map.of());
    }

    static Map<Integer, Integer> ports(LocalNode node, String at) {
        var ports = new HashMap<Integer, Integer>();
        entries(node, at).forEach((text, target) -> {
            long port = text.matches("[0-9]{1,9}") ? Long.parseLong(text) : 0;
            if (port < 1 || port > PORT_MAX) {
                throw new LocalMeshException(target.line(), at + " has a key '" + text + "' that is no port");
            }
            ports.put((int) port, port(target, at + "." + text));
        });
        return ports;
    }

    /** A mapping whose keys are anything. */
    static Map<String, LocalNode> entries(LocalNode node, String at) {
        if (!(node instanceof LocalNode.Mapping mapping)) {
            throw new LocalMeshException(node.line(), at + " must be a mapping");
        }
        return mapping.entries();
    }

    /** A mapping of its own below a key; empty if it is absent. */
    Optional<LocalFields> child(String key, Set<String> known) {
        return node(key).map(node -> new LocalFields(node, at(key), known));
    }
}
