package dev.ambit.adapters.xds.local;

import java.util.List;
import java.util.Map;

/** A YAML value that remembers the line it stands on. */
sealed interface LocalNode {
    int line();

    /** One value; the tag is what YAML takes an unquoted one for, a quoted one is text. */
    record Scalar(String text, Kind tag, int line) implements LocalNode {}

    record Sequence(List<LocalNode> items, int line) implements LocalNode {}

    /** Entries in the order they are written. */
    record Mapping(Map<String, LocalNode> entries, int line) implements LocalNode {}

    /** The kinds of scalar there are. */
    enum Kind {
        TEXT,
        NUMBER,
        FLAG,
        NULL
    }

    default boolean isNull() {
        return this instanceof Scalar scalar && scalar.tag() == Kind.NULL;
    }
}
