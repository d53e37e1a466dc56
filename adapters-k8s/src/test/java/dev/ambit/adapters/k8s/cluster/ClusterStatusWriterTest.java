package dev.ambit.adapters.k8s.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ambit.adapters.k8s.translate.DerivationOptions;
import dev.ambit.ports.telemetry.Counter;
import dev.ambit.ports.telemetry.RecordingTelemetry;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.ServiceResource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What became of a policy is said on the policy, by the leader, and nobody else's word is touched. */
@Timeout(120)
class ClusterStatusWriterTest {
    private final TestCluster cluster = TestCluster.shared();
    private final ClusterConnection connection = cluster.controlPlane();
    private final RecordingTelemetry telemetry = new RecordingTelemetry();
    private final ClusterStatusWriter statuses = new ClusterStatusWriter(connection, Clock.systemUTC(), telemetry);
    private final ClusterConfigurationSource source =
            new ClusterConfigurationSource(connection, DerivationOptions.defaults(), statuses);

    @BeforeAll
    static void server() {
        TestCluster.shared().close();
    }

    @BeforeEach
    void start() {
        source.start(new Deliveries());
    }

    @AfterEach
    void close() {
        source.close();
        statuses.close();
        cluster.close();
    }

    private static String policy(String rule) {
        return """
                apiVersion: security.istio.io/v1
                kind: AuthorizationPolicy
                metadata: {name: guard, namespace: shop}
                spec:
                  action: ALLOW
                  rules: [%s]
                """.formatted(rule);
    }

    private Resource<GenericKubernetesResource> guard() {
        return cluster.admin()
                .genericKubernetesResources("security.istio.io/v1", "AuthorizationPolicy")
                .inNamespace("shop")
                .withName("guard");
    }

    private JsonNode awaitCondition(String type, Predicate<JsonNode> expected) {
        GenericKubernetesResource object = guard().waitUntilCondition(
                        it -> it != null && expected.test(condition(it, type)), 30, TimeUnit.SECONDS);
        return condition(object, type);
    }

    private static JsonNode condition(GenericKubernetesResource object, String type) {
        JsonNode conditions =
                new ObjectMapper().<JsonNode>valueToTree(object).path("status").path("conditions");
        for (JsonNode condition : conditions) {
            if (condition.path("type").asText().equals(type)) {
                return condition;
            }
        }
        return conditions.path("none");
    }

    @Test
    void theLeaderSaysWhatBecameOfAPolicyAndKeepsItTrue() {
        statuses.leads();

        cluster.write("guard", policy("{from: [{source: {ipBlocks: [10.0.0.0/8]}}]}"));
        JsonNode accepted = awaitCondition(
                "ZtunnelAccepted", it -> it.path("reason").asText().equals("Accepted"));
        cluster.write("guard", policy("{from: [{source: {ipBlocks: [10.0.0.0/99]}}]}"));
        JsonNode refused = awaitCondition(
                "ZtunnelAccepted", it -> it.path("status").asText().equals("False"));

        assertThat(accepted.path("status").asText()).isEqualTo("True");
        assertThat(accepted.path("observedGeneration").asLong()).isEqualTo(1);
        assertThat(refused.path("message").asText()).contains("10.0.0.0/99");
        assertThat(refused.path("observedGeneration").asLong()).isEqualTo(2);
        assertThat(telemetry.counted(Counter.STATUS_WRITES, "written")).isPositive();
    }

    @Test
    void whoDoesNotLeadWritesNothingUntilItDoes() {
        cluster.write("guard", policy("{from: [{source: {ipBlocks: [10.0.0.0/8]}}]}"));
        GenericKubernetesResource before = guard().get();
        statuses.leads();
        awaitCondition("ZtunnelAccepted", it -> !it.isMissingNode());

        assertThat(condition(before, "ZtunnelAccepted").isMissingNode()).isTrue();
    }

    @Test
    void aServiceIsToldThatItsWaypointIsNotThereAndForgetsItWhenItAsksNoMore() {
        statuses.leads();

        cluster.write("till", service("{istio.io/use-waypoint: guardian}"));
        Service unbound = till().waitUntilCondition(it -> waypointBound(it).isPresent(), 30, TimeUnit.SECONDS);
        cluster.write("till", service("{}"));
        till().waitUntilCondition(it -> waypointBound(it).isEmpty(), 30, TimeUnit.SECONDS);

        assertThat(waypointBound(unbound)).hasValueSatisfying(condition -> {
            assertThat(condition.getStatus()).isEqualTo("False");
            assertThat(condition.getMessage()).contains("guardian");
        });
    }

    private static String service(String labels) {
        return """
                apiVersion: v1
                kind: Service
                metadata: {name: till, namespace: shop, labels: %s}
                spec: {ports: [{port: 80}]}
                """.formatted(labels);
    }

    private ServiceResource<Service> till() {
        return cluster.admin().services().inNamespace("shop").withName("till");
    }

    private static Optional<Condition> waypointBound(@Nullable Service service) {
        return Optional.ofNullable(service).map(Service::getStatus).stream()
                .flatMap(status -> status.getConditions().stream())
                .filter(condition -> condition.getType().equals("istio.io/WaypointBound"))
                .findFirst();
    }

    @Test
    void conditionsOfOthersStay() {
        cluster.write("guard", policy("{from: [{source: {ipBlocks: [10.0.0.0/8]}}]}"));
        guard().subresource("status")
                .patch(
                        PatchContext.of(PatchType.JSON_MERGE),
                        "{\"status\":{\"conditions\":[{\"type\":\"Theirs\",\"status\":\"True\",\"reason\":\"x\"}]}}");

        statuses.leads();
        awaitCondition("ZtunnelAccepted", it -> !it.isMissingNode());

        assertThat(condition(guard().get(), "Theirs").path("reason").asText()).isEqualTo("x");
    }
}
