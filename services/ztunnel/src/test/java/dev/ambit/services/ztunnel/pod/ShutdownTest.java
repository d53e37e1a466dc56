package dev.ambit.services.ztunnel.pod;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.domain.workload.PodRef;
import dev.ambit.ports.podnetwork.FakeNetworkNamespace;
import dev.ambit.ports.telemetry.RecordingTelemetry;
import dev.ambit.ports.time.ManualScheduler;
import dev.ambit.ports.transport.RecordingDecisions;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class ShutdownTest {
    private static final Duration DEADLINE = Duration.ofSeconds(5);

    private final CompletableFuture<Void> unused = new CompletableFuture<>();
    private final FakeTransport transport = new FakeTransport();
    private final ServedPods pods = new ServedPods(
            transport,
            new RecordingDecisions(),
            _ -> unused,
            InetAddress.getLoopbackAddress(),
            new ManualScheduler(),
            new RecordingTelemetry());
    private final List<Integer> exits = new ArrayList<>();
    private final Shutdown shutdown = new Shutdown(pods, DEADLINE, Duration.ofHours(1), exits::add);

    @Test
    void exitsOnceNothingIsCarriedAnyMore() {
        var _ = pods.added(new PodRef("uid", "shop", "cart", "cart"), new FakeNetworkNamespace(7));
        assertThat(shutdown.isUnderWay()).isFalse();

        CompletableFuture<Void> done = shutdown.begin("SIGTERM").toCompletableFuture();
        assertThat(shutdown.isUnderWay()).isTrue();
        assertThat(transport.last().deadlines).containsExactly(DEADLINE);
        assertThat(done).isNotDone();
        assertThat(exits).isEmpty();
        transport.last().drained.complete(null);

        assertThat(done).isCompleted();
        assertThat(exits).containsExactly(0);
    }

    @Test
    void beginsOnlyOnce() {
        var first = shutdown.begin("SIGTERM");
        var second = shutdown.begin("quitquitquit");

        assertThat(first.toCompletableFuture()).isCompleted();
        assertThat(second.toCompletableFuture()).isCompleted();
        assertThat(exits).containsExactly(0);
    }

    @Test
    void exitsAlsoWhenDrainingFails() {
        var _ = pods.added(new PodRef("uid", "shop", "cart", "cart"), new FakeNetworkNamespace(7));
        var _ = shutdown.begin("SIGTERM");

        transport.last().drained.completeExceptionally(new IllegalStateException("broken"));

        assertThat(exits).containsExactly(0);
    }

    @Test
    void aProxyThatCannotGoOnSaysSoByItsStatus() {
        var _ = shutdown.fail("the node agent broke ZDS");

        assertThat(exits).containsExactly(1);
    }
}
