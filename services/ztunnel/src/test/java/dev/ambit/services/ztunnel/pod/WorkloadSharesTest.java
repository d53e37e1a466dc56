package dev.ambit.services.ztunnel.pod;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.domain.flow.FairShare;
import dev.ambit.domain.workload.PodRef;
import dev.ambit.ports.podnetwork.FakeNetworkNamespace;
import dev.ambit.ports.telemetry.RecordingTelemetry;
import dev.ambit.ports.telemetry.WorkloadGauge;
import dev.ambit.ports.time.ManualScheduler;
import dev.ambit.ports.transport.PodUsage;
import dev.ambit.ports.transport.RecordingDecisions;
import dev.ambit.services.ztunnel.flow.FairShares;
import java.net.InetAddress;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class WorkloadSharesTest {
    private static final PodRef CART = new PodRef("uid-cart", "shop", "cart", "cart");

    private final RecordingTelemetry telemetry = new RecordingTelemetry();
    private final FakeTransport transport = new FakeTransport();
    private final ServedPods pods = new ServedPods(
            transport,
            new RecordingDecisions(),
            _ -> CompletableFuture.<Void>completedFuture(null),
            InetAddress.getLoopbackAddress(),
            new ManualScheduler(),
            telemetry);
    private final WorkloadShares shares =
            new WorkloadShares(new FairShares(new FairShare(10, 20, 30, 40), () -> 0, telemetry), pods);

    @BeforeEach
    void register() {
        shares.register(telemetry);
    }

    private void serve(PodRef pod, PodUsage usage) {
        var _ = pods.added(pod, new FakeNetworkNamespace(pod.uid().hashCode()));
        transport.last().usage = usage;
    }

    @Test
    void aPodThatIsServedIsMeasuredWhateverItHolds() {
        serve(CART, new PodUsage(3, 4_096));

        assertThat(shares.of("shop", "cart")).hasValueSatisfying(share -> {
            assertThat(share.connections()).isEqualTo(new FairShares.Usage(CART, 0, 40, 0));
            assertThat(share.transport()).isEqualTo(new PodUsage(3, 4_096));
        });
        assertThat(telemetry.measured(WorkloadGauge.SOCKETS))
                .containsExactly(new WorkloadGauge.Reading("shop", "cart", 3));
        assertThat(telemetry.measured(WorkloadGauge.BUFFERED_BYTES))
                .containsExactly(new WorkloadGauge.Reading("shop", "cart", 4_096));
        assertThat(telemetry.measured(WorkloadGauge.TOKENS))
                .containsExactly(new WorkloadGauge.Reading("shop", "cart", 40));
        assertThat(shares.of("shop", "nobody")).isEmpty();
    }

    @Test
    void metricsNameABoundedNumberOfWorkloadsAndPutTheOthersTogether() {
        int more = 100;
        for (int i = 0; i < WorkloadShares.NAMED_MAX + more; i++) {
            serve(new PodRef("uid-" + i, "shop", "pod-" + i, "pod"), new PodUsage(2, 0));
        }

        assertThat(telemetry.measured(WorkloadGauge.SOCKETS))
                .hasSize(WorkloadShares.NAMED_MAX + 1)
                .contains(new WorkloadGauge.Reading("others", "others", 2L * more));
        assertThat(telemetry.measured(WorkloadGauge.TOKENS))
                .contains(new WorkloadGauge.Reading("others", "others", 40));
        assertThat(shares.all()).hasSize(WorkloadShares.NAMED_MAX + more);
    }
}
