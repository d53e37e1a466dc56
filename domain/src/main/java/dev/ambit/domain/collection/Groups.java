package dev.ambit.domain.collection;

import org.jspecify.annotations.Nullable;

/** An immutable index from a group to its members by key, with structure shared between versions. */
public final class Groups<G, K, V> {
    private final PersistentMap<G, PersistentMap<K, V>> groups;

    private Groups(PersistentMap<G, PersistentMap<K, V>> groups) {
        this.groups = groups;
    }

    public static <G, K, V> Groups<G, K, V> empty() {
        return new Groups<>(PersistentMap.empty());
    }

    /** The members of a group; empty if there is no such group. */
    public PersistentMap<K, V> of(G group) {
        PersistentMap<K, V> members = groups.get(group);
        return members == null ? PersistentMap.empty() : members;
    }

    /** A member; null if it, or its group, is not there. */
    public @Nullable V get(G group, K key) {
        PersistentMap<K, V> members = groups.get(group);
        return members == null ? null : members.get(key);
    }

    public Groups<G, K, V> with(G group, K key, V value) {
        return new Groups<>(groups.with(group, of(group).with(key, value)));
    }

    /** The members of a group but one; a group without members is none. */
    public Groups<G, K, V> without(G group, K key) {
        PersistentMap<K, V> left = of(group).without(key);
        return new Groups<>(left.isEmpty() ? groups.without(group) : groups.with(group, left));
    }
}
