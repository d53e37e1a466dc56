package dev.ambit.services.ztunnel.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.domain.address.IpAddress;
import dev.ambit.domain.view.MeshChange;
import dev.ambit.domain.view.MeshView;
import dev.ambit.domain.workload.PodRef;
import dev.ambit.domain.workload.Workload;
import dev.ambit.domain.workload.WorkloadUid;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class CurrentMeshTest {
    private static final PodRef CART = new PodRef("uid-cart", "shop", "cart", "cart");
    private static final Duration LONG = Duration.ofSeconds(15);

    private final CurrentMesh mesh = new CurrentMesh();

    private static MeshChange workload(PodRef pod) {
        return new MeshChange.WorkloadUpserted(Workload.builder(
                        WorkloadUid.ofPod("Kubernetes", pod.namespace(), pod.name()), pod.namespace(), pod.name())
                .serviceAccount(pod.serviceAccount())
                .addresses(List.of(IpAddress.of("10.0.0.3")))
                .build());
    }

    @Test
    void isEmptyAndNotInSyncAtFirst() {
        assertThat(mesh.view()).isSameAs(MeshView.EMPTY);
        assertThat(mesh.isSynced()).isFalse();

        mesh.synced();

        assertThat(mesh.isSynced()).isTrue();
    }

    @Test
    void observersSeeEveryViewAfterItIsInForce() {
        var seen = new ArrayList<MeshView>();
        mesh.observe(view -> {
            assertThat(mesh.view()).isSameAs(view);
            seen.add(view);
        });

        mesh.changed(List.of(workload(CART)));
        mesh.changed(List.of());

        assertThat(seen).hasSize(2);
        assertThat(seen.getFirst().workloadOf(CART)).isPresent();
    }

    @Test
    void anObserverThatFailsKeepsTheViewFromNobody() {
        var seen = new ArrayList<MeshView>();
        mesh.observe(_ -> {
            throw new IllegalStateException("thrown on purpose");
        });
        mesh.observe(seen::add);

        mesh.changed(List.of(workload(CART)));

        assertThat(seen).hasSize(1);
    }

    @Test
    void losingTheControlPlaneChangesNothing() {
        mesh.changed(List.of(workload(CART)));
        mesh.synced();

        mesh.connected(false, "reset");

        assertThat(mesh.view().workloadOf(CART)).isPresent();
        assertThat(mesh.isSynced()).isTrue();
    }

    @Test
    void whoeverAsksForAKnownPodDoesNotWait() {
        mesh.changed(List.of(workload(CART)));
        mesh.synced();

        assertThat(mesh.knowing(CART, LONG).toCompletableFuture()).isCompletedWithValue(mesh.view());
        assertThat(mesh.waiting()).isZero();
    }

    @Test
    void whoeverWaitsHearsOfThePodAtOnce() {
        mesh.synced();
        var first = mesh.knowing(CART, LONG).toCompletableFuture();
        var second = mesh.knowing(CART, LONG).toCompletableFuture();
        mesh.changed(List.of(workload(new PodRef("uid-other", "shop", "other", "other"))));
        assertThat(first).isNotDone();

        mesh.changed(List.of(workload(CART)));

        assertThat(first).isCompletedWithValue(mesh.view());
        assertThat(second).isCompletedWithValue(mesh.view());
        assertThat(mesh.waiting()).isZero();
    }

    @Test
    void whatIsNotInSyncIsNotKnowledge() {
        mesh.changed(List.of(workload(CART)));
        var waiting = mesh.knowing(CART, LONG).toCompletableFuture();
        assertThat(waiting).isNotDone();

        mesh.synced();

        assertThat(waiting).isCompletedWithValue(mesh.view());
        assertThat(mesh.waiting()).isZero();
    }

    @Test
    void afterTheTimeoutTheViewIsTheOneOfThatTime() {
        var waiting = mesh.knowing(CART, Duration.ofMillis(50)).toCompletableFuture();
        mesh.changed(List.of(workload(new PodRef("uid-other", "shop", "other", "other"))));

        assertThat(waiting.join()).isSameAs(mesh.view());
        assertThat(mesh.waiting()).as("nobody is left behind").isZero();
    }
}
