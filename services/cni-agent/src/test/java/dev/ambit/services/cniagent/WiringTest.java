package dev.ambit.services.cniagent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchRuntimeException;

import dev.ambit.adapters.k8s.manifests.ManifestNodePodSource;
import dev.ambit.ports.configuration.NodePodSource;
import dev.ambit.services.cniagent.enrol.NodeAgent;
import io.micronaut.context.ApplicationContext;
import io.micronaut.context.env.PropertySource;
import io.micronaut.context.env.PropertySource.PropertyConvention;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The whole service but its servers, on a node without pods. */
@Timeout(60)
class WiringTest {

    @TempDir
    private Path folder;

    private ApplicationContext start() {
        Map<String, Object> environment = Map.of(
                "NODE_NAME", "n1",
                "CONFIG_SOURCE", "manifests",
                "MANIFESTS_DIR", folder.resolve("manifests").toString(),
                "POD_STATUS_DIR", folder.resolve("status").toString(),
                "ZDS_SERVER_ADDRESS", folder.resolve("zds.sock").toString());
        return ApplicationContext.builder()
                .propertySources(PropertySource.of(
                        "variables",
                        environment,
                        PropertyConvention.ENVIRONMENT_VARIABLE,
                        PropertySource.Origin.of("test")))
                .start();
    }

    @Test
    void theConfigurationPicksItsAdaptersAndAnEmptyNodeIsReady() throws IOException {
        Files.createDirectories(folder.resolve("manifests"));
        try (var context = start()) {
            assertThat(context.getBean(NodePodSource.class)).isInstanceOf(ManifestNodePodSource.class);
            assertThat(folder.resolve("zds.sock")).exists();
            NodeAgent agent = context.getBean(NodeAgent.class);
            Instant deadline = Instant.now().plusSeconds(20);
            while (!agent.isReady() && Instant.now().isBefore(deadline)) {
                LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
            }
            assertThat(agent.isReady()).isTrue();
        }
        assertThat(folder.resolve("zds.sock")).doesNotExist();
    }

    @Test
    void withoutItsManifestsItDoesNotStart() {
        RuntimeException failure = catchRuntimeException(this::start);

        assertThat(Launch.cause(failure))
                .startsWith("MANIFESTS_DIR cannot be used")
                .doesNotContain("\n");
    }
}
