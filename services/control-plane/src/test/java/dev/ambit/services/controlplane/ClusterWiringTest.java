package dev.ambit.services.controlplane;

import static dev.ambit.services.controlplane.ClusterContext.await;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.adapters.k8s.cluster.ClusterConfigurationSource;
import dev.ambit.adapters.k8s.cluster.LeaseLeadership;
import dev.ambit.adapters.k8s.waypoint.ClusterWaypoints;
import dev.ambit.ports.configuration.ConfigurationSource;
import dev.ambit.services.controlplane.mesh.PublishedMesh;
import dev.ambit.systemtests.cluster.ApiServer;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.ByteArrayInputStream;
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

    @Test
    void whoLeadsDeploysWaypoints() {
        KubernetesClient admin = ApiServer.shared().admin();
        ApiServer.shared().installCrds("gateway.networking.k8s.io");
        ApiServer.shared().namespace("guarded");
        admin.load(new ByteArrayInputStream("""
                        apiVersion: gateway.networking.k8s.io/v1
                        kind: Gateway
                        metadata: {name: guard, namespace: guarded}
                        spec:
                          gatewayClassName: istio-waypoint
                          listeners: [{name: mesh, port: 15008, protocol: HBONE}]
                        """.getBytes(UTF_8))).serverSideApply();
        String image = "registry.example/guard:7";
        try (var context = ClusterContext.start(folder, Map.of("WAYPOINT_IMAGE", image))) {
            context.getBean(LeaseLeadership.class);
            await(() -> admin.apps()
                            .deployments()
                            .inNamespace("guarded")
                            .withName("guard")
                            .get()
                    != null);
        }
        assertThat(admin.apps()
                        .deployments()
                        .inNamespace("guarded")
                        .withName("guard")
                        .get()
                        .getSpec()
                        .getTemplate()
                        .getSpec()
                        .getContainers()
                        .getFirst()
                        .getImage())
                .isEqualTo(image);
    }

    @Test
    void waypointsCanBeLeftToSomebodyElse() {
        try (var context =
                ClusterContext.start(folder, Map.of("PILOT_ENABLE_GATEWAY_API_DEPLOYMENT_CONTROLLER", "false"))) {
            assertThat(context.findBean(ClusterWaypoints.class)).isEmpty();
            await(() -> context.getBean(LeaseLeadership.class).isLeading());
        }
    }
}
