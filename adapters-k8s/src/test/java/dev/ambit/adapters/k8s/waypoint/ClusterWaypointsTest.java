package dev.ambit.adapters.k8s.waypoint;

import static dev.ambit.adapters.k8s.waypoint.TestWaypoints.condition;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ambit.adapters.k8s.cluster.ClusterConnection;
import dev.ambit.ports.telemetry.Meter;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Clock;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Waypoints of a real API server, with the rights that we ship. There is no node, so tests say which pods are ready. */
@Timeout(120)
class ClusterWaypointsTest {
    private static final AtomicInteger TESTS = new AtomicInteger();
    private static final ApiKind DEPLOYMENT = DeployedKind.DEPLOYMENT.api();
    private static final ApiKind ACCOUNT = DeployedKind.SERVICE_ACCOUNT.api();
    private static final PatchContext MERGE = PatchContext.of(PatchType.JSON_MERGE);

    private final String namespace = "waypoints-" + TESTS.incrementAndGet();
    private final TestWaypoints cluster = new TestWaypoints(TestWaypoints.server(), namespace);
    private final ClusterConnection connection = cluster.controlPlane();
    private final ClusterWaypoints waypoints = waypoints(connection);

    private static ClusterWaypoints waypoints(ClusterConnection connection) {
        return new ClusterWaypoints(connection, TestWaypoints.OPTIONS, Meter.none(), Clock.systemUTC());
    }

    @BeforeAll
    static void kinds() {
        TestWaypoints.server().installCrds();
    }

    @BeforeEach
    void lead() {
        waypoints.leads();
    }

    @AfterEach
    void close() {
        waypoints.close();
        cluster.admin()
                .genericKubernetesResources(ApiKind.GATEWAY.context())
                .inNamespace(namespace)
                .delete();
        connection.close();
    }

    @Test
    void aGatewayBecomesAWaypointThatIsReachedOnceAPodIsReady() {
        cluster.waypoint("shield", "", "");

        JsonNode waiting = cluster.awaitGateway("shield", "Programmed", "False");
        cluster.ready("shield");
        JsonNode programmed = cluster.awaitGateway("shield", "Programmed", "True");
        JsonNode gateway = cluster.get(ApiKind.GATEWAY, "shield");
        JsonNode service = cluster.get(ApiKind.SERVICE, "shield");
        JsonNode deployment = cluster.get(DEPLOYMENT, "shield");
        JsonNode account = cluster.get(ACCOUNT, "shield");

        assertThat(waiting.path("reason").asText()).isEqualTo("AddressNotAssigned");
        assertThat(programmed.path("observedGeneration").asLong()).isEqualTo(1);
        assertThat(condition(gateway, "Accepted").path("status").asText()).isEqualTo("True");
        assertThat(gateway.path("status")
                        .path("addresses")
                        .valueStream()
                        .map(each -> each.path("value").asText()))
                .containsExactly(
                        service.path("spec").path("clusterIP").asText(), "shield." + namespace + ".svc.cluster.local");
        assertThat(Stream.of(service, deployment, account)).allSatisfy(object -> {
            JsonNode metadata = object.path("metadata");
            assertThat(metadata.path("ownerReferences").path(0).path("uid"))
                    .isEqualTo(gateway.path("metadata").path("uid"));
            assertThat(metadata.path("labels").path("gateway.istio.io/managed").asText())
                    .isEqualTo("istio.io-mesh-controller");
            assertThat(metadata.path("managedFields").path(0).path("manager").asText())
                    .isEqualTo("istio.io/gateway-controller");
        });
        assertThat(cluster.find(DeployedKind.AUTOSCALER.api(), "shield")).isEmpty();
    }

