package dev.ambit.adapters.xds.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.adapters.xds.channel.TestCertificates;
import dev.ambit.adapters.xds.channel.TestServer;
import dev.ambit.adapters.xds.proto.discovery.DeltaDiscoveryRequest;
import dev.ambit.adapters.xds.proto.discovery.DeltaDiscoveryResponse;
import dev.ambit.adapters.xds.proto.discovery.Resource;
import dev.ambit.adapters.xds.wire.ResourceEncoder;
import dev.ambit.adapters.xds.wire.TypeUrl;
import dev.ambit.domain.view.MeshChange;
import dev.ambit.domain.workload.Workload;
import dev.ambit.domain.workload.WorkloadUid;
import dev.ambit.ports.discovery.RecordingDiscoveryListener;
import dev.ambit.ports.discovery.RecordingDiscoveryListener.Event;
import dev.ambit.ports.telemetry.Counter;
import dev.ambit.ports.telemetry.RecordingTelemetry;
import io.grpc.Status;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The control plane is away for an hour that a test does not have to wait for. */
@Timeout(120)
class ControlPlaneAwayTest {
    private static final TestCertificates ROOT = new TestCertificates("mesh");
    private static final Duration HOUR = Duration.ofHours(1);

    @Test
    void nothingIsForgottenAndLittleIsTriedAndSaid(@TempDir Path directory) {
        var script = new ScriptedServer();
        var listener = new RecordingDiscoveryListener();
        var telemetry = new RecordingTelemetry();
        var passed = new AtomicReference<>(Duration.ZERO);
        var attempts = new AtomicInteger();
        Workload workload = Workload.builder(new WorkloadUid("a"), "shop", "a").build();
        Resource sent = ResourceEncoder.address(workload);
        try (var server = new TestServer(ROOT, "localhost", directory)) {
            server.start(script);
            var options = new XdsClientOptions(
                    server.address(ROOT, "token", Optional.empty()),
                    TestMesh.NODE,
                    4 << 20,
                    Duration.ofMillis(10),
                    Duration.ofSeconds(15));
            XdsMeshDiscovery.Pause pause = (closed, wait) -> {
                attempts.incrementAndGet();
                if (passed.accumulateAndGet(wait, Duration::plus).compareTo(HOUR) >= 0 && attempts.get() > 1) {
                    passed.set(Duration.ZERO);
                    server.start(script);
                }
                return closed.getCount() == 0;
            };
            try (var client = new XdsMeshDiscovery(options, telemetry, pause)) {
                client.start(listener);
                script.stream()
                        .onNext(DeltaDiscoveryResponse.newBuilder()
                                .setTypeUrl(TypeUrl.ADDRESS)
                                .setNonce("1")
                                .addResources(sent)
                                .build());
                listener.awaitChange(new MeshChange.WorkloadUpserted(workload));
                assertThat(script.request().getTypeUrl()).isEqualTo(TypeUrl.AUTHORIZATION);
                assertThat(script.request().getTypeUrl()).isEqualTo(TypeUrl.ADDRESS);
                assertThat(script.request().getResponseNonce()).isEqualTo("1");

                server.stop();

                assertThat(script.request(60).getTypeUrl()).isEqualTo(TypeUrl.AUTHORIZATION);
                DeltaDiscoveryRequest again = script.request();
                assertThat(again.getInitialResourceVersionsMap())
                        .containsExactlyEntriesOf(Map.of("a", sent.getVersion()));
            }
        }

        assertThat(listener.changes()).containsExactly(new MeshChange.WorkloadUpserted(workload));
        assertThat(listener.events())
                .filteredOn(event -> event instanceof Event.Connected(boolean up, String _) && !up)
                .as("being away is told once")
                .hasSize(1);
        // 12 steps up to 15 seconds, then one every 12 to 15 seconds; each logs one line.
        assertThat(attempts.get()).isBetween(240, 330);
        assertThat(telemetry.counted(Counter.XDS_TERMINATIONS, "Reconnect")).isEqualTo(1);
        assertThat(telemetry.counted(Counter.XDS_TERMINATIONS, "ConnectionError"))
                .isBetween(200.0, 330.0);
    }

    @ParameterizedTest
    @CsvSource({
        "OK, true, Complete",
        "UNAVAILABLE, false, ConnectionError",
        "UNAVAILABLE, true, Reconnect",
        "CANCELLED, true, Reconnect",
        "UNKNOWN, true, Reconnect",
        "UNAUTHENTICATED, false, Error",
        "RESOURCE_EXHAUSTED, true, Error"
    })
    void reasonsAreIstios(Status.Code code, boolean useful, String reason) {
        assertThat(Termination.of(code.toStatus(), useful).reason()).isEqualTo(reason);
    }
}
