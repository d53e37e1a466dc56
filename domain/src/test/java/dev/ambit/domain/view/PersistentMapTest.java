package dev.ambit.domain.view;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
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

    private static Map<Key, Integer> contentOf(PersistentMap<Key, Integer> map) {
        var content = new HashMap<Key, Integer>();
        map.forEach(content::put);
        return content;
    }
}
