package dev.ambit.adapters.k8s.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.adapters.k8s.translate.DerivationOptions;
import dev.ambit.ports.telemetry.RecordingTelemetry;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Two replicas; the one that writes statuses is killed. */
@Timeout(120)
class ClusterTakeoverTest {
    private final TestCluster cluster = TestCluster.shared();

    @BeforeAll
    static void server() {
        TestCluster.shared().close();
    }

    @AfterEach
    void close() {
        cluster.close();
        cluster.admin().leases().inNamespace("istio-system").delete();
    }

    private final class Replica {
        private final ClusterConnection connection = cluster.controlPlane();
        private final LeaseLeadership leadership;

        Replica(String identity) {
            var statuses = new ClusterStatusWriter(connection, Clock.systemUTC(), new RecordingTelemetry());
            var source = new ClusterConfigurationSource(connection, DerivationOptions.defaults(), statuses);
            var terms =
                    new LeaseTerms("istio-system", "takeover", identity, Duration.ofSeconds(3), Duration.ofMillis(300));
            leadership = new LeaseLeadership(connection, terms, statuses);
            cluster.closeLater(statuses);
            cluster.closeLater(source);
            cluster.closeLater(leadership);
            source.start(new Deliveries());
            leadership.start();
        }
    }

    private static String policy(String name) {
        return """
                apiVersion: security.istio.io/v1
                kind: AuthorizationPolicy
                metadata: {name: %s, namespace: takeover}
                spec: {rules: [{from: [{source: {ipBlocks: [10.0.0.0/8]}}]}]}
                """.formatted(name);
    }

    private void awaitStatus(String name) {
        cluster.admin()
                .genericKubernetesResources("security.istio.io/v1", "AuthorizationPolicy")
                .inNamespace("takeover")
                .withName(name)
                .waitUntilCondition(ClusterTakeoverTest::hasStatus, 30, TimeUnit.SECONDS);
    }

    private static boolean hasStatus(GenericKubernetesResource object) {
        return object.getAdditionalProperties().get("status") instanceof Map<?, ?> status
                && status.get("conditions") instanceof List<?> conditions
                && !conditions.isEmpty();
    }

    @Test
    void theOtherReplicaGoesOnWhereTheKilledOneStopped() {
        var first = new Replica("first");
        cluster.write("one", policy("one"));
        awaitStatus("one");
        var second = new Replica("second");
        assertThat(first.leadership.isLeading()).isTrue();
        assertThat(second.leadership.isLeading()).isFalse();

        // No more news, no more renewals, and no chance to give the lease back.
        first.connection.close();
        cluster.write("two", policy("two"));
        awaitStatus("two");

        assertThat(second.leadership.isLeading()).isTrue();
        assertThat(first.leadership.isLeading()).isFalse();
    }
}
