package dev.ambit.services.controlplane;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.systemtests.cluster.ApiServer;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.micronaut.context.ApplicationContext;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** The whole service but its servers, on a real API server with exactly the rights that are shipped. */
final class ClusterContext {
    private ClusterContext() {}

    /** Grants the rights; the first start of the API server in a JVM takes seconds. */
    static KubernetesClient prepare() {
        return prepare(ApiServer.shared());
    }

    static KubernetesClient prepare(ApiServer server) {
        KubernetesClient admin = server.admin();
        server.namespace("istio-system");
        for (String rights :
                List.of("rbac.yaml", "certificates-rbac.yaml", "waypoints-rbac.yaml", "remote-clusters-rbac.yaml")) {
            try {
                byte[] yaml = Files.readAllBytes(Path.of("../../deploy/control-plane", rights));
                admin.load(new ByteArrayInputStream(yaml))
                        .items()
                        .forEach(object -> admin.resource(object).serverSideApply());
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            }
        }
        return admin;
    }

    /** Nothing of it may be written into the folder. */
    static ApplicationContext start(Path folder, Map<String, String> more) {
        return start(kubeconfig(ApiServer.shared()), folder, more);
    }

    /** As the service account that the control plane has. */
    static Path kubeconfig(ApiServer server) {
        return server.kubeconfig(server.token("istio-system", "istiod"));
    }

    static ApplicationContext start(Path kubeconfig, Path folder, Map<String, String> more) {
        Map<String, Object> environment = new HashMap<>(Map.of(
                "CONFIG_SOURCE", "kubernetes",
                "KUBECONFIG", kubeconfig.toString(),
                "POD_NAME", "istiod-0",
                // Its port is fixed, and somebody else on this machine may have it.
                "XDS_PLAINTEXT", "off",
                "CA_DIR", folder.resolve("ca").toString(),
                "ROOT_CA_DIR", folder.resolve("plugged").toString(),
                "TOKENS_DIR", folder.resolve("tokens").toString(),
                "TRUST_BUNDLE_FILE", folder.resolve("root.pem").toString()));
        environment.putAll(more);
        return TestContext.start(environment);
    }

    static void await(BooleanSupplier condition) {
        Instant deadline = Instant.now().plusSeconds(60);
        while (!condition.getAsBoolean() && Instant.now().isBefore(deadline)) {
            LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
        }
        assertThat(condition.getAsBoolean()).isTrue();
    }
}
