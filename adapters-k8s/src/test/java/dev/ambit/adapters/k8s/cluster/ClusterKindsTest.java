package dev.ambit.adapters.k8s.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.adapters.k8s.reading.MeshKind;
import dev.ambit.adapters.k8s.translate.ObjectKey;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every kind that means something to the mesh is followed: an object appears, changes and goes. */
@Timeout(60)
class ClusterKindsTest {
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

    @ParameterizedTest
    @EnumSource(MeshKind.class)
    void anObjectAppearsChangesAndGoes(MeshKind kind) throws InterruptedException {
        ObjectKey key = Samples.key(kind);
        try (var mirror = new ClusterMirror(cluster.controlPlane(), Set.of(kind), "", "istio-system")) {
            mirror.start();

            cluster.write("sample", Samples.of(kind, "one"));
            HasMetadata first = await(mirror, key, found -> Samples.hasVersion(found, "one"))
                    .orElseThrow();
            cluster.write("sample", Samples.of(kind, "two"));
            await(mirror, key, found -> Samples.hasVersion(found, "two"));
            cluster.delete("sample");
            await(mirror, key, found -> !Samples.hasVersion(found, "two"));

            assertThat(first).isInstanceOf(kind.model());
            assertThat(first.getMetadata().getManagedFields()).isNullOrEmpty();
        }
    }

    private static Optional<HasMetadata> await(
            ClusterMirror mirror, ObjectKey key, Predicate<Optional<HasMetadata>> expected)
            throws InterruptedException {
        while (!expected.test(mirror.objects().object(key))) {
            mirror.awaitNews();
        }
        return mirror.objects().object(key);
    }
}
