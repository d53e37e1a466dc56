package dev.ambit.systemtests.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.api.model.authentication.TokenReviewBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The test cluster is what tests take it for. */
@Timeout(120)
class ApiServerTest {
    @SuppressWarnings("NullAway.Init")
    private static ApiServer server;

    @BeforeAll
    static void start() {
        server = ApiServer.start();
    }

    @AfterAll
    static void stop() {
        server.close();
        assertThat(server.caFile()).doesNotExist();
    }

    private static ConfigMap map(String name) {
        return new ConfigMapBuilder()
                .withNewMetadata()
                .withNamespace("default")
                .withName(name)
                .endMetadata()
                .addToData("key", "value")
                .build();
    }

    @Test
    void isTheVersionThatWasBuilt() {
        assertThat(server.admin().getKubernetesVersion().getGitVersion()).isEqualTo("v1.35.4");
    }

    @Test
    void enforcesItsRoles() {
        KubernetesClient nobody = server.as("default", "nobody");

        assertThatThrownBy(() -> nobody.configMaps().inNamespace("default").list())
                .isInstanceOf(KubernetesClientException.class)
                .hasMessageContaining("system:serviceaccount:default:nobody");
    }

    @Test
    void reviewsTokensByAudience() {
        String token = server.token("default", "caller", "istio-ca");

        assertThat(isAuthenticated(token, "istio-ca")).isTrue();
        assertThat(isAuthenticated(token, "other")).isFalse();
    }

    private static boolean isAuthenticated(String token, String audience) {
        var review = new TokenReviewBuilder()
                .withNewSpec()
                .withToken(token)
                .withAudiences(audience)
                .endSpec()
                .build();
        var status = server.admin().resource(review).create().getStatus();
        return Boolean.TRUE.equals(status.getAuthenticated());
    }

    @Test
    void keepsWhatWasWrittenWhenItsServerIsReplaced() {
        server.admin().resource(map("kept")).create();

        server.stopServer();
        server.startAgain();

        assertThat(server.admin().resource(map("kept")).get()).isNotNull();
    }

    @Test
    void forgetsHistoryWhenAsked() {
        ConfigMap first = server.admin().resource(map("compacted")).create();
        server.admin().resource(map("later")).create();
        server.compact();
        server.stopServerGently();
        server.startAgain();

        assertThatThrownBy(() -> server.admin()
                        .configMaps()
                        .inNamespace("default")
                        .list(new ListOptionsBuilder()
                                .withResourceVersion(first.getMetadata().getResourceVersion())
                                .withResourceVersionMatch("Exact")
                                .build()))
                .isInstanceOfSatisfying(
                        KubernetesClientException.class,
                        gone -> assertThat(gone.getCode()).isEqualTo(410));
    }

    @Test
    void servesTheKindsOfGatewayApiAndIstio() {
        server.installCrds();

        List<String> kinds = server.admin().apiextensions().v1().customResourceDefinitions().list().getItems().stream()
                .map(definition -> definition.getSpec().getNames().getKind())
                .toList();

        assertThat(kinds)
                .contains(
                        "Gateway",
                        "GatewayClass",
                        "HTTPRoute",
                        "GRPCRoute",
                        "TCPRoute",
                        "TLSRoute",
                        "ReferenceGrant",
                        "AuthorizationPolicy",
                        "PeerAuthentication",
                        "RequestAuthentication",
                        "ServiceEntry",
                        "WorkloadEntry",
                        "Telemetry");
    }
}