    @Test
    void classesAreCreatedAcceptedAndCreatedAgain() {
        cluster.await(ApiKind.GATEWAY_CLASS, "istio-remote", _ -> true);
        JsonNode first = cluster.await(
                ApiKind.GATEWAY_CLASS,
                "istio-waypoint",
                it -> condition(it, "Accepted").path("status").asText().equals("True"));
        cluster.object(ApiKind.GATEWAY_CLASS, "istio-waypoint").delete();
        JsonNode second = cluster.await(
                ApiKind.GATEWAY_CLASS,
                "istio-waypoint",
                it -> !it.path("metadata")
                        .path("uid")
                        .equals(first.path("metadata").path("uid")));

        assertThat(second.path("spec").path("controllerName").asText()).isEqualTo("istio.io/mesh-controller");
    }

    @Test
    void whatSomebodyChangesIsPutRightAndWhatIsDeletedComesBack() {
        cluster.waypoint("shield", "", "");
        JsonNode before = cluster.await(DEPLOYMENT, "shield", _ -> true);
        cluster.awaitGateway("shield", "Programmed", "False");
        String image = "/spec/template/spec/containers/0/image";

        cluster.object(DEPLOYMENT, "shield")
                .patch(
                        PatchContext.of(PatchType.JSON),
                        "[{\"op\":\"replace\",\"path\":\"" + image + "\",\"value\":\"evil\"}]");
        cluster.await(DEPLOYMENT, "shield", it -> it.at(image).equals(before.at(image)));
        cluster.object(ApiKind.SERVICE, "shield").delete();
        cluster.await(ApiKind.SERVICE, "shield", _ -> true);
    }

    @Test
    void theNextLeaderWritesNothingIntoWhatIsRightAndOthersKeepTheirFields() {
        cluster.waypoint("shield", "", "");
        cluster.awaitGateway("shield", "Programmed", "False");
        waypoints.leadsNoMore();
        cluster.object(DEPLOYMENT, "shield").patch(MERGE, "{\"spec\":{\"replicas\":3}}");
        JsonNode before = cluster.get(DEPLOYMENT, "shield");
        JsonNode gateway = cluster.get(ApiKind.GATEWAY, "shield");

        waypoints.leads();
        cluster.waypoint("other", "", "");
        cluster.awaitGateway("other", "Programmed", "False");
        cluster.waypoint("second", "", "");
        cluster.awaitGateway("second", "Programmed", "False");

        assertThat(cluster.get(DEPLOYMENT, "shield")).isEqualTo(before);
        assertThat(cluster.get(ApiKind.GATEWAY, "shield")).isEqualTo(gateway);
    }

    @Test
    void whoDoesNotLeadDeploysNothing() {
        waypoints.leadsNoMore();
        cluster.waypoint("shield", "", "");
        JsonNode untouched = cluster.get(ApiKind.GATEWAY, "shield");
        waypoints.leads();
        cluster.awaitGateway("shield", "Programmed", "False");

        assertThat(condition(untouched, "Accepted").path("reason").asText()).isEqualTo("Pending");
    }

    @Test
    void parametersChangeWhatIsDeployedAndAskForAnAutoscalerUntilTheyDoNot() {
        cluster.waypoint("shield", "", "infrastructure: {parametersRef: {group: \"\", kind: ConfigMap, name: more}}");
        JsonNode refused = cluster.awaitGateway("shield", "Accepted", "False");
        cluster.write("""
                apiVersion: v1
                kind: ConfigMap
                metadata: {name: more}
                data:
                  deployment: |
                    spec: {replicas: 4, template: {spec: {containers: [{name: istio-proxy, env: [{name: EXTRA, value: "1"}]}]}}}
                  horizontalPodAutoscaler: |
                    spec: {minReplicas: 2, maxReplicas: 7}
                """);
        cluster.awaitGateway("shield", "Accepted", "True");
        JsonNode deployment = cluster.await(DEPLOYMENT, "shield", _ -> true);
        JsonNode autoscaler = cluster.await(DeployedKind.AUTOSCALER.api(), "shield", _ -> true);
        cluster.object(ApiKind.CONFIG_MAP, "more").delete();
        cluster.parameters("{}");
        cluster.awaitGone(DeployedKind.AUTOSCALER.api(), "shield");

        assertThat(refused.path("reason").asText()).isEqualTo("InvalidParameters");
        assertThat(refused.path("message").asText()).contains("'more'");
        assertThat(deployment.path("spec").path("replicas").asInt()).isEqualTo(4);
        assertThat(deployment
                        .at("/spec/template/spec/containers/0/env")
                        .valueStream()
                        .map(each -> each.path("name").asText()))
                .contains("POD_NAME", "EXTRA");
        assertThat(autoscaler.path("spec").path("maxReplicas").asInt()).isEqualTo(7);
    }

