package dev.ambit.adapters.k8s.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ambit.adapters.k8s.translate.DerivationOptions;
import dev.ambit.ports.telemetry.RecordingTelemetry;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import java.time.Clock;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a real API server takes of what is written on routes and ServiceEntries, with the rights that are shipped. */
@Timeout(120)
class ClusterRouteStatusTest {
    private final TestCluster cluster = TestCluster.shared();
    private final ClusterConnection connection = cluster.controlPlane();
    private final ClusterStatusWriter statuses =
            new ClusterStatusWriter(connection, Clock.systemUTC(), new RecordingTelemetry());
    private final ClusterConfigurationSource source =
            new ClusterConfigurationSource(connection, DerivationOptions.defaults(), statuses);

    /** Outside of any test, because the first start in a JVM takes seconds. */
    @BeforeAll
    static void server() {
        TestCluster.shared().close();
    }

    @BeforeEach
    void start() {
        source.start(new Deliveries());
        statuses.leads();
    }

    @AfterEach
    void close() {
        source.close();
        statuses.close();
        cluster.close();
    }

    private JsonNode await(String apiVersion, String kind, String name, Predicate<JsonNode> expected) {
        GenericKubernetesResource object = cluster.admin()
                .genericKubernetesResources(apiVersion, kind)
                .inNamespace("routes")
                .withName(name)
                .waitUntilCondition(it -> it != null && expected.test(status(it)), 30, TimeUnit.SECONDS);
        return status(object);
    }

    private static JsonNode status(GenericKubernetesResource object) {
        return new ObjectMapper().<JsonNode>valueToTree(object).path("status");
    }

    private static String route(String kind, String apiVersion, String backend) {
        return """
                apiVersion: gateway.networking.k8s.io/%s
                kind: %s
                metadata: {name: split, namespace: routes}
                spec:
                  parentRefs: [{group: '', kind: Service, name: cart, port: 80}]
                  %s
                  rules: [{backendRefs: [{name: %s, port: 80}]}]
                """.formatted(apiVersion, kind, kind.equals("TLSRoute") ? "hostnames: [cart.example]" : "", backend);
    }

    @Test
    void everyKindOfRouteIsToldAboutItsParents() {
        for (String name : new String[] {"cart", "v2"}) {
            cluster.write(name, """
                    apiVersion: v1
                    kind: Service
                    metadata: {name: %s, namespace: routes}
                    spec: {ports: [{port: 80}]}
                    """.formatted(name));
        }
        for (String kind : new String[] {"HTTPRoute", "GRPCRoute", "TCPRoute", "TLSRoute"}) {
            String version = kind.equals("TCPRoute") ? "v1alpha2" : "v1";
            cluster.write(kind, route(kind, version, "gone"));
            JsonNode parents = await(
                            "gateway.networking.k8s.io/" + version,
                            kind,
                            "split",
                            status -> !status.path("parents").isEmpty())
                    .path("parents");

            assertThat(parents).as(kind).hasSize(1);
            assertThat(parents.at("/0/parentRef/name").asText()).isEqualTo("cart");
            assertThat(parents.at("/0/conditions/0/reason").asText()).isEqualTo("NoWaypoint");
            assertThat(parents.at("/0/conditions/1/reason").asText()).isEqualTo("BackendNotFound");

            cluster.write(kind, route(kind, version, "v2"));
            JsonNode resolved = await(
                    "gateway.networking.k8s.io/" + version,
                    kind,
                    "split",
                    status ->
                            status.at("/parents/0/conditions/1/status").asText().equals("True"));
            assertThat(resolved.at("/parents/0/conditions/1/observedGeneration").asLong())
                    .isEqualTo(2);
        }
    }

    private static String entry(String name, String more) {
        return """
                apiVersion: networking.istio.io/v1
                kind: ServiceEntry
                metadata: {name: %s, namespace: routes}
                spec: {hosts: [disputed.example], ports: [{number: 443, name: tls, protocol: TLS}], resolution: DNS%s}
                """.formatted(name, more);
    }

    private static JsonNode problems(JsonNode status) {
        for (JsonNode condition : status.path("conditions")) {
            if (condition.path("type").asText().equals("ambit.dev/Accepted")) {
                return condition;
            }
        }
        return status.path("none");
    }

    @Test
    void whatIsWrongWithAnEntryIsSaidAndTakenBack() {
        cluster.write("first", entry("first", ", exportTo: ['.']"));
        JsonNode ineffective = problems(await(
                "networking.istio.io/v1",
                "ServiceEntry",
                "first",
                status -> problems(status).path("reason").asText().equals("UnsupportedValue")));
        cluster.write("second", entry("second", ""));
        JsonNode conflict = problems(await(
                "networking.istio.io/v1",
                "ServiceEntry",
                "second",
                status -> problems(status).path("reason").asText().equals("Conflicted")));
        cluster.delete("first");
        await(
                "networking.istio.io/v1",
                "ServiceEntry",
                "second",
                status -> problems(status).isMissingNode());

        assertThat(ineffective.path("status").asText()).isEqualTo("True");
        assertThat(ineffective.path("message").asText()).contains("exportTo");
        assertThat(conflict.path("status").asText()).isEqualTo("False");
        assertThat(conflict.path("message").asText()).contains("disputed.example", "ServiceEntry routes/first");
    }

    @Test
    void anEntryKeepsTheAddressThatItWasGiven() {
        cluster.write("away", """
                apiVersion: networking.istio.io/v1
                kind: ServiceEntry
                metadata: {name: away, namespace: routes}
                spec: {hosts: [away.example], ports: [{number: 443, name: tls, protocol: TLS}], resolution: DNS}
                """);

        JsonNode addresses = await(
                        "networking.istio.io/v1",
                        "ServiceEntry",
                        "away",
                        status -> !status.path("addresses").isEmpty())
                .path("addresses");

        assertThat(addresses)
                .hasSize(2)
                .allSatisfy(address -> assertThat(address.path("host").asText()).isEqualTo("away.example"));
        assertThat(addresses.at("/0/value").asText()).startsWith("240.240.");
    }
}
