package dev.ambit.adapters.k8s.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.adapters.k8s.derive.MeshDerivation;
import dev.ambit.adapters.k8s.derive.MeshDerivation.Derived;
import dev.ambit.adapters.k8s.translate.DerivationOptions;
import dev.ambit.adapters.k8s.translate.FieldPath;
import dev.ambit.adapters.k8s.translate.ObjectCondition;
import dev.ambit.adapters.k8s.translate.ObjectKey;
import dev.ambit.adapters.k8s.translate.ObjectProblem;
import dev.ambit.adapters.k8s.translate.ObjectProblem.Severity;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is wrong with an object is said in one place, and nothing is said about what is well. */
class StatusDecisionsTest {
    private static final ObjectKey CART = new ObjectKey("Service", "shop", "cart");

    private static Derived derived(Map<String, String> labels, String distribution) {
        Service service = new ServiceBuilder()
                .withNewMetadata()
                .withNamespace("shop")
                .withName("cart")
                .withLabels(labels)
                .addToAnnotations("networking.istio.io/traffic-distribution", distribution)
                .endMetadata()
                .withNewSpec()
                .addNewPort()
                .withPort(80)
                .endPort()
                .endSpec()
                .build();
        var derivation = new MeshDerivation(DerivationOptions.defaults());
        derivation.put(service);
        return derivation.derived();
    }

    private static List<ObjectCondition> conditions(Derived derived, ObjectProblem... found) {
        return StatusDecisions.decide(CART, derived, List.of(found))
                .orElseThrow()
                .conditions();
    }

    @Test
    void aSoundObjectIsToldNothing() {
        assertThat(conditions(derived(Map.of(), "PreferClose"))).isEmpty();
    }

    @Test
    void whatAnotherConditionSaysIsNotSaidAgain() {
        assertThat(conditions(derived(Map.of("istio.io/use-waypoint", "gone"), "PreferClose")))
                .extracting(ObjectCondition::type)
                .containsExactly("istio.io/WaypointBound");
    }

    @Test
    void whatHasNoEffectIsSaid() {
        assertThat(conditions(derived(Map.of(), "PreferFar"))).singleElement().satisfies(condition -> {
            assertThat(condition.type()).isEqualTo("ambit.dev/Accepted");
            assertThat(condition.met()).isTrue();
            assertThat(condition.reason()).isEqualTo("UnsupportedValue");
            assertThat(condition.message()).contains("PreferFar");
        });
    }

    @Test
    void aVersionThatCannotBeUsedIsInvalid() {
        var broken = new ObjectProblem(CART, FieldPath.of("spec", "ports"), "70000 is not a port", Severity.REJECTED);

        assertThat(conditions(derived(Map.of(), "PreferClose"), broken))
                .singleElement()
                .satisfies(condition -> {
                    assertThat(condition.met()).isFalse();
                    assertThat(condition.reason()).isEqualTo("Invalid");
                    assertThat(condition.message()).contains("last sound version", "70000 is not a port");
                });
    }
}
