package dev.ambit.adapters.k8s.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ambit.adapters.k8s.reading.MeshKind;
import dev.ambit.adapters.k8s.translate.ObjectKey;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whoever follows a mirror hears of what changed, and of nothing else. */
@Timeout(60)
class ClusterMirrorTest {
    private static final int MANY = 40;
    private static final ObjectKey GUARD = new ObjectKey("AuthorizationPolicy", "shop", "guard");

    private final TestCluster cluster = TestCluster.shared();

    /** Outside of any test, because the first start in a JVM takes seconds. */
    @BeforeAll
    static void server() {
        TestCluster.shared().close();
    }

    @AfterEach
    void close() {
        cluster.close();
    }

    private static String pod(int i, String version) {
        return """
                apiVersion: v1
                kind: Pod
                metadata: {name: pod-%d, namespace: mirror, labels: {version: %s}}
                spec: {nodeName: node-a}
                """.formatted(i, version);
    }

    @Test
    void oneChangeOnTheServerIsOneChangeHere() throws InterruptedException {
        for (int i = 0; i < MANY; i++) {
            cluster.write("pod-" + i, pod(i, "one"));
        }
        try (var mirror = new ClusterMirror(cluster.controlPlane(), Set.of(MeshKind.POD), "", "istio-system")) {
            mirror.start();
            int first = 0;
            boolean complete = false;
            while (!complete) {
                var standing = mirror.awaitNews().orElseThrow();
                first += standing.changes().size();
                complete = standing.complete();
            }

            cluster.write("pod-7", pod(7, "two"));
            List<ObjectChange> changes = List.of();
            while (changes.isEmpty()) {
                changes = mirror.awaitNews().orElseThrow().changes();
            }

            assertThat(first).isGreaterThanOrEqualTo(MANY);
            assertThat(changes).singleElement().isInstanceOfSatisfying(ObjectChange.Put.class, put -> {
                assertThat(put.key()).isEqualTo(new ObjectKey("Pod", "mirror", "pod-7"));
                assertThat(put.object().getMetadata().getLabels()).containsEntry("version", "two");
            });
        }
    }

    private static Pod plain(String name, String ip) {
        return new PodBuilder()
                .withNewMetadata()
                .withNamespace("shop")
                .withName(name)
                .endMetadata()
                .withNewStatus()
                .withPodIP(ip)
                .endStatus()
                .build();
    }

    @Test
    void ofSeveralChangesTheLastCountsAndTheLastSoundVersionStays() {
        var objects = new ClusterObjects("istio-system");
        var key = new ObjectKey("Pod", "shop", "cart");
        objects.put(plain("cart", "10.0.0.1"));
        HasMetadata sound = plain("cart", "10.0.0.2");
        objects.put(sound);
        objects.put(plain("cart", "not an address"));

        assertThat(objects.changes()).containsExactly(new ObjectChange.Put(key, sound));
        assertThat(objects.problems(key)).hasSize(1);
        assertThat(objects.changes()).isEmpty();

        objects.remove(key);
        objects.put(plain("cart", "not an address either"));
        assertThat(objects.changes())
                .as("its namesake's last sound version is not its own")
                .containsExactly(new ObjectChange.Removed(key), new ObjectChange.Unusable(key, null));
        objects.remove(key);
        assertThat(objects.changes()).containsExactly(new ObjectChange.Removed(key));
        assertThat(objects.problems()).isEmpty();
    }

    @Test
    void aPolicyThatNeverWasSoundIsClosedAndGoesWithItsDefinition() {
        var objects = new ClusterObjects("istio-system");
        objects.put(MeshKind.AUTHORIZATION_POLICY, json("""
                {"apiVersion": "security.istio.io/v1", "kind": "AuthorizationPolicy",
                 "metadata": {"name": "guard", "namespace": "shop"}, "spec": {"action": "FORBID"}}
                """));
        assertThat(objects.changes()).singleElement().isInstanceOfSatisfying(ObjectChange.Unusable.class, unusable -> {
            assertThat(unusable.key()).isEqualTo(GUARD);
            assertThat(unusable.closed()).isNotNull();
        });

        objects.removeAll(MeshKind.AUTHORIZATION_POLICY);
        assertThat(objects.changes()).containsExactly(new ObjectChange.Removed(GUARD));
    }

    private static JsonNode json(String text) {
        try {
            return new ObjectMapper().readTree(text);
        } catch (JsonProcessingException broken) {
            throw new UncheckedIOException(broken);
        }
    }
}
