package dev.ambit.adapters.k8s.translate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import org.junit.jupiter.api.Test;

class ObjectKeyTest {

    /** Where they coincide, a folder of 50 000 pods takes minutes to read: maps that probe their slots walk over all of them. */
    @Test
    void hashesOfNumberedNamesDoNotCoincide() {
        var hashes = new HashSet<Integer>();
        for (int namespace = 0; namespace < 50; namespace++) {
            for (int pod = 0; pod < 1000; pod++) {
                hashes.add(new ObjectKey("Pod", "many-" + namespace, "pod-" + pod).hashCode());
            }
        }

        assertThat(hashes).hasSizeGreaterThan(49_900);
    }
}
