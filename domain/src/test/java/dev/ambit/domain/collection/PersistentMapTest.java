package dev.ambit.domain.collection;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class PersistentMapTest {

    /** Few hash codes, so that keys collide on every level. */
    private record Key(int id) {
        @Override
        public int hashCode() {
            return id % 7;
        }
    }

    @Property(tries = 200)
    void holdsWhatAMutableMapHoldsAndNeverChanges(@ForAll long seed) {
        var random = new Random(seed);
        var expected = new HashMap<Key, Integer>();
        PersistentMap<Key, Integer> map = PersistentMap.empty();
        for (int i = 0; i < 120; i++) {
            var key = new Key(random.nextInt(30));
            PersistentMap<Key, Integer> before = map;
            var contentBefore = contentOf(before);
            if (random.nextInt(5) < 2) {
                expected.remove(key);
                map = map.without(key);
            } else {
                expected.put(key, i);
                map = map.with(key, i);
            }
            assertThat(contentOf(map)).isEqualTo(expected);
            assertThat(map.size()).isEqualTo(expected.size());
            assertThat(map.get(key)).isEqualTo(expected.get(key));
            assertThat(contentOf(before)).isEqualTo(contentBefore);
        }
    }

    @Property(tries = 200)
    void saysWhatChangedBetweenAnyTwoVersions(@ForAll long seed) {
        var random = new Random(seed);
        PersistentMap<Key, Integer> before = some(random, PersistentMap.empty());
        PersistentMap<Key, Integer> after =
                random.nextBoolean() ? some(random, before) : some(random, PersistentMap.empty());
        var rebuilt = new HashMap<>(contentOf(before));

        after.changesSince(before, (key, was, is) -> {
            assertThat(was).isEqualTo(before.get(key)).isNotEqualTo(is);
            assertThat(is).isEqualTo(after.get(key));
            if (is == null) {
                rebuilt.remove(key);
            } else {
                rebuilt.put(key, is);
            }
        });

        assertThat(rebuilt).isEqualTo(contentOf(after));
        assertThat(after.equals(before)).isEqualTo(contentOf(before).equals(contentOf(after)));
        assertThat(after).isEqualTo(contentOf(after)).hasSameHashCodeAs(contentOf(after));
    }

    @Example
    void oneChangeInManyIsFoundWithoutLookingAtAll() {
        PersistentMap<Counted, Integer> before = PersistentMap.empty();
        for (int i = 0; i < 50_000; i++) {
            before = before.with(new Counted(i), i);
        }
        var after = before.with(new Counted(7), -7);
        var found = new HashMap<Counted, Integer>();
        Counted.comparisons = 0;

        after.changesSince(before, (key, _, is) -> found.put(key, is));

        assertThat(found).containsExactly(Map.entry(new Counted(7), -7));
        assertThat(Counted.comparisons).isLessThan(20);
    }

    /** Counts how often it is compared. */
    private static final class Counted {
        private static int comparisons;
        private final int id;

        Counted(int id) {
            this.id = id;
        }

        @Override
        public boolean equals(Object other) {
            comparisons++;
            return other instanceof Counted counted && counted.id == id;
        }

        @Override
        public int hashCode() {
            return id;
        }
    }

    private static PersistentMap<Key, Integer> some(Random random, PersistentMap<Key, Integer> start) {
        PersistentMap<Key, Integer> map = start;
        for (int i = random.nextInt(40); i > 0; i--) {
            var key = new Key(random.nextInt(30));
            map = random.nextInt(3) == 0 ? map.without(key) : map.with(key, random.nextInt(4));
        }
        return map;
    }

    private static Map<Key, Integer> contentOf(PersistentMap<Key, Integer> map) {
        var content = new HashMap<Key, Integer>();
        map.forEach(content::put);
        return content;
    }
}
