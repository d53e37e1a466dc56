package dev.ambit.services.cniagent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.adapters.k8s.cluster.ClusterNodePodSource;
import dev.ambit.adapters.k8s.cluster.ClusterPodStatusWriter;
import dev.ambit.domain.workload.PodRef;
import dev.ambit.ports.configuration.NodePodSource;
import dev.ambit.ports.configuration.PodStatusWriter;
import dev.ambit.ports.configuration.PodStatusWriter.Redirection;
import dev.ambit.services.cniagent.enrol.NodeAgent;
import dev.ambit.systemtests.cluster.ApiServer;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
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

/**
 * The whole service but its servers, on a real API server with the rights that are shipped. That pods of it are enrolled is
 * tried with the whole mesh, in system-tests.
 */
@Timeout(120)
class ClusterWiringTest {
    private static final String ACCOUNT = "istio-cni";
    private static final Path RIGHTS = Path.of("../../deploy/cni-agent/rbac.yaml");

    private static KubernetesClient admin;

    @TempDir
    private Path folder;

    /** Outside of any test, because the first start in a JVM takes seconds. */
    @BeforeAll
    static void grant() throws IOException {
        admin = ApiServer.shared().admin();
        ApiServer.shared().namespace("istio-system");
        ApiServer.shared().namespace("shop");
        admin.load(new ByteArrayInputStream(Files.readAllBytes(RIGHTS)))
                .items()
                .forEach(object -> admin.resource(object).serverSideApply());
    }

    private ApplicationContext start(String account) {
        Path kubeconfig = ApiServer.shared().kubeconfig(ApiServer.shared().token("istio-system", account));
        Map<String, Object> environment = Map.of(
                "NODE_NAME",
                "n1",
                "CONFIG_SOURCE",
                "kubernetes",
                "KUBECONFIG",
                kubeconfig.toString(),
                "ZDS_SERVER_ADDRESS",
                folder.resolve("zds.sock").toString());
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
            LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
        }
        assertThat(condition.getAsBoolean()).isTrue();
    }

    private static Pod pod(String name, String node) {
        return admin.resource(new PodBuilder()
                        .withNewMetadata()
                        .withNamespace("shop")
                        .withName(name)
                        .endMetadata()
                        .withNewSpec()
                        .withNodeName(node)
                        .addNewContainer()
                        .withName("app")
                        .withImage("app")
                        .endContainer()
                        .endSpec()
                        .build())
                .create();
    }

    @Test
    void thePodsComeFromTheApiServerAndWhatBecameOfThemGoesThere() {
        Pod outside = pod("outside", "n1");
        try (var context = start(ACCOUNT)) {
            assertThat(context.getBean(NodePodSource.class)).isInstanceOf(ClusterNodePodSource.class);
            assertThat(context.getBean(PodStatusWriter.class)).isInstanceOf(ClusterPodStatusWriter.class);
            // Its only pod is not to be enrolled.
            await(context.getBean(NodeAgent.class)::isReady);

            context.getBean(PodStatusWriter.class)
                    .redirection(
                            new PodRef(outside.getMetadata().getUid(), "shop", "outside", "default"),
                            Redirection.PENDING);
            assertThat(admin.pods()
                            .inNamespace("shop")
                            .withName("outside")
                            .get()
                            .getMetadata()
                            .getAnnotations())
                    .containsEntry("ambient.istio.io/redirection", "pending");
        } finally {
            admin.resource(outside).withGracePeriod(0).delete();
        }
        assertThat(folder.resolve("zds.sock")).doesNotExist();
    }

    @Test
    void withoutItsRightsItIsNotReadyAndSaysWhy() {
        try (var context = start("nobody")) {
            var source = context.getBean(NodePodSource.class);
            await(() -> source.pending().stream().anyMatch(line -> line.startsWith("Pod: the API server forbids")));
            assertThat(context.getBean(NodeAgent.class).isReady()).isFalse();
        }
    }
}
