package dev.ambit.services.controlplane;

import static dev.ambit.services.controlplane.ClusterContext.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.adapters.vaultca.VaultServer;
import dev.ambit.domain.identity.SpiffeId;
import dev.ambit.ports.ca.CertificateAuthority.SigningRequest;
import dev.ambit.ports.ca.CertificateAuthority.SigningResult;
import dev.ambit.ports.ca.SigningRequests;
import dev.ambit.services.controlplane.issuing.MeshAuthority;
import dev.ambit.services.controlplane.issuing.StartupGate;
import dev.ambit.systemtests.cluster.ApiServer;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBindingBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The control plane in a cluster with Vault as its authority, both real: it logs in with its service account's token, which
 * Vault has the API server review, with the policy and role that docs/adapters/adapters-vault-ca.md tells an operator to
 * write.
 */
@Timeout(120)
class ClusterVaultTest {
    @TempDir
    private Path folder;

    private static KubernetesClient admin;
    private static VaultServer vault;
    private static String mount;

    @BeforeAll
    static void start() throws IOException {
        admin = ClusterContext.prepare();
        vault = VaultServer.start();
        mount = vault.mountWithRoot("mesh root of vault");
        vault.workloadRole(mount, "workload");
        vault.serverRole(mount, Map.of());
        vault.policy("ambit", """
                path "%1$s/sign/workload" { capabilities = ["update"] }
                path "%1$s/issue/server"  { capabilities = ["update"] }
                path "%1$s/issuers"       { capabilities = ["list"] }
                """.formatted(mount));
        vault.write("sys/auth/kubernetes", Map.of("type", "kubernetes"));
        vault.write(
                "auth/kubernetes/config",
                Map.of(
                        "kubernetes_host", ApiServer.shared().url(),
                        "kubernetes_ca_cert",
                                Files.readString(ApiServer.shared().caFile()),
                        "token_reviewer_jwt", reviewer(),
                        "disable_local_ca_jwt", true));
        vault.write(
                "auth/kubernetes/role/ambit",
                Map.of(
                        "bound_service_account_names", "istiod",
                        "bound_service_account_namespaces", "istio-system",
                        "audience", "vault",
                        "policies", "ambit",
                        "ttl", "1h"));
    }

    /** Vault's own service account, which may have tokens reviewed. */
    private static String reviewer() {
        String token = ApiServer.shared().token("vault", "vault");
        admin.resource(new ClusterRoleBindingBuilder()
                        .withNewMetadata()
                        .withName("vault-reviews-tokens")
                        .endMetadata()
                        .withNewRoleRef("rbac.authorization.k8s.io", "ClusterRole", "system:auth-delegator")
                        .addNewSubject("", "ServiceAccount", "vault", "vault")
                        .build())
                .serverSideApply();
        return token;
    }

    @AfterAll
    static void stop() {
        vault.close();
    }

    private Map<String, String> environment(String token) throws IOException {
        Path file = Files.writeString(folder.resolve("vault-token"), token);
        return new HashMap<>(Map.of(
                "CA_PROVIDER",
                "vault",
                "VAULT_ADDR",
                vault.address().toString(),
                "VAULT_PKI_MOUNT",
                mount,
                "VAULT_JWT_FILE",
                file.toString()));
    }

    @Test
    void itsServiceAccountIsItsWayIntoVaultAndVaultsRootIsInEveryNamespace() throws IOException {
        String token = ApiServer.shared().token("istio-system", "istiod", "vault");
        try (var context = ClusterContext.start(folder, environment(token))) {
            MeshAuthority mesh = context.getBean(MeshAuthority.class);
            var request = SigningRequests.ec("secp256r1");

            assertThat(mesh.authority()
                            .sign(new SigningRequest(
                                    request.pem(),
                                    request.keys().getPublic(),
                                    SpiffeId.of("spiffe://cluster.local/ns/shop/sa/cart"),
                                    Duration.ofHours(1))))
                    .isInstanceOf(SigningResult.Signed.class);
            String roots = mesh.authority().trustBundle().rootsPem();
            await(() -> Optional.ofNullable(admin.configMaps()
                            .inNamespace("default")
                            .withName("istio-ca-root-cert")
                            .get())
                    .map(ConfigMap::getData)
                    .map(data -> roots.equals(data.get("root-cert.pem")))
                    .orElse(false));
        }
    }

    @Test
    void theTokenOfSomebodyElseOrForSomebodyElseDoesNotLogIn() throws IOException {
        for (String token : new String[] {
            ApiServer.shared().token("istio-system", "another", "vault"),
            ApiServer.shared().token("istio-system", "istiod", "istio-ca")
        }) {
            try (var context = ClusterContext.start(folder, environment(token))) {
                var gate = context.getBean(StartupGate.class);
                assertThat(gate.isOpen()).isFalse();
                assertThat(gate.waitingFor())
                        .contains("login by Kubernetes", vault.address().toString())
                        .doesNotContain("\n");
            }
        }
    }
}
