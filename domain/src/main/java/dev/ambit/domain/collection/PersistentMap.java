package dev.ambit.domain.collection;

import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * An immutable map of which a changed copy shares all but a few nodes with its original: a hash trie with 32-way
 * branches and a bitmap per branch (P. Bagwell, "Ideal Hash Trees", 2001). A change copies one path, at most seven
 * branches, whatever the size.
 *
 * <p>Order of iteration is that of the hashes. Two versions are compared by what they do not share: see {@link
 * #changesSince}.
 */
@SuppressWarnings("ReferenceEquality") // "the same node" means that nothing changed below it
public final class PersistentMap<K, V> extends AbstractMap<K, V> {

    private static final int BITS = 5;
    private static final int MASK = (1 << BITS) - 1;

    private final @Nullable Node<K, V> root;
    private final int size;

    private PersistentMap(@Nullable Node<K, V> root, int size) {
        this.root = root;
        this.size = size;
    }

    public static <K, V> PersistentMap<K, V> empty() {
        return new PersistentMap<>(null, 0);
    }

    /** The same content; the very map if it is a persistent one. */
    public static <K, V> PersistentMap<K, V> copyOf(Map<K, V> map) {
        if (map instanceof PersistentMap<K, V> persistent) {
            return persistent;
        }
        PersistentMap<K, V> copy = empty();
        for (Map.Entry<K, V> entry : map.entrySet()) {
            copy = copy.with(entry.getKey(), entry.getValue());
        }
        return copy;
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public @Nullable V get(@Nullable Object key) {
        return root == null || key == null ? null : root.get(key, hash(key), 0);
    }

    @Override
    public boolean containsKey(@Nullable Object key) {
        return get(key) != null;
    }

    /** This map with the key at the value; this very map if it is there already, as the same object. */
    public PersistentMap<K, V> with(K key, V value) {
        var leaf = new Leaf<>(hash(key), key, value);
        if (root == null) {
            return new PersistentMap<>(leaf, 1);
        }
        boolean added = root.get(key, leaf.hash, 0) == null;
        Node<K, V> changed = root.with(leaf, 0);
        return changed == root ? this : new PersistentMap<>(changed, added ? size + 1 : size);
    }

    /** This map without the key; this very map if it is not there. */
    public PersistentMap<K, V> without(K key) {
        if (root == null) {
            return this;
        }
        Node<K, V> changed = root.without(key, hash(key), 0);
        return changed == root ? this : new PersistentMap<>(changed, size - 1);
    }

    @Override
    public void forEach(BiConsumer<? super K, ? super V> action) {
        if (root != null) {
            root.forEach(action);
        }
    }

    /** A fresh list behind a set's face: walking over a map of many entries is better done with {@link #forEach}. */
    @Override
    public Set<Map.Entry<K, V>> entrySet() {
        var entries = new ArrayList<Map.Entry<K, V>>(size);
        forEach((key, value) -> entries.add(Map.entry(key, value)));
        return new AbstractSet<>() {
            @Override
            public Iterator<Map.Entry<K, V>> iterator() {
                return List.copyOf(entries).iterator();
            }

            @Override
            public int size() {
                return entries.size();
            }
        };
    }

    /**
     * Tells what differs from {@code before}. Costs what is not shared by the two: a few nodes per change, if one was made
     * from the other, whatever the size.
     */
    public void changesSince(PersistentMap<K, V> before, Difference<K, V> difference) {
        compare(before.root, root, 0, difference);
    }

    private static <K, V> void compare(
            @Nullable Node<K, V> before, @Nullable Node<K, V> after, int shift, Difference<K, V> difference) {
        if (before == after) {
            return;
        }
        if (before == null) {
            Objects.requireNonNull(after).forEach((key, value) -> difference.of(key, null, value));
        } else if (after == null) {
            before.forEach((key, value) -> difference.of(key, value, null));
        } else if (before instanceof Branch<K, V> one && after instanceof Branch<K, V> other) {
            for (int bits = one.bitmap | other.bitmap; bits != 0; bits &= bits - 1) {
                int bit = Integer.lowestOneBit(bits);
                compare(one.at(bit), other.at(bit), shift + BITS, difference);
            }
        } else {
            before.forEach((key, value) -> {
                V now = after.get(key, hash(key), shift);
                if (!value.equals(now)) {
                    difference.of(key, value, now);
                }
            });
            after.forEach((key, value) -> {
                if (before.get(key, hash(key), shift) == null) {
                    difference.of(key, null, value);
                }
            });
        }
    }

    @Override
    public boolean equals(@Nullable Object other) {
        if (!(other instanceof PersistentMap<?, ?> map)) {
            return super.equals(other);
        }
        if (map.size != size) {
            return false;
        }
        @SuppressWarnings("unchecked") // only compared: no key or value of it is handed to anybody
        var same = (PersistentMap<K, V>) map;
        boolean[] differs = {false};
        changesSince(same, (_, _, _) -> differs[0] = true);
        return !differs[0];
    }

    @Override
    public int hashCode() {
        return super.hashCode();
    }

    /** Spreads what plain hash codes keep in their low bits over all levels. */
    private static int hash(Object key) {
        int spread = key.hashCode() * 0x9e3779b9;
        return spread ^ (spread >>> 16);
    }

    /** A part of the trie. {@code shift} says which bits of the hash are still undecided. */
    private sealed interface Node<K, V> {
        int hash();

        @Nullable
        V get(Object key, int hash, int shift);

        Node<K, V> with(Leaf<K, V> leaf, int shift);

        /** What is left; null if nothing is, this if the key is not here. */
        @Nullable
        Node<K, V> without(K key, int hash, int shift);

        void forEach(BiConsumer<? super K, ? super V> action);
    }

    private record Leaf<K, V>(int hash, K key, V value) implements Node<K, V> {
        @Override
        public @Nullable V get(Object wanted, int wantedHash, int shift) {
            return hash == wantedHash && key.equals(wanted) ? value : null;
        }

        @Override
        public Node<K, V> with(Leaf<K, V> leaf, int shift) {
            if (hash != leaf.hash) {
                return join(this, leaf, shift);
            }
            if (!key.equals(leaf.key)) {
                return new Collision<>(hash, array(this, leaf));
            }
            return value == leaf.value ? this : leaf;
        }

        @Override
        public @Nullable Node<K, V> without(K unwanted, int unwantedHash, int shift) {
            return hash == unwantedHash && key.equals(unwanted) ? null : this;
        }

        @Override
        public void forEach(BiConsumer<? super K, ? super V> action) {
            action.accept(key, value);
        }
    }

    /** Keys, at least two, with the same hash. */
    private static final class Collision<K, V> implements Node<K, V> {
        private final int hash;
        private final Node<K, V>[] leaves;

        Collision(int hash, Node<K, V>[] leaves) {
            this.hash = hash;
            this.leaves = leaves;
        }

        @Override
        public int hash() {
            return hash;
        }

        @Override
        public @Nullable V get(Object key, int wantedHash, int shift) {
            int at = indexOf(key, wantedHash);
            return at < 0 ? null : leaves[at].get(key, wantedHash, shift);
        }

        @Override
        public Node<K, V> with(Leaf<K, V> leaf, int shift) {
            if (hash != leaf.hash) {
                return join(this, leaf, shift);
            }
            int at = indexOf(leaf.key, leaf.hash);
            if (at < 0) {
                return new Collision<>(hash, inserted(leaves, leaves.length, leaf));
            }
            Node<K, V> changed = leaves[at].with(leaf, shift);
            return changed == leaves[at] ? this : new Collision<>(hash, replaced(leaves, at, changed));
        }

        @Override
        public Node<K, V> without(K key, int unwantedHash, int shift) {
            int at = indexOf(key, unwantedHash);
            if (at < 0) {
                return this;
            }
            return leaves.length == 2 ? leaves[1 - at] : new Collision<>(hash, removed(leaves, at));
        }

        private int indexOf(Object key, int wantedHash) {
            for (int i = 0; i < leaves.length; i++) {
                if (leaves[i].get(key, wantedHash, 0) != null) {
                    return i;
                }
            }
            return -1;
        }

        @Override
        public void forEach(BiConsumer<? super K, ? super V> action) {
            for (Node<K, V> leaf : leaves) {
                leaf.forEach(action);
            }
        }
    }

    /** Up to 32 nodes; bit i of the bitmap says whether there is one for hash bits i. */
    private static final class Branch<K, V> implements Node<K, V> {
        private final int bitmap;
        private final Node<K, V>[] nodes;

        Branch(int bitmap, Node<K, V>[] nodes) {
            this.bitmap = bitmap;
            this.nodes = nodes;
        }

        @Override
        public int hash() {
            throw new IllegalStateException("a branch has many hashes");
        }

        @Override
        public @Nullable V get(Object key, int hash, int shift) {
            int bit = bit(hash, shift);
            return (bitmap & bit) == 0 ? null : nodes[index(bit)].get(key, hash, shift + BITS);
        }

        @Override
        public Node<K, V> with(Leaf<K, V> leaf, int shift) {
            int bit = bit(leaf.hash, shift);
            int at = index(bit);
            if ((bitmap & bit) == 0) {
                return new Branch<>(bitmap | bit, inserted(nodes, at, leaf));
            }
            Node<K, V> changed = nodes[at].with(leaf, shift + BITS);
            return changed == nodes[at] ? this : new Branch<>(bitmap, replaced(nodes, at, changed));
        }

        @Override
        public @Nullable Node<K, V> without(K key, int hash, int shift) {
            int bit = bit(hash, shift);
            if ((bitmap & bit) == 0) {
                return this;
            }
            int at = index(bit);
            Node<K, V> left = nodes[at].without(key, hash, shift + BITS);
            if (left == nodes[at]) {
                return this;
            }
            if (left != null) {
                // A lone leaf moves up, so that the shape depends on the content only and lookups stay short.
                return nodes.length == 1 && !(left instanceof Branch)
                        ? left
                        : new Branch<>(bitmap, replaced(nodes, at, left));
            }
            if (nodes.length == 1) {
                return null;
            }
            if (nodes.length == 2 && !(nodes[1 - at] instanceof Branch)) {
                return nodes[1 - at];
            }
            return new Branch<>(bitmap ^ bit, removed(nodes, at));
        }

        /** What is at a position of the bitmap; null if nothing is. */
        @Nullable
        Node<K, V> at(int bit) {
            return (bitmap & bit) == 0 ? null : nodes[index(bit)];
        }

        private int index(int bit) {
            return Integer.bitCount(bitmap & (bit - 1));
        }

        @Override
        public void forEach(BiConsumer<? super K, ? super V> action) {
            for (Node<K, V> node : nodes) {
                node.forEach(action);
            }
        }
    }

    /** A branch of two nodes, neither of them a branch, whose hashes differ. */
    private static <K, V> Node<K, V> join(Node<K, V> one, Leaf<K, V> other, int shift) {
        int oneBit = bit(one.hash(), shift);
        int otherBit = bit(other.hash, shift);
        if (oneBit == otherBit) {
            return new Branch<>(oneBit, array(join(one, other, shift + BITS)));
        }
        boolean inOrder = Integer.compareUnsigned(oneBit, otherBit) < 0;
        return new Branch<>(oneBit | otherBit, inOrder ? array(one, other) : array(other, one));
    }

    private static int bit(int hash, int shift) {
        return 1 << ((hash >>> shift) & MASK);
    }

    @SafeVarargs
    @SuppressWarnings("varargs") // the array holds what its type says: it is made here and never handed out
    private static <K, V> Node<K, V>[] array(Node<K, V>... nodes) {
        return nodes;
    }

    private static <K, V> Node<K, V>[] replaced(Node<K, V>[] nodes, int at, Node<K, V> node) {
        Node<K, V>[] copy = nodes.clone();
        copy[at] = node;
        return copy;
    }

    private static <K, V> Node<K, V>[] inserted(Node<K, V>[] nodes, int at, Node<K, V> node) {
        Node<K, V>[] copy = Arrays.copyOf(nodes, nodes.length + 1);
        System.arraycopy(nodes, at, copy, at + 1, nodes.length - at);
        copy[at] = node;
        return copy;
    }

    private static <K, V> Node<K, V>[] removed(Node<K, V>[] nodes, int at) {
        Node<K, V>[] copy = Arrays.copyOf(nodes, nodes.length - 1);
        System.arraycopy(nodes, at + 1, copy, at, nodes.length - at - 1);
        return copy;
    }
}
