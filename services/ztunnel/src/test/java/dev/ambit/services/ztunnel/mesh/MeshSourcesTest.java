package dev.ambit.services.ztunnel.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.domain.view.MeshChange;
import dev.ambit.domain.view.MeshName;
import dev.ambit.domain.workload.Workload;
import dev.ambit.domain.workload.WorkloadUid;
import dev.ambit.ports.discovery.MeshDiscovery;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(10)
class MeshSourcesTest {
    private final CurrentMesh mesh = new CurrentMesh();
    private final List<String> asked = new ArrayList<>();

    private static List<MeshChange> workload(String name, String node) {
        return List.of(new MeshChange.WorkloadUpserted(
                Workload.builder(new WorkloadUid("u"), "shop", name).node(node).build()));
    }

    /** A control plane that has another word on the same workload, and says so at once. */
    private final class Instant implements MeshDiscovery {
        @Override
        public void start(Listener listener) {
            asked.add("start");
            listener.changed(workload("w", "from-discovery"));
        }

        @Override
        public Held hold(MeshName name) {
            throw new IllegalStateException("brings everything");
        }

        @Override
        public void close() {
            asked.add("close");
        }
    }

    @Test
    void theOperatorsPictureAloneIsCompleteAtOnce() {
        try (var sources = new MeshSources(Optional.of(workload("w", "local")), Optional.empty())) {
            sources.start(mesh);
        }

        assertThat(mesh.isSynced()).isTrue();
        assertThat(mesh.view().workload(new WorkloadUid("u")).map(Workload::node))
                .contains("local");
    }

    @Test
    void theControlPlaneHasTheLastWordAndSaysWhenThePictureIsComplete() {
        try (var sources = new MeshSources(Optional.of(workload("w", "local")), Optional.of(new Instant()))) {
            sources.start(mesh);
            assertThat(sources.local().workload(new WorkloadUid("u")).map(Workload::node))
                    .as("the operator's picture stays to be seen")
                    .contains("local");
        }

        assertThat(mesh.isSynced()).isFalse();
        assertThat(mesh.view().workload(new WorkloadUid("u")).map(Workload::node))
                .contains("from-discovery");
        assertThat(asked).containsExactly("start", "close");
    }

    @Test
    void withNeitherTheMeshIsEmptyAndComplete() {
        try (var sources = new MeshSources(Optional.empty(), Optional.empty())) {
            sources.start(mesh);
        }

        assertThat(mesh.isSynced()).isTrue();
        assertThat(mesh.view().counts().workloads()).isZero();
    }
}
