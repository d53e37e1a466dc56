package dev.ambit.services.controlplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchRuntimeException;

import dev.ambit.adapters.istiodca.IstiodCertificateAuthority;
import dev.ambit.adapters.k8s.manifests.ManifestConfigurationSource;
import dev.ambit.ports.ca.CertificateIssuing;
import dev.ambit.ports.configuration.ConfigurationSource;
import dev.ambit.services.controlplane.issuing.IssueCertificates;
import dev.ambit.services.controlplane.issuing.MeshAuthority;
import dev.ambit.services.controlplane.mesh.PublishedMesh;
import io.micronaut.context.ApplicationContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The whole service but its servers. */
@Timeout(60)
class WiringTest {

    @TempDir
    private Path folder;

    private ApplicationContext start() {
        Map<String, Object> environment = Map.of(
                "CONFIG_SOURCE", "manifests",
                "CA_PROVIDER", "istiod",
                "MANIFESTS_DIR", folder.resolve("manifests").toString(),
                "POD_STATUS_DIR", folder.resolve("status").toString(),
                "CA_DIR", folder.resolve("ca").toString(),
                "TOKENS_DIR", folder.resolve("tokens").toString(),
                "TRUST_BUNDLE_FILE", folder.resolve("root.pem").toString());
        return TestContext.start(environment);
    }

    @Test
    void theConfigurationPicksItsAdaptersAndTheMeshIsLoaded() throws IOException {
        Files.createDirectories(folder.resolve("manifests"));
        try (var context = start()) {
            assertThat(context.getBean(MeshAuthority.class).authority()).isInstanceOf(IstiodCertificateAuthority.class);
            assertThat(context.getBean(ConfigurationSource.class)).isInstanceOf(ManifestConfigurationSource.class);
            assertThat(context.getBean(CertificateIssuing.class)).isInstanceOf(IssueCertificates.class);
            assertThat(context.getBean(PublishedMesh.class).isLoaded()).isTrue();
            assertThat(folder.resolve("root.pem"))
                    .hasContent(context.getBean(MeshAuthority.class)
                            .authority()
                            .trustBundle()
                            .rootsPem());
        }
    }

    @Test
    void withoutItsManifestsItDoesNotStart() {
        RuntimeException failure = catchRuntimeException(this::start);

        assertThat(Launch.cause(failure))
                .startsWith("MANIFESTS_DIR cannot be used")
                .contains(folder.resolve("manifests").toString())
                .doesNotContain("\n");
    }

    @Test
    void aDamagedAuthorityIsToldInOneLine() throws IOException {
        Files.createDirectories(folder.resolve("manifests"));
        start().close();
        Files.writeString(folder.resolve("ca/ca-cert.pem"), "junk");

        RuntimeException failure = catchRuntimeException(this::start);

        assertThat(Launch.cause(failure))
                .startsWith("certificate authority: " + folder.resolve("ca/ca-cert.pem"))
                .doesNotContain("\n");
    }
}
