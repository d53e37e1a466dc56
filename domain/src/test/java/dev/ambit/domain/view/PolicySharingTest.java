package dev.ambit.domain.view;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.domain.policy.AuthorizationPolicy;
import dev.ambit.domain.policy.AuthorizationPolicy.Scope;
import dev.ambit.domain.policy.PolicyName;
import dev.ambit.domain.policy.PolicySet;
import dev.ambit.domain.workload.Workload;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The same policy set in two views means: nothing changed for its workloads. */
@Timeout(20)
class PolicySharingTest {
    private static final PolicyName NAMED = new PolicyName("shop", "named");

    private final Workload bare = TestMesh.pod("bare", "10.0.0.1").build();
    private final Workload guarded =
            TestMesh.pod("guarded", "10.0.0.2").policies(List.of(NAMED)).build();

    private static MeshChange policy(PolicyName name, Scope scope) {
        return new MeshChange.PolicyUpserted(new AuthorizationPolicy(
                name, scope, AuthorizationPolicy.Action.DENY, false, List.of(new AuthorizationPolicy.Rule(List.of()))));
    }

    private record Sets(PolicySet bare, PolicySet guarded) {}

    private Sets sets(MeshView view) {
        return new Sets(view.policiesFor(bare), view.policiesFor(guarded));
    }

    @Test
    void aPolicyThatOneWorkloadNamesLeavesTheOthersAlone() {
        MeshView view = MeshView.EMPTY.apply(List.of(policy(NAMED, Scope.WORKLOAD_SELECTOR)));
        Sets before = sets(view);

        Sets after = sets(view.apply(List.of(new MeshChange.PolicyRemoved(NAMED))));

        assertThat(after.bare()).isSameAs(before.bare());
        assertThat(after.guarded()).isNotSameAs(before.guarded());
    }

    @Test
    void aPolicyThatArrivesIsNewToThoseWhoNameIt() {
        Sets before = sets(MeshView.EMPTY);

        Sets after = sets(MeshView.EMPTY.apply(List.of(policy(NAMED, Scope.WORKLOAD_SELECTOR))));

        assertThat(after.bare()).isSameAs(before.bare());
        assertThat(after.guarded()).isNotSameAs(before.guarded());
    }

    @Test
    void aNamespaceKeepsItsPoliciesToItself() {
        Sets before = sets(MeshView.EMPTY);

        Sets elsewhere =
                sets(MeshView.EMPTY.apply(List.of(policy(new PolicyName("money", "closed"), Scope.NAMESPACE))));
        Sets here = sets(MeshView.EMPTY.apply(List.of(policy(new PolicyName("shop", "closed"), Scope.NAMESPACE))));

        assertThat(elsewhere).isEqualTo(before);
        assertThat(here.bare()).isNotSameAs(before.bare());
        assertThat(here.guarded()).isNotSameAs(before.guarded());
    }

    @Test
    void aPolicyOfTheMeshIsNewToAll() {
        MeshView view = MeshView.EMPTY.apply(List.of(policy(new PolicyName("money", "closed"), Scope.NAMESPACE)));
        Sets before = sets(view);

        Sets after = sets(view.apply(List.of(policy(new PolicyName("money", "closed"), Scope.GLOBAL))));

        assertThat(after.bare()).isNotSameAs(before.bare());
        assertThat(after.guarded()).isNotSameAs(before.guarded());
    }

    @Test
    void aPolicyThatNarrowsItsScopeIsNewToThoseItLetGo() {
        MeshView view = MeshView.EMPTY.apply(List.of(policy(NAMED, Scope.NAMESPACE)));
        Sets before = sets(view);

        Sets after = sets(view.apply(List.of(policy(NAMED, Scope.WORKLOAD_SELECTOR))));

        assertThat(after.bare()).isNotSameAs(before.bare());
        assertThat(after.guarded()).isNotSameAs(before.guarded());
    }
}
