package dev.ambit.services.controlplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchRuntimeException;

import dev.ambit.adapters.vaultca.VaultServer;
import dev.ambit.domain.identity.SpiffeId;
import dev.ambit.ports.ca.CertificateAuthority.SigningRequest;
import dev.ambit.ports.ca.CertificateAuthority.SigningResult;
import dev.ambit.ports.ca.CertificateAuthorityException;
import dev.ambit.ports.ca.SigningRequests;
import dev.ambit.services.controlplane.issuing.MeshAuthority;
import io.micronaut.context.ApplicationContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The whole service but its servers, with a real Vault as its authority: one variable more than without. */
@Timeout(60)
final class VaultWiringTest {
    private static VaultServer vault;
    private static String mount;

    @TempDir
    private Path folder;

    @BeforeAll
    static void startVault() throws IOException {
        vault = VaultServer.start();
        mount = vault.mountWithRoot("mesh root");
        vault.workloadRole(mount, "workload");
        vault.serverRole(mount, Map.of());
    }

    @AfterAll
    static void stopVault() {
        vault.close();
    }

    @BeforeEach
    void anEmptyMesh() throws IOException {
        Files.createDirectories(folder.resolve("manifests"));
    }

    private ApplicationContext start(Map<String, Object> changes) {
        var environment = new HashMap<String, Object>(Map.of(
                "CA_PROVIDER", "vault",
                "VAULT_ADDR", vault.address().toString(),
                "VAULT_LOGIN", "token",
                "VAULT_TOKEN", vault.token(),
                "VAULT_PKI_MOUNT", mount,
                "MANIFESTS_DIR", folder.resolve("manifests").toString(),
                "POD_STATUS_DIR", folder.resolve("status").toString(),
                "CA_DIR", folder.resolve("ca").toString(),
                "TOKENS_DIR", folder.resolve("tokens").toString(),
                "TRUST_BUNDLE_FILE", folder.resolve("root.pem").toString()));
        environment.putAll(changes);
        return TestContext.start(environment);
    }

    private static SigningResult sign(MeshAuthority mesh) {
        var request = SigningRequests.ec("secp256r1");
        return mesh.authority()
                .sign(new SigningRequest(
                        request.pem(),
                        request.keys().getPublic(),
                        SpiffeId.of("spiffe://cluster.local/ns/shop/sa/cart"),
                        Duration.ofHours(1)));
    }

    @Test
    void vaultSignsForWorkloadsAndForTheServiceItself() throws IOException {
        try (var context = start(Map.of())) {
            var mesh = context.getBean(MeshAuthority.class);

            assertThat(sign(mesh)).isInstanceOf(SigningResult.Signed.class);
            assertThat(mesh.replacement()).isEmpty();
            assertThat(Files.readString(folder.resolve("root.pem")))
                    .isEqualTo(mesh.authority().trustBundle().rootsPem());
            assertThat(context.getBean(ServingIdentity.class)
                            .shown()
                            .getIssuerX500Principal()
                            .getName())
                    .isEqualTo("CN=mesh root");
        }
    }

    @Test
    void sealedItIsAReservationAndNotAnEnd() {
        try (var context = start(Map.of())) {
            var mesh = context.getBean(MeshAuthority.class);
            vault.seal();
            try {
                assertThatThrownBy(() -> sign(mesh))
                        .isInstanceOf(CertificateAuthorityException.class)
                        .hasMessageContaining("is sealed");
                assertThat(mesh.authority().impediment()).get().asString().contains("is sealed");
            } finally {
                vault.unseal();
            }
            assertThat(sign(mesh)).isInstanceOf(SigningResult.Signed.class);
        }
    }

    @Test
    void whatIsMissingIsToldInOneLine() {
        assertThat(Launch.cause(catchRuntimeException(() -> start(Map.of("VAULT_ADDR", "")))))
                .contains("VAULT_ADDR is not set");
        assertThat(Launch.cause(catchRuntimeException(() -> start(Map.of("VAULT_LOGIN", "password")))))
                .contains("VAULT_LOGIN is 'password'; choose kubernetes, approle or token");
        assertThat(Launch.cause(catchRuntimeException(() -> start(Map.of("VAULT_ADDR", "http://127.0.0.1:9")))))
                .contains("Vault at http://127.0.0.1:9")
                .doesNotContain("\n");
    }
}
