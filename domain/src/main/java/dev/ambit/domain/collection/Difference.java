package dev.ambit.domain.collection;

import org.jspecify.annotations.Nullable;

/** Hears of each key that has another value than before, once. */
@FunctionalInterface
public interface Difference<K, V> {
    /**
     * One such key.
     *
     * @param before null if the key was not there
     * @param after null if it is gone
     */
    void of(K key, @Nullable V before, @Nullable V after);
}
