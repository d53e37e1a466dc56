package dev.ambit.domain.view;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.domain.collection.PersistentMap;
import dev.ambit.domain.workload.Health;
import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** One change must not cost more in a big mesh: counted in objects that only the new view has, not in time. */
@Timeout(60)
class SharedStructureTest {
    private static final int WORKLOADS = 50_000;
    private static final Set<String> INDEX_PACKAGES =
            Set.of(MeshView.class.getPackageName(), PersistentMap.class.getPackageName());

    @Test
    void oneChangeMakesFewNewObjectsWhateverTheSize() throws IllegalAccessException {
        var changes = new ArrayList<MeshChange>();
        changes.add(new MeshChange.ServiceUpserted(TestMesh.service("cart", "10.96.0.1")));
        for (int i = 0; i < WORKLOADS; i++) {
            changes.add(new MeshChange.WorkloadUpserted(TestMesh.pod("pod" + i, address(i))
                    .node("node" + i % 500)
                    .services(TestMesh.backing("cart"))
                    .build()));
        }
        MeshView before = MeshView.EMPTY.apply(changes);
        Set<Object> old = reachable(before, Set.of());

        MeshView after = before.apply(List.of(new MeshChange.WorkloadUpserted(TestMesh.pod("pod7", "10.9.9.9")
                .node("node7")
                .services(TestMesh.backing("cart"))
                .health(Health.UNHEALTHY)
                .build())));

        assertThat(after.counts().workloads()).isEqualTo(WORKLOADS);
        assertThat(old.size()).isGreaterThan(WORKLOADS);
        assertThat(sizeOf(reachable(after, old))).isBetween(10L, 3_000L);
    }

    @Test
    void whatIsKnownAlreadyChangesNothing() {
        var upsert =
                new MeshChange.WorkloadUpserted(TestMesh.pod("cart", "10.0.0.1").build());
        MeshView view = MeshView.EMPTY.apply(List.of(upsert));

        assertThat(view.apply(List.of(
                        new MeshChange.WorkloadUpserted(
                                TestMesh.pod("cart", "10.0.0.1").build()),
                        new MeshChange.ServiceRemoved(TestMesh.key("none")))))
                .isSameAs(view);
    }

    private static String address(int i) {
        return "10." + (100 + i / 65_536) + "." + (i / 256) % 256 + "." + i % 256;
    }

    /** Slots of all arrays, and one for any other object. */
    private static long sizeOf(Set<Object> objects) {
        return objects.stream()
                .mapToLong(object -> object.getClass().isArray() ? Array.getLength(object) : 1)
                .sum();
    }

    /** The parts of the indexes that a view reaches, short of those known already. */
    private static Set<Object> reachable(Object root, Set<Object> known) throws IllegalAccessException {
        Set<Object> found = Collections.newSetFromMap(new IdentityHashMap<>());
        var queue = new ArrayDeque<Object>(List.of(root));
        while (!queue.isEmpty()) {
            Object next = queue.poll();
            if (!known.contains(next) && found.add(next)) {
                addChildren(next, queue);
            }
        }
        return found;
    }

    private static void addChildren(Object parent, ArrayDeque<Object> queue) throws IllegalAccessException {
        if (parent instanceof Object[] array) {
            for (Object element : array) {
                add(element, queue);
            }
            return;
        }
        for (Field field : parent.getClass().getDeclaredFields()) {
            if (!Modifier.isStatic(field.getModifiers()) && !field.getType().isPrimitive()) {
                field.setAccessible(true);
                add(field.get(parent), queue);
            }
        }
    }

    private static void add(Object child, ArrayDeque<Object> queue) {
        boolean partOfAnIndex = child instanceof Object[]
                || (child != null && INDEX_PACKAGES.contains(child.getClass().getPackageName()));
        if (partOfAnIndex) {
            queue.add(child);
        } else {
            assertThat(child instanceof Collection<?>)
                    .as("a collection inside an index would escape the count")
                    .isFalse();
        }
    }
}
