package dev.ambit.adapters.k8s.waypoint;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ambit.adapters.k8s.manifests.YamlObject;
import dev.ambit.adapters.k8s.waypoint.ObjectWriter.Outcome;
import dev.ambit.adapters.k8s.waypoint.WaypointPlan.Wanted;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** When an object is written, and when it is left alone, on a real API server with a clock of the test's. */
@Timeout(60)
class ObjectWriterTest {
    private static final ApiKind SERVICE = ApiKind.SERVICE;
    private static final String NAMESPACE = "object-writer";
    private static final GatewayObject GATEWAY = new GatewayObject(
            YamlObject.ours(TestWaypoints.gateway("shield", "namespace: " + NAMESPACE + ", uid: abc", ""))
                    .getFirst());

    private Instant now = Instant.EPOCH;
    private final TestWaypoints cluster = new TestWaypoints(TestWaypoints.server(), NAMESPACE);
    private final ObjectWriter writer = new ObjectWriter(cluster.admin(), () -> now);

    private static Wanted service(String name, int port) {
        return new Wanted(
                DeployedKind.SERVICE,
                YamlObject.ours("""
                        apiVersion: v1
                        kind: Service
                        metadata:
                          name: %s
                          namespace: %s
                          labels:
                            gateway.istio.io/managed: istio.io-mesh-controller
                            gateway.networking.k8s.io/gateway-name: shield
                        spec:
                          ports: [{name: mesh, port: %d, protocol: TCP, appProtocol: hbone}]
                        """.formatted(name, NAMESPACE, port)).getFirst());
    }

    private Outcome apply(Wanted wanted) {
        return writer.apply(wanted, GATEWAY, cluster.find(SERVICE, wanted.name()));
    }

    private void somebodyWrites(String name, String patch) {
        cluster.object(SERVICE, name).patch(PatchContext.of(PatchType.JSON_MERGE), patch);
    }

    @Test
    void whatIsAsItWasAfterItWasAppliedIsLeftAlone() {
        Optional<JsonNode> notThere = cluster.find(SERVICE, "quiet");
        Outcome first = apply(service("quiet", 15008));
        Outcome late = writer.apply(service("quiet", 15008), GATEWAY, notThere);
        Outcome again = apply(service("quiet", 15008));
        somebodyWrites("quiet", "{\"metadata\":{\"annotations\":{\"theirs\":\"x\"}}}");
        now = now.plusSeconds(10);
        JsonNode before = cluster.get(SERVICE, "quiet");
        Outcome afterTheirs = apply(service("quiet", 15008));

        assertThat(first).isEqualTo(new Outcome.Written());
        assertThat(late).as("a watch that is late").isEqualTo(new Outcome.Unchanged());
        assertThat(again).isEqualTo(new Outcome.Unchanged());
        assertThat(afterTheirs).isEqualTo(new Outcome.Unchanged());
        assertThat(cluster.get(SERVICE, "quiet")).as("nothing was written").isEqualTo(before);
    }

    @Test
    void whoWritesAgainAndAgainIsAnsweredEverMoreSeldom() {
        apply(service("fought", 15008));
        long pauseSeconds = 1;
        for (int round = 0; round < 4; round++) {
            cluster.object(SERVICE, "fought")
                    .patch(
                            PatchContext.of(PatchType.JSON),
                            "[{\"op\":\"replace\",\"path\":\"/spec/ports/0/appProtocol\",\"value\":\"theirs\"}]");
            assertThat(apply(service("fought", 15008))).isEqualTo(new Outcome.Later(now.plusSeconds(pauseSeconds)));
            now = now.plusSeconds(pauseSeconds);
            assertThat(apply(service("fought", 15008))).isEqualTo(new Outcome.Written());
            pauseSeconds *= 2;
        }
        assertThat(cluster.get(SERVICE, "fought")
                        .at("/spec/ports/0/appProtocol")
                        .asText())
                .isEqualTo("hbone");
    }

    @Test
    void whatIsWantedAnewIsWrittenAtOnce() {
        apply(service("changed", 15008));

        assertThat(apply(service("changed", 15009))).isEqualTo(new Outcome.Written());
    }

    @Test
    void whatWasDeletedIsWrittenAgain() {
        apply(service("gone", 15008));
        now = now.plusSeconds(10);
        cluster.object(SERVICE, "gone").delete();
        writer.forget(DeployedKind.SERVICE, new GatewayKey(NAMESPACE, "gone"));

        assertThat(apply(service("gone", 15008))).isEqualTo(new Outcome.Written());
    }

    @Test
    void aServiceOfAnotherGatewayIsOccupied() {
        cluster.write("""
                apiVersion: v1
                kind: Service
                metadata:
                  name: taken
                  labels:
                    gateway.istio.io/managed: istio.io-mesh-controller
                    gateway.networking.k8s.io/gateway-name: other
                spec: {ports: [{port: 1}]}
                """);

        assertThat(apply(service("taken", 15008))).isInstanceOf(Outcome.Occupied.class);
    }

    @Test
    void whatHasChangedSinceItWasSeenIsNotDeleted() {
        apply(service("kept", 15008));
        JsonNode seen = cluster.get(SERVICE, "kept");
        somebodyWrites("kept", "{\"metadata\":{\"annotations\":{\"theirs\":\"x\"}}}");

        writer.delete(DeployedKind.SERVICE, seen);
        boolean kept = cluster.find(SERVICE, "kept").isPresent();
        writer.delete(DeployedKind.SERVICE, cluster.get(SERVICE, "kept"));

        assertThat(kept).isTrue();
        assertThat(cluster.find(SERVICE, "kept")).isEmpty();
    }
}
