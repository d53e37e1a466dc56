package dev.ambit.domain.view;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.domain.address.NamespacedHostname;
import dev.ambit.domain.policy.AuthorizationPolicy;
import dev.ambit.domain.policy.AuthorizationPolicy.Action;
import dev.ambit.domain.policy.AuthorizationPolicy.Scope;
import dev.ambit.domain.policy.PolicyName;
import dev.ambit.domain.service.MeshService;
import dev.ambit.domain.view.MeshChange.PolicyRemoved;
import dev.ambit.domain.view.MeshChange.PolicyUpserted;
import dev.ambit.domain.view.MeshChange.ServiceRemoved;
import dev.ambit.domain.view.MeshChange.ServiceUpserted;
import dev.ambit.domain.view.MeshChange.WorkloadRemoved;
import dev.ambit.domain.view.MeshChange.WorkloadUpserted;
import dev.ambit.domain.workload.Workload;
import dev.ambit.domain.workload.WorkloadUid;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(10)
class MeshStateTest {

    private static final AuthorizationPolicy POLICY = policy("old", Action.ALLOW);
    private static final AuthorizationPolicy NEWER = policy("new", Action.ALLOW);
    private static final Workload CART = workload("cart-0");
    private static final Workload STOCK = workload("stock-0");
    private static final MeshService CARTS = service("cart");
    private static final MeshService STOCKS = service("stock");

    private static AuthorizationPolicy policy(String name, Action action) {
        return new AuthorizationPolicy(new PolicyName("shop", name), Scope.WORKLOAD_SELECTOR, action, false, List.of());
    }

    private static Workload workload(String name) {
        return Workload.builder(WorkloadUid.ofPod("Kubernetes", "shop", name), "shop", name)
                .build();
    }

    private static MeshService service(String name) {
        var key = new NamespacedHostname("shop", name + ".shop.svc.cluster.local");
        return MeshService.plain(key, name, List.of(), List.of());
    }

    private static MeshState state(Workload workload, MeshService service, AuthorizationPolicy policy) {
        return new MeshState(
                Map.of(workload.uid(), workload),
                Map.of(service.key(), service),
                Map.of(policy.name(), policy),
                List.of());
    }

    @Test
    void everythingIsNewAfterNothingAndPoliciesComeFirst() {
        assertThat(state(CART, CARTS, POLICY).changesSince(MeshState.EMPTY))
                .containsExactly(new PolicyUpserted(POLICY), new ServiceUpserted(CARTS), new WorkloadUpserted(CART));
    }

    @Test
    void policiesGoLast() {
        assertThat(MeshState.EMPTY.changesSince(state(CART, CARTS, POLICY)))
                .containsExactly(
                        new WorkloadRemoved(CART.uid()),
                        new ServiceRemoved(CARTS.key()),
                        new PolicyRemoved(POLICY.name()));
    }

    @Test
    void nothingIsRemovedBeforeEverythingHasArrived() {
        assertThat(state(STOCK, STOCKS, NEWER).changesSince(state(CART, CARTS, POLICY)))
                .containsExactly(
                        new PolicyUpserted(NEWER),
                        new ServiceUpserted(STOCKS),
                        new WorkloadUpserted(STOCK),
                        new WorkloadRemoved(CART.uid()),
                        new ServiceRemoved(CARTS.key()),
                        new PolicyRemoved(POLICY.name()));
    }

    @Test
    void workloadThatDropsAPolicyIsToldBeforeThePolicyGoes() {
        Workload named = CART.toBuilder().policies(List.of(POLICY.name())).build();
        var after = new MeshState(Map.of(CART.uid(), CART), Map.of(), Map.of(), List.of());
        var before = new MeshState(Map.of(CART.uid(), named), Map.of(), Map.of(POLICY.name(), POLICY), List.of());

        assertThat(after.changesSince(before))
                .containsExactly(new WorkloadUpserted(CART), new PolicyRemoved(POLICY.name()));
        assertThat(before.changesSince(after)).containsExactly(new PolicyUpserted(POLICY), new WorkloadUpserted(named));
    }

    @Test
    void onlyWhatDiffersIsAChange() {
        MeshState before = state(CART, CARTS, POLICY);
        AuthorizationPolicy stricter = policy("old", Action.DENY);

        assertThat(state(workload("cart-0"), service("cart"), POLICY).changesSince(before))
                .isEmpty();
        assertThat(state(CART, CARTS, stricter).changesSince(before)).containsExactly(new PolicyUpserted(stricter));
        assertThat(MeshState.EMPTY.changesSince(MeshState.EMPTY)).isEmpty();
    }
}
