package dev.ambit.adapters.k8s.derive;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.adapters.k8s.derive.MeshDerivation.Derived;
import dev.ambit.adapters.k8s.translate.DerivationOptions;
import dev.ambit.domain.view.MeshState;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a change costs, counted in questions asked, not in time: the same in a small and in a big cluster. */
@Timeout(120)
class ChangeCostTest {
    private static final int SMALL = 1_000;
    private static final int BIG = 20_000;

    private final MeshDerivation small = of(SMALL);
    private final MeshDerivation big = of(BIG);

    private static MeshDerivation of(int pods) {
        var derivation = new MeshDerivation(DerivationOptions.defaults());
        BigCluster.of(pods).forEach(derivation::put);
        derivation.derived();
        return derivation;
    }

    private record Cost(long questions, int changes) {}

    private static Cost cost(MeshDerivation derivation, HasMetadata object) {
        MeshState before = derivation.derived().state();
        long asked = derivation.asked();
        derivation.put(object);
        Derived after = derivation.derived();
        return new Cost(
                derivation.asked() - asked, after.state().changesSince(before).size());
    }

    @Test
    void aChangedPodIsOneWorkload() {
        HasMetadata relabelled = BigCluster.pod(7, "v2", "10.1.0.7");

        assertThat(cost(big, relabelled)).isEqualTo(cost(small, relabelled));
        assertThat(cost(big, BigCluster.pod(8, "v2", "10.1.0.8"))).isEqualTo(new Cost(1, 1));
    }

    @Test
    void aPodWithAnotherAddressIsOneWorkload() {
        HasMetadata moved = BigCluster.pod(7, "v1", "10.200.0.1");

        Cost cost = cost(small, moved);
        assertThat(cost(big, moved)).isEqualTo(cost);
        assertThat(cost.changes()).isEqualTo(1);
        assertThat(cost.questions()).isLessThanOrEqualTo(3);
    }

    @Test
    void whatSaysNothingNewCostsNothing() {
        Node heartbeat = new NodeBuilder()
                .withNewMetadata()
                .withName("node1")
                .addToLabels("topology.kubernetes.io/zone", "z1")
                .addToAnnotations("beat", "2")
                .endMetadata()
                .build();

        assertThat(cost(big, heartbeat)).isEqualTo(new Cost(0, 0));
        assertThat(cost(big, BigCluster.pod(7, "v1", "10.1.0.7"))).isEqualTo(new Cost(0, 0));
    }

    @Test
    void aServiceConcernsItsOwnPods() {
        var changed = BigCluster.service(3);
        changed.getSpec().getPorts().getFirst().setPort(81);

        Cost cost = cost(small, changed);
        assertThat(cost(big, changed)).isEqualTo(cost);
        assertThat(cost.changes()).as("the service and its ten pods").isEqualTo(11);
    }

    @Test
    void aLabelThatNobodyAsksForIsOneQuestionPerNamespace() {
        Namespace labelled = Manifests.namespace("ns3", "labels: {team: 'a'}");

        assertThat(cost(big, labelled).changes()).isZero();
        assertThat(cost(big, Manifests.namespace("ns3", "labels: {team: 'b'}")).questions())
                .as("services of the namespace and what they share, none of its pods")
                .isLessThan(BIG / 50);
    }

    @Test
    void ofManyObjectsNothingIsLeftWhenTheyAreGone() {
        var derivation = new MeshDerivation(DerivationOptions.defaults());
        derivation.derived();
        long empty = derivation.remembered();
        List<HasMetadata> objects = BigCluster.of(SMALL);
        derivation.derive(KubernetesObjects.of(objects, List.of()));

        Derived after = derivation.derive(KubernetesObjects.of(List.of(), List.of()));

        assertThat(after.state()).isEqualTo(MeshState.EMPTY);
        assertThat(derivation.remembered()).isEqualTo(empty);
    }
}