    @Test
    void aBrokenOverlayIsReportedOnItsGatewayAloneAndWhatWasDeployedStays() {
        cluster.waypoint("hurt", "", "infrastructure: {parametersRef: {group: \"\", kind: ConfigMap, name: more}}");
        cluster.parameters("{}");
        cluster.awaitGateway("hurt", "Accepted", "True");
        JsonNode before = cluster.await(DEPLOYMENT, "hurt", _ -> true);

        cluster.parameters("{deployment: 'metadata: {name: other}'}");
        JsonNode accepted = cluster.awaitGateway("hurt", "Accepted", "False");
        cluster.waypoint("fine", "", "");
        cluster.awaitGateway("fine", "Accepted", "True");

        assertThat(accepted.path("message").asText()).contains("ConfigMap " + namespace + "/more", "metadata.name");
        assertThat(cluster.get(DEPLOYMENT, "hurt")).isEqualTo(before);
    }

    @Test
    void whatTheApiServerRefusesIsReportedAndTriedAgainWhenItChanges() {
        cluster.waypoint("shield", "", "infrastructure: {parametersRef: {group: \"\", kind: ConfigMap, name: more}}");
        cluster.parameters("{deployment: 'spec: {replicas: -1}'}");
        JsonNode refused = cluster.awaitGateway("shield", "Programmed", "False");
        cluster.parameters("{deployment: 'spec: {replicas: 1}'}");
        cluster.await(
                DEPLOYMENT, "shield", it -> it.path("spec").path("replicas").asInt() == 1);

        assertThat(refused.path("message").asText()).isNotEmpty();
    }

    @Test
    void somebodyElsesServiceIsNotTakenOver() {
        cluster.write("""
                apiVersion: v1
                kind: Service
                metadata: {name: shield}
                spec: {selector: {app: till}, ports: [{port: 80}]}
                """);
        cluster.waypoint("shield", "", "");

        JsonNode programmed = cluster.awaitGateway("shield", "Programmed", "False");

        assertThat(programmed.path("message").asText()).contains("Service shield is there");
        assertThat(cluster.get(ApiKind.SERVICE, "shield")
                        .at("/spec/selector/app")
                        .asText())
                .isEqualTo("till");
    }

    @Test
    void anotherClassMeansThatWhatWasDeployedGoes() {
        cluster.write("""
                apiVersion: gateway.networking.k8s.io/v1
                kind: GatewayClass
                metadata: {name: foreign}
                spec: {controllerName: example.com/gateways}
                """);
        cluster.waypoint("shield", "", "");
        cluster.awaitGateway("shield", "Programmed", "False");

        cluster.waypoint("shield", "", "gatewayClassName: foreign");

        cluster.awaitGone(DEPLOYMENT, "shield");
        cluster.awaitGone(ApiKind.SERVICE, "shield");
        cluster.awaitGone(ACCOUNT, "shield");
        cluster.object(ApiKind.GATEWAY_CLASS, "foreign").delete();
    }

    @Test
    void anotherNameMovesTheWaypoint() {
        cluster.waypoint("shield", "", "");
        cluster.await(ApiKind.SERVICE, "shield", _ -> true);

        cluster.waypoint("shield", "annotations: {gateway.istio.io/name-override: wall}", "");

        cluster.await(DEPLOYMENT, "wall", _ -> true);
        cluster.awaitGone(DEPLOYMENT, "shield");
    }

