package dev.ambit.adapters.k8s.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.adapters.k8s.reading.MeshKind;
import dev.ambit.adapters.k8s.translate.ObjectKey;
import dev.ambit.systemtests.cluster.ApiServer;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Every kind at once, through everything that an API server does to whoever follows it. */
@Timeout(180)
class ClusterEveryKindTest {
    @SuppressWarnings("NullAway.Init")
    private static ApiServer server;

    /** Without the definitions of custom kinds. */
    @BeforeAll
    static void start() {
        server = ApiServer.start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static List<MeshKind> outstanding(ClusterMirror mirror, Predicate<Optional<HasMetadata>> expected) {
        return Arrays.stream(MeshKind.values())
                .filter(kind -> !expected.test(mirror.objects().object(Samples.key(kind))))
                .toList();
    }

    private static void await(ClusterMirror mirror, Predicate<Optional<HasMetadata>> expected)
            throws InterruptedException {
        while (!outstanding(mirror, expected).isEmpty()) {
            mirror.awaitNews();
        }
    }

    @Test
    void isFollowedFromItsInstallationThroughRestartsAndWhatWasForgotten() throws InterruptedException {
        try (var cluster = TestCluster.of(server);
                var mirror = new ClusterMirror(
                        cluster.controlPlane(Duration.ofSeconds(2)),
                        EnumSet.allOf(MeshKind.class),
                        "",
                        "istio-system")) {
            mirror.start();
            boolean complete = false;
            while (!complete) {
                complete = mirror.awaitNews().orElseThrow().complete();
            }

            server.installCrds();
            for (MeshKind kind : MeshKind.values()) {
                cluster.write(kind.kind(), Samples.of(kind, "one"));
            }
            await(mirror, found -> Samples.hasVersion(found, "one"));

            server.stopServer();
            server.startAgain();
            for (MeshKind kind : MeshKind.values()) {
                cluster.write(kind.kind(), Samples.of(kind, "two"));
            }
            await(mirror, found -> Samples.hasVersion(found, "two"));

            // What is deleted while nobody watches, and forgotten before anybody does again.
            server.stopServer();
            server.startAgain();
            for (MeshKind kind : MeshKind.values()) {
                cluster.delete(kind.kind());
            }
            server.compact();
            server.stopServer();
            server.startAgain();
            await(mirror, found -> !Samples.hasVersion(found, "two"));

            assertThat(mirror.pending()).isEmpty();
            assertThat(mirror.objects().object(new ObjectKey("Pod", "kinds", "sample")))
                    .isEmpty();
        }
    }
}
