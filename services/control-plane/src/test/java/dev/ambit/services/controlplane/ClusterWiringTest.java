package dev.ambit.services.controlplane;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.adapters.k8s.cluster.ClusterConfigurationSource;
import dev.ambit.adapters.k8s.cluster.LeaseLeadership;
import dev.ambit.ports.configuration.ConfigurationSource;
import dev.ambit.services.controlplane.mesh.PublishedMesh;
import dev.ambit.systemtests.cluster.ApiServer;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.micronaut.context.ApplicationContext;
import io.micronaut.context.env.PropertySource;
import io.micronaut.context.env.PropertySource.PropertyConvention;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The whole service but its servers, on a real API server with the rights that are shipped. */
@Timeout(120)
class ClusterWiringTest {
    private static final Path RIGHTS = Path.of("../../deploy/control-plane/rbac.yaml");

    @TempDir
    private Path folder;

    /** Outside of any test, because the first start in a JVM takes seconds. */
    @BeforeAll
    static void grant() throws IOException {
        KubernetesClient admin = ApiServer.shared().admin();
        ApiServer.shared().namespace("istio-system");
        admin.load(new ByteArrayInputStream(Files.readAllBytes(RIGHTS)))
                .items()
                .forEach(object -> admin.resource(object).serverSideApply());
    }

    private ApplicationContext start() {
        Path kubeconfig = ApiServer.shared().kubeconfig(ApiServer.shared().token("istio-system", "istiod"));
        Map<String, Object> environment = Map.of(
                "CONFIG_SOURCE", "kubernetes",
                "KUBECONFIG", kubeconfig.toString(),
                "POD_NAME", "istiod-0",
                "CA_DIR", folder.resolve("ca").toString(),
                "TOKENS_DIR", folder.resolve("tokens").toString(),
                "TRUST_BUNDLE_FILE", folder.resolve("root.pem").toString());
        return ApplicationContext.builder()
                .propertySources(PropertySource.of(
                        "variables",
                        environment,
                        PropertyConvention.ENVIRONMENT_VARIABLE,
                        PropertySource.Origin.of("test")))
                .start();
    }

    private static void await(BooleanSupplier condition) {
        Instant deadline = Instant.now().plusSeconds(60);
        while (!condition.getAsBoolean() && Instant.now().isBefore(deadline)) {
            LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
        }
        assertThat(condition.getAsBoolean()).isTrue();
    }

    @Test
    void theMeshComesFromTheApiServerAndTheReplicaLeads() {
        try (var context = start()) {
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
