package dev.ambit.services.controlplane;

import static dev.ambit.services.controlplane.ClusterContext.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.adapters.k8s.cluster.LeaseLeadership;
import dev.ambit.services.controlplane.issuing.AuthorityUpkeep;
import dev.ambit.services.controlplane.issuing.MeshAuthority;
import io.micronaut.context.ApplicationContext;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two replicas of the control plane on one API server that has no root yet. */
@Timeout(120)
class ClusterReplicasTest {
    @TempDir
    private Path folder;

    @BeforeEach
    void withoutARoot() {
        ClusterContext.prepare()
                .secrets()
                .inNamespace("istio-system")
                .withName("istio-ca-secret")
                .delete();
    }

    private ApplicationContext replica(String name) {
        return ClusterContext.start(folder.resolve(name), Map.of("POD_NAME", name, "CA_ROTATION_SETTLE", "1h"));
    }

    private static String roots(ApplicationContext context) {
        return context.getBean(MeshAuthority.class).authority().trustBundle().rootsPem();
    }

    private static long count(String roots) {
        return roots.lines().filter(line -> line.contains("BEGIN CERTIFICATE")).count();
    }

    @Test
    void whoStartAtOnceShareARootAndItsReplacementAndOneLeads() {
        List<CompletableFuture<ApplicationContext>> starting = Stream.of("istiod-0", "istiod-1")
                .map(name -> CompletableFuture.supplyAsync(() -> replica(name)))
                .toList();
        try (var one = starting.getFirst().join();
                var other = starting.getLast().join()) {
            assertThat(roots(one)).isEqualTo(roots(other));
            assertThat(count(roots(one))).isOne();

            assertThat(one.getBean(AuthorityUpkeep.class).rotate()).contains("distributing");
            await(() -> count(roots(other)) == 2);
            assertThat(roots(other)).isEqualTo(roots(one));
            assertThat(other.getBean(AuthorityUpkeep.class).abort()).contains("steady");
            await(() -> count(roots(one)) == 1);
            assertThat(roots(one)).isEqualTo(roots(other));

            await(() -> Stream.of(one, other)
                            .filter(each -> each.getBean(LeaseLeadership.class).isLeading())
                            .count()
                    == 1);
        }
    }
}
