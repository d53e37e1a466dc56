package dev.ambit.services.controlplane;

import static dev.ambit.services.controlplane.ClusterContext.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.adapters.k8s.cluster.ClusterConfigurationSource;
import dev.ambit.adapters.k8s.cluster.LeaseLeadership;
import dev.ambit.ports.configuration.ConfigurationSource;
import dev.ambit.services.controlplane.mesh.PublishedMesh;
import dev.ambit.systemtests.cluster.ApiServer;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The whole service but its servers, on a real API server with the rights that are shipped. */
@Timeout(120)
class ClusterWiringTest {

    @TempDir
    private Path folder;

    @BeforeAll
    static void grant() {
        ClusterContext.prepare();
    }

    @Test
    void theMeshComesFromTheApiServerAndTheReplicaLeads() {
        try (var context = ClusterContext.start(folder, Map.of())) {
            assertThat(context.getBean(ConfigurationSource.class)).isInstanceOf(ClusterConfigurationSource.class);
            PublishedMesh mesh = context.getBean(PublishedMesh.class);
            await(mesh::isLoaded);
            assertThat(mesh.state().services()).isNotEmpty();
            await(() -> context.getBean(LeaseLeadership.class).isLeading());
        }
        var lease = ApiServer.shared()
                .admin()
                .leases()
                .inNamespace("istio-system")
                .withName("ambit-control-plane-leader")
                .get();
        assertThat(lease.getSpec().getHolderIdentity()).as("given back").isEmpty();
    }
}
