package dev.ambit.adapters.k8s.derive;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.adapters.k8s.derive.MeshDerivation.Derived;
import dev.ambit.adapters.k8s.translate.DerivationFeatures;
import dev.ambit.adapters.k8s.translate.DerivationFeatures.UnboundWaypoint;
import dev.ambit.adapters.k8s.translate.DerivationOptions;
import dev.ambit.adapters.k8s.translate.ObjectKey;
import dev.ambit.domain.view.MeshState;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** What is derived change by change is what is derived at once from the objects as they are in the end. */
class IncrementalDerivationTest {

    @Property(tries = 60)
    void changeByChangeIsAsGoodAsAtOnce(@ForAll long seed) {
        var random = new Random(seed);
        DerivationOptions options = options(random);
        var cluster = new RandomCluster(random);
        var live = new MeshDerivation(options);
        Map<ObjectKey, HasMetadata> objects = new HashMap<>();
        MeshState last = MeshState.EMPTY;
        for (int i = 0; i < 150; i++) {
            if (random.nextInt(4) == 0 && !objects.isEmpty()) {
                ObjectKey gone = List.copyOf(objects.keySet()).get(random.nextInt(objects.size()));
                objects.remove(gone);
                live.remove(gone);
            } else {
                HasMetadata object = cluster.object();
                objects.put(ObjectKey.of(object), object);
                live.put(object);
            }
            if (random.nextInt(3) == 0) {
                last = checked(live.derived(), options, objects, last);
            }
        }
        checked(live.derived(), options, objects, last);

        objects.keySet().forEach(live::remove);
        assertThat(live.derived().state()).isEqualTo(MeshState.EMPTY);
        var empty = new MeshDerivation(options);
        empty.derived();
        assertThat(live.remembered()).as("nothing is left of what is gone").isEqualTo(empty.remembered());
    }

    private static DerivationOptions options(Random random) {
        DerivationFeatures features = DerivationFeatures.defaults()
                .with(random.nextBoolean() ? UnboundWaypoint.REFUSE : UnboundWaypoint.DIRECT);
        return DerivationOptions.defaults().with(random.nextBoolean() ? features : features.withAllowFromWaypoints());
    }

    private static MeshState checked(
            Derived live, DerivationOptions options, Map<ObjectKey, HasMetadata> objects, MeshState last) {
        Derived fresh =
                new MeshDerivation(options).derive(KubernetesObjects.of(new ArrayList<>(objects.values()), List.of()));
        assertThat(live.state().changesSince(fresh.state())).isEmpty();
        assertThat(fresh.state().changesSince(live.state())).isEmpty();
        assertThat(live.state().pods())
                .containsExactlyInAnyOrderEntriesOf(fresh.state().pods());
        assertThat(live.problems()).containsExactlyInAnyOrderElementsOf(fresh.problems());
        assertThat(live.conditions()).isEqualTo(fresh.conditions());
        assertThat(live.allocated()).isEqualTo(fresh.allocated());
        assertThat(live.state().changesSince(last))
                .hasSameElementsAs(fresh.state().changesSince(last));
        return live.state();
    }

    @Property(tries = 30)
    void theOrderOfObjectsDoesNotMatter(@ForAll long seed) {
        var random = new Random(seed);
        var cluster = new RandomCluster(random);
        Map<ObjectKey, HasMetadata> objects = new HashMap<>();
        for (int i = 0; i < 60; i++) {
            HasMetadata object = cluster.object();
            objects.put(ObjectKey.of(object), object);
        }
        var shuffled = new ArrayList<>(objects.values());
        Collections.shuffle(shuffled, random);

        Derived one = new MeshDerivation(DerivationOptions.defaults())
                .derive(KubernetesObjects.of(objects.values(), List.of()));
        Derived other =
                new MeshDerivation(DerivationOptions.defaults()).derive(KubernetesObjects.of(shuffled, List.of()));

        assertThat(other).isEqualTo(one);
    }
}
