package dev.ambit.adapters.xds.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.adapters.xds.channel.TestServer;
import dev.ambit.adapters.xds.wire.TypeUrl;
import dev.ambit.domain.address.IpAddress;
import dev.ambit.domain.view.MeshChange;
import dev.ambit.domain.workload.Workload;
import dev.ambit.domain.workload.WorkloadUid;
import dev.ambit.ports.discovery.FakeMeshFeed;
import dev.ambit.ports.discovery.RecordingDiscoveryListener;
import dev.ambit.ports.telemetry.Counter;
import dev.ambit.ports.telemetry.Meter;
import dev.ambit.ports.telemetry.RecordingTelemetry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A connection that has grown old is ended by the control plane, and the node proxy comes back. */
@Timeout(60)
class RecycledConnectionTest {

    private static MeshChange upserted(int number, String ip) {
        String name = "pod-" + number;
        return new MeshChange.WorkloadUpserted(Workload.builder(new WorkloadUid(name), "shop", name)
                .addresses(List.of(IpAddress.of(ip)))
                .build());
    }

    private static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("in time").isLessThan(deadline);
            LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
        }
    }

    @Test
    void itComesBackAndIsToldOnlyWhatChanged(@TempDir Path directory) {
        int pods = 500;
        var feed = new FakeMeshFeed();
        var everything = new ArrayList<MeshChange>();
        for (int i = 0; i < pods; i++) {
            everything.add(upserted(i, "10.0.0.1"));
        }
        feed.publish(everything);
        var telemetry = new RecordingTelemetry();
        var listener = new RecordingDiscoveryListener();
        try (var service = new DeltaDiscoveryService(
                        feed,
                        DeltaDiscoveryService.Callers.byToken(TestMesh.authentication()),
                        Meter.none(),
                        TestMesh.AT_ONCE);
                var server = new TestServer(TestMesh.ROOT, "localhost", directory)) {
            server.startRecycling(Duration.ofSeconds(1), Duration.ofMillis(200), service);
            var options = new XdsClientOptions(
                    server.address(TestMesh.ROOT, TestMesh.TOKEN, Optional.empty()),
                    TestMesh.NODE,
                    4 << 20,
                    Duration.ofMillis(10),
                    Duration.ofMillis(200));
            try (var client = new XdsMeshDiscovery(options, telemetry)) {
                client.start(listener);
                listener.awaitChange(everything.getLast());
                await(() -> !service.subscribers().isEmpty());
                Instant before = service.subscribers().getFirst().connectedAt();
                double bytes = telemetry.counted(Counter.XDS_MESSAGE_BYTES, TypeUrl.ADDRESS);
                assertThat(bytes).as("everything, once").isGreaterThan(pods * 20);

                await(() -> service.subscribers().stream()
                        .anyMatch(each -> each.connectedAt().isAfter(before)));
                feed.publish(upserted(7, "10.0.0.2"));
                listener.awaitChange(upserted(7, "10.0.0.2"));

                assertThat(telemetry.counted(Counter.XDS_MESSAGE_BYTES, TypeUrl.ADDRESS) - bytes)
                        .as("after coming back")
                        .isLessThan(bytes / 50);
                assertThat(telemetry.counted(Counter.XDS_TERMINATIONS, "Reconnect"))
                        .as("ended after it was useful, which is no error")
                        .isPositive();
                assertThat(listener.changes()).as("nothing is told twice").hasSize(pods + 1);
            }
        }
    }
}
