package dev.ambit.services.controlplane;

import static dev.ambit.services.controlplane.ClusterContext.await;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.adapters.k8s.cluster.ClusterConfigurationSource;
import dev.ambit.adapters.k8s.cluster.LeaseLeadership;
import dev.ambit.adapters.k8s.waypoint.ClusterWaypoints;
import dev.ambit.domain.workload.WorkloadUid;
import dev.ambit.ports.configuration.ConfigurationSource;
import dev.ambit.services.controlplane.mesh.PublishedMesh;
import dev.ambit.systemtests.cluster.ApiServer;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
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

    /** From a Gateway that somebody wrote to a Service that is behind its waypoint; only the pods are played. */
    @Test
    void whoLeadsDeploysWaypointsAndServicesAreBoundToThem() {
        KubernetesClient admin = ApiServer.shared().admin();
        ApiServer.shared().installCrds("gateway.networking.k8s.io");
        ApiServer.shared().namespace("guarded");
        write(admin, """
                apiVersion: gateway.networking.k8s.io/v1
                kind: Gateway
                metadata: {name: guard, namespace: guarded}
                spec:
                  gatewayClassName: istio-waypoint
                  listeners: [{name: mesh, port: 15008, protocol: HBONE}]
                """);
        write(admin, """
                apiVersion: v1
                kind: Service
                metadata: {name: till, namespace: guarded, labels: {istio.io/use-waypoint: guard}}
                spec: {ports: [{port: 80}]}
                """);
        String image = "registry.example/guard:7";
        try (var context = ClusterContext.start(folder, Map.of("WAYPOINT_IMAGE", image))) {
            context.getBean(LeaseLeadership.class);
            await(() -> bound(admin).equals("False"));
            write(admin, """
                    apiVersion: discovery.k8s.io/v1
                    kind: EndpointSlice
                    metadata:
                      name: guard-1
                      namespace: guarded
                      labels:
                        kubernetes.io/service-name: guard
                        gateway.istio.io/managed: istio.io-mesh-controller
                        gateway.networking.k8s.io/gateway-name: guard
                    addressType: IPv4
                    endpoints: [{addresses: [10.1.0.9], conditions: {ready: true}}]
                    ports: [{name: mesh, port: 15008, protocol: TCP}]
                    """);
            await(() -> bound(admin).equals("True"));
        }
        Deployment deployment = admin.apps()
                .deployments()
                .inNamespace("guarded")
                .withName("guard")
                .get();
        assertThat(deployment
                        .getSpec()
                        .getTemplate()
                        .getSpec()
                        .getContainers()
                        .getFirst()
                        .getImage())
                .isEqualTo(image);
    }

    private static void write(KubernetesClient admin, String yaml) {
        admin.load(new ByteArrayInputStream(yaml.getBytes(UTF_8))).serverSideApply();
    }

    /** What the Service is told about its waypoint; empty while it is told nothing. */
    private static String bound(KubernetesClient admin) {
        return admin.services().inNamespace("guarded").withName("till").get().getStatus().getConditions().stream()
                .filter(condition -> condition.getType().equals("istio.io/WaypointBound"))
                .map(Condition::getStatus)
                .findFirst()
                .orElse("");
    }

    @Test
    void waypointsCanBeLeftToSomebodyElse() {
        try (var context =
                ClusterContext.start(folder, Map.of("PILOT_ENABLE_GATEWAY_API_DEPLOYMENT_CONTROLLER", "false"))) {
            assertThat(context.findBean(ClusterWaypoints.class)).isEmpty();
            await(() -> context.getBean(LeaseLeadership.class).isLeading());
        }
    }

    /** The other cluster is this one under another name: what is in it is there twice. */
    @Test
    void otherClustersAreFollowedIfAskedFor() throws IOException {
        KubernetesClient admin = ApiServer.shared().admin();
        ApiServer.shared().namespace("everywhere");
        write(admin, """
                apiVersion: v1
                kind: Service
                metadata: {name: shared, namespace: everywhere, labels: {istio.io/global: 'true'}}
                spec: {ports: [{name: web, port: 80}]}
                """);
        write(admin, """
                apiVersion: discovery.k8s.io/v1
                kind: EndpointSlice
                metadata: {name: shared-1, namespace: everywhere, labels: {kubernetes.io/service-name: shared}}
                addressType: IPv4
                endpoints: [{addresses: [192.0.2.7]}]
                ports: [{name: web, port: 80, protocol: TCP}]
                """);
        write(admin, """
                apiVersion: v1
                kind: Secret
                metadata: {name: others, namespace: istio-system, labels: {istio/multiCluster: 'true'}}
                data: {west: %s}
                """.formatted(base64(kubeconfig().getBytes(UTF_8))));
        var here = new WorkloadUid("Kubernetes/discovery.k8s.io/EndpointSlice/everywhere/shared-1/192.0.2.7");
        var there = new WorkloadUid("west/discovery.k8s.io/EndpointSlice/everywhere/shared-1/192.0.2.7");

        try (var context = ClusterContext.start(folder, Map.of("AMBIENT_ENABLE_MULTI_NETWORK", "true"))) {
            PublishedMesh mesh = context.getBean(PublishedMesh.class);
            await(mesh::isLoaded);
            assertThat(mesh.state().workloads()).containsKeys(here, there);
        }
        try (var context = ClusterContext.start(folder, Map.of())) {
            PublishedMesh mesh = context.getBean(PublishedMesh.class);
            await(mesh::isLoaded);
            assertThat(mesh.state().workloads()).containsKey(here).doesNotContainKey(there);
        }
        admin.secrets().inNamespace("istio-system").withName("others").delete();
    }

    private static String kubeconfig() throws IOException {
        ApiServer server = ApiServer.shared();
        String ca = base64(Files.readAllBytes(server.caFile()));
        return Files.readString(server.kubeconfig(server.token("istio-system", "istiod")))
                .replace("certificate-authority: \"" + server.caFile() + "\"", "certificate-authority-data: " + ca);
    }

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }
}