    @Test
    void gatewaysOfOtherRevisionsAndVersionsAreLeftAlone() {
        cluster.waypoint("canary", "labels: {istio.io/rev: next}", "");
        cluster.waypoint("newer", "annotations: {gateway.istio.io/controller-version: \"6\"}", "");
        cluster.waypoint("own", "labels: {istio.io/rev: default}", "");
        cluster.awaitGateway("own", "Programmed", "False");

        assertThat(cluster.find(DEPLOYMENT, "canary")).isEmpty();
        assertThat(cluster.find(DEPLOYMENT, "newer")).isEmpty();
    }

    @Test
    void aTagOfOurRevisionIsOurs() {
        cluster.waypoint("tagged", "labels: {istio.io/rev: stable}", "");
        cluster.write("""
                apiVersion: v1
                kind: Service
                metadata:
                  name: istiod-revision-tag-stable
                  namespace: istio-system
                  labels: {istio.io/rev: default, istio.io/tag: stable}
                spec: {ports: [{port: 15012}]}
                """);

        cluster.awaitGateway("tagged", "Programmed", "False");

        cluster.admin()
                .services()
                .inNamespace("istio-system")
                .withName("istiod-revision-tag-stable")
                .delete();
    }

    @Test
    void aGatewayThatNamesItsServiceIsReachedThere() {
        cluster.write("""
                apiVersion: v1
                kind: Service
                metadata: {name: hand-made}
                spec: {selector: {app: wall}, ports: [{port: 15008}]}
                """);
        cluster.ready("hand-made");
        cluster.waypoint("shield", "", "addresses: [{type: Hostname, value: hand-made}]");

        cluster.awaitGateway("shield", "Programmed", "True");

        assertThat(cluster.find(DEPLOYMENT, "shield")).isEmpty();
        assertThat(cluster.get(ApiKind.GATEWAY, "shield")
                        .at("/status/addresses/1/value")
                        .asText())
                .isEqualTo("hand-made." + namespace + ".svc.cluster.local");
    }

    @Test
    void theWayIntoAnotherNetworkHasTheAddressesThatItsAuthorWrote() {
        cluster.waypoint(
                "east", "", "gatewayClassName: istio-remote\n  addresses: [{type: IPAddress, value: 192.0.2.7}]");

        cluster.awaitGateway("east", "Programmed", "True");

        assertThat(cluster.get(ApiKind.GATEWAY, "east")
                        .at("/status/addresses/0/value")
                        .asText())
                .isEqualTo("192.0.2.7");
        assertThat(cluster.find(DEPLOYMENT, "east")).isEmpty();
    }

    @Test
    void defaultsOfTheClassComeFirst() {
        cluster.write("""
                apiVersion: v1
                kind: ConfigMap
                metadata:
                  name: waypoint-defaults
                  namespace: istio-system
                  labels: {gateway.istio.io/defaults-for-class: istio-waypoint}
                data:
                  deployment: "spec: {replicas: 2, minReadySeconds: 3}"
                """);
        cluster.parameters("{deployment: 'spec: {replicas: 5}'}");
        cluster.waypoint("shield", "", "infrastructure: {parametersRef: {group: \"\", kind: ConfigMap, name: more}}");

        JsonNode deployment = cluster.await(
                DEPLOYMENT, "shield", it -> it.path("spec").path("replicas").asInt() == 5);
        cluster.admin()
                .configMaps()
                .inNamespace("istio-system")
                .withName("waypoint-defaults")
                .delete();
        JsonNode without = cluster.await(
                DEPLOYMENT,
                "shield",
                it -> it.path("spec").path("minReadySeconds").asInt() == 0);

        assertThat(deployment.path("spec").path("minReadySeconds").asInt()).isEqualTo(3);
        assertThat(without.path("spec").path("replicas").asInt()).isEqualTo(5);
    }
}
