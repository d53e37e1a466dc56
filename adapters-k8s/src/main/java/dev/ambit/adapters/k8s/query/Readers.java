package dev.ambit.adapters.k8s.query;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A set by identity that costs next to nothing while it has one element, as most have. */
final class Readers<T> {
    private @Nullable T only;
    private @Nullable Set<T> many;

    boolean isEmpty() {
        return only == null && many == null;
    }

    void add(T reader) {
        if (many != null) {
            many.add(reader);
        } else if (only == null) {
            only = reader;
        } else if (!same(only, reader)) {
            many = Collections.newSetFromMap(new IdentityHashMap<>(4));
            many.add(only);
            many.add(reader);
            only = null;
        }
    }

    void remove(T reader) {
        if (many != null) {
            many.remove(reader);
            if (many.isEmpty()) {
                many = null;
            }
        } else if (only != null && same(only, reader)) {
            only = null;
        }
    }

    /** The action must not change this set. */
    void forEach(Consumer<T> action) {
        if (many != null) {
            many.forEach(action);
        } else if (only != null) {
            action.accept(only);
        }
    }

    @SuppressWarnings("ReferenceEquality") // a set by identity
    private static boolean same(Object one, Object other) {
        return one == other;
    }
}
