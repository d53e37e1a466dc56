package dev.ambit.adapters.k8s.ca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ambit.ports.ca.CertificateAuthorityException;
import dev.ambit.ports.ca.RootStorage;
import dev.ambit.ports.ca.RootStorageContract;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class ClusterRootStorageContractTest extends RootStorageContract {
    private static final String NAMESPACE = "istio-system";
    private static final String NAME = "istio-ca-secret";

    private final ClusterRootStorage storage = new ClusterRootStorage(TestApi.controlPlane(), NAMESPACE, NAME);

    @BeforeEach
    void begin() {
        TestApi.admin().secrets().inNamespace(NAMESPACE).withName(NAME).delete();
    }

    @Override
    protected RootStorage storage() {
        return storage;
    }

    private static Secret secret() {
        return TestApi.admin().secrets().inNamespace(NAMESPACE).withName(NAME).get();
    }

    @Test
    void theSecretLooksLikeIstiods() {
        storage.replace(Map.of("ca-cert.pem", "certificate"), Optional.empty());

        assertThat(secret().getType()).isEqualTo("istio.io/ca-root");
        assertThat(secret().getData()).containsEntry("ca-cert.pem", "Y2VydGlmaWNhdGU=");
    }

    @Test
    void oneOfIstiodsIsTakenAsItIsAndKeepsItsLabels() {
        Secret istiods = new SecretBuilder()
                .withNewMetadata()
                .withNamespace(NAMESPACE)
                .withName(NAME)
                .addToLabels("owner", "istiod")
                .endMetadata()
                .withType("istio.io/ca-root")
                .addToStringData("ca-cert.pem", "certificate")
                .addToStringData("ca-key.pem", "key")
                .build();
        TestApi.admin().resource(istiods).create();

        RootStorage.Stored stored = storage.load().orElseThrow();
        assertThat(stored.documents()).isEqualTo(Map.of("ca-cert.pem", "certificate", "ca-key.pem", "key"));
        assertThat(storage.replace(Map.of("ca-cert.pem", "next"), Optional.of(stored.version())))
                .isPresent();
        assertThat(secret().getMetadata().getLabels()).containsEntry("owner", "istiod");
    }

    @Test
    void whatIsForbiddenNamesThePlace() {
        var forbidden = new ClusterRootStorage(TestApi.controlPlane(), NAMESPACE, "another");

        assertThatThrownBy(forbidden::load)
                .isInstanceOf(CertificateAuthorityException.class)
                .hasMessageContainingAll("Secret istio-system/another", "403");
        assertThatThrownBy(() -> new ClusterRootStorage(TestApi.unlimited(), "nowhere", NAME)
                        .replace(Map.of("ca-cert.pem", "x"), Optional.empty()))
                .isInstanceOf(CertificateAuthorityException.class)
                .hasMessageContainingAll("Secret nowhere/istio-ca-secret", "404");
    }
}
