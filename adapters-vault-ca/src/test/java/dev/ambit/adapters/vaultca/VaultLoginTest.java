package dev.ambit.adapters.vaultca;

import static dev.ambit.adapters.vaultca.VaultSetup.sign;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ambit.ports.ca.CertificateAuthority.SigningResult.Signed;
import dev.ambit.ports.ca.CertificateAuthorityException;
import io.github.jopenlibs.vault.VaultException;
import io.github.jopenlibs.vault.api.Auth;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** How the adapter becomes somebody in a real Vault, and stays it. */
@Timeout(60)
final class VaultLoginTest {
    private static VaultServer server;
    private static String mount;

    @TempDir
    private Path folder;

    @BeforeAll
    static void start() throws IOException {
        server = VaultServer.start();
        mount = server.mountWithRoot("mesh root");
        server.workloadRole(mount, "workload");
        server.write("sys/auth/approle", Map.of("type", "approle"));
        server.policy(
                "signer",
                "path \"" + mount + "/sign/workload\" { capabilities = [\"update\"] }\n" + "path \"" + mount
                        + "/issuers\" { capabilities = [\"list\"] }");
        server.write(
                "auth/approle/role/mesh",
                Map.of("token_policies", "signer", "token_ttl", "60s", "token_max_ttl", "90s"));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private VaultLogin.AppRole appRole() throws IOException {
        try {
            String roleId = server.root()
                    .logical()
                    .read("auth/approle/role/mesh/role-id")
                    .getData()
                    .get("role_id");
            Path secret = folder.resolve("secret-id");
            Files.writeString(
                    secret,
                    server.write("auth/approle/role/mesh/secret-id", Map.of()).get("secret_id") + "\n");
            return new VaultLogin.AppRole("approle", String.valueOf(roleId), VaultSecret.file(secret));
        } catch (VaultException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void anAppRoleWithTheDocumentedPolicySigns() throws IOException {
        try (var authority = open(new VaultSetup(server, mount).with(appRole()), Clock.systemUTC())) {
            assertThat(sign(authority)).isInstanceOf(Signed.class);
            assertThat(authority.impediment()).isEmpty();
        }
    }

    @Test
    void aTokenIsRenewedWhileItCanAndThenReplaced() throws IOException {
        var now = new AtomicReference<>(Instant.now());
        try (var authority = open(new VaultSetup(server, mount).with(appRole()), now::get)) {
            for (int i = 0; i < 6; i++) {
                now.updateAndGet(instant -> instant.plusSeconds(45));
                assertThat(sign(authority)).isInstanceOf(Signed.class);
            }
        }
    }

    @Test
    void aTokenThatSomebodyRevokedIsReplacedAtOnce() throws IOException {
        try (var authority = open(new VaultSetup(server, mount).with(appRole()), Clock.systemUTC())) {
            assertThat(sign(authority)).isInstanceOf(Signed.class);
            server.write("sys/leases/revoke-prefix/auth/approle/login", Map.of());
            assertThat(sign(authority)).isInstanceOf(Signed.class);
        }
    }

    @Test
    void aTokenInAFileMayChange() throws IOException {
        Path file = folder.resolve("token");
        Files.writeString(file, token("1h"));
        try (var authority = open(
                new VaultSetup(server, mount).with(new VaultLogin.Token(VaultSecret.file(file))), Clock.systemUTC())) {
            assertThat(sign(authority)).isInstanceOf(Signed.class);
            String old = Files.readString(file);
            Files.writeString(file, token("1h"));
            server.write("auth/token/revoke", Map.of("token", old));
            assertThat(sign(authority)).isInstanceOf(Signed.class);
        }
    }

    private static String token(String ttl) {
        try {
            return server.root()
                    .auth()
                    .createToken(
                            new Auth.TokenRequest().polices(List.of("signer")).ttl(ttl))
                    .getAuthClientToken();
        } catch (VaultException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void whatDoesNotLogInSaysSo() throws IOException {
        VaultLogin.AppRole good = appRole();
        var wrong = new VaultLogin.AppRole("approle", good.roleId(), VaultSecret.of("wrong"));
        var missing = new VaultLogin.Token(VaultSecret.file(folder.resolve("nothing")));
        var elsewhere = new VaultLogin.Kubernetes("kubernetes", "mesh", VaultSecret.of("jwt"));

        assertThatThrownBy(() -> sign(open(new VaultSetup(server, mount).with(wrong), Clock.systemUTC())))
                .isInstanceOf(CertificateAuthorityException.class)
                .hasMessageContaining("login by AppRole")
                .hasMessageContaining(server.address().toString());
        assertThatThrownBy(() -> sign(open(new VaultSetup(server, mount).with(missing), Clock.systemUTC())))
                .isInstanceOf(CertificateAuthorityException.class)
                .hasMessageContaining("nothing")
                .hasMessageContaining("cannot be read");
        assertThatThrownBy(() -> sign(open(new VaultSetup(server, mount).with(elsewhere), Clock.systemUTC())))
                .isInstanceOf(CertificateAuthorityException.class)
                .hasMessageContaining("login by Kubernetes");
    }

    private static VaultCertificateAuthority open(VaultSetup setup, InstantSource clock) {
        return VaultCertificateAuthority.open(setup.options(), clock);
    }
}
