package dev.ambit.adapters.xds.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.adapters.xds.channel.TestServer;
import dev.ambit.adapters.xds.proto.discovery.AggregatedDiscoveryServiceGrpc;
import dev.ambit.adapters.xds.proto.discovery.DeltaDiscoveryRequest;
import dev.ambit.adapters.xds.proto.discovery.DeltaDiscoveryResponse;
import dev.ambit.adapters.xds.proto.discovery.Resource;
import dev.ambit.adapters.xds.proto.rpc.Status;
import dev.ambit.adapters.xds.wire.TypeUrl;
import dev.ambit.domain.address.IpAddress;
import dev.ambit.domain.view.MeshChange;
import dev.ambit.domain.workload.Workload;
import dev.ambit.domain.workload.WorkloadUid;
import dev.ambit.ports.discovery.FakeMeshFeed;
import dev.ambit.ports.telemetry.Counter;
import dev.ambit.ports.telemetry.RecordingTelemetry;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Subscribers that answer nonsense, read nothing or fall silent: bounded, and no concern of the others. */
@Timeout(120)
class UnrulySubscriberTest {
    private final FakeMeshFeed feed = new FakeMeshFeed();
    private final RecordingTelemetry telemetry = new RecordingTelemetry();
    private final Path directory;
    private final DeltaDiscoveryService service;
    private TestServer server;

    UnrulySubscriberTest(@TempDir Path directory) {
        this.directory = directory;
        service = new DeltaDiscoveryService(
                feed, DeltaDiscoveryService.Callers.byToken(TestMesh.authentication()), telemetry, TestMesh.AT_ONCE);
        server = new TestServer(TestMesh.ROOT, "localhost", directory);
    }

    @AfterEach
    void stop() {
        server.close();
        service.close();
    }

    private RawSubscriber subscriber() {
        return new RawSubscriber(server.address(TestMesh.ROOT, TestMesh.TOKEN, Optional.empty()));
    }

    private static MeshChange upserted(int number, String address) {
        // A name of some length, so that a thousand of them fill every window on the way.
        String name = "pod-" + number + "-" + "x".repeat(200);
        return new MeshChange.WorkloadUpserted(Workload.builder(new WorkloadUid(name), "shop", name)
                .addresses(List.of(IpAddress.of(address)))
                .build());
    }

    private static List<MeshChange> pods(int count, String address) {
        var changes = new ArrayList<MeshChange>();
        for (int i = 0; i < count; i++) {
            changes.add(upserted(i, address));
        }
        return changes;
    }

    private static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("in time").isLessThan(deadline);
            LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
        }
    }

    @Test
    void aStormOfRejectionsChangesNothingAndHoldsNobodyUp() {
        int storm = 5_000;
        server.start(service);
        feed.publish(upserted(1, "10.0.0.1"));
        try (var stormy = subscriber();
                var calm = subscriber()) {
            calm.send(RawSubscriber.first(TypeUrl.ADDRESS));
            calm.acknowledge(calm.receive());
            stormy.send(RawSubscriber.first(TypeUrl.ADDRESS));
            DeltaDiscoveryResponse first = stormy.receive();
            for (int i = 0; i < storm; i++) {
                // Once for what was sent, and then on and on, for that, for nothing and for what never was.
                String nonce = switch (i % 3) {
                    case 0 -> first.getNonce();
                    case 1 -> "\u0000never\nsent" + i;
                    default -> Long.toString(Long.MAX_VALUE);
                };
                stormy.send(RawSubscriber.request(TypeUrl.ADDRESS)
                        .setResponseNonce(nonce)
                        .setErrorDetail(Status.newBuilder().setMessage("no\n" + "!".repeat(5_000))));
            }

            feed.publish(upserted(1, "10.0.0.2"));

            assertThat(calm.receive().getResourcesCount()).isEqualTo(1);
            assertThat(stormy.receive().getResourcesCount()).as("told once").isEqualTo(1);
            await(() -> telemetry.counted(Counter.XDS_EXPIRED_NONCES, "wds") == storm - 1);
            assertThat(telemetry.counted(Counter.XDS_REJECTS, "wds")).isEqualTo(storm);
            assertThat(service.subscribers()).hasSize(2);
            assertThat(stormy.hearsNothing()).isTrue();
        }
    }

    /** One that takes messages only when it is told to, as a process that is stopped. */
    private static final class Stalled
            implements ClientResponseObserver<DeltaDiscoveryRequest, DeltaDiscoveryResponse>, AutoCloseable {
        private final BlockingQueue<DeltaDiscoveryResponse> responses = new LinkedBlockingQueue<>();
        private final ManagedChannel channel;
        private ClientCallStreamObserver<DeltaDiscoveryRequest> requests;

        @SuppressWarnings("NullAway.Init")
        Stalled(int port) {
            channel = NettyChannelBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
                    .usePlaintext()
                    .flowControlWindow(1 << 16)
                    .maxInboundMessageSize(64 << 20)
                    .build();
            var _ = AggregatedDiscoveryServiceGrpc.newStub(channel).deltaAggregatedResources(this);
            requests.onNext(RawSubscriber.first(TypeUrl.ADDRESS).build());
        }

        @Override
        public void beforeStart(ClientCallStreamObserver<DeltaDiscoveryRequest> stream) {
            requests = stream;
            stream.disableAutoRequestWithInitial(0);
        }

        DeltaDiscoveryResponse read() throws InterruptedException {
            requests.request(1);
            DeltaDiscoveryResponse response = responses.poll(20, TimeUnit.SECONDS);
            assertThat(response).isNotNull();
            return response;
        }

        void acknowledge(DeltaDiscoveryResponse response) {
            requests.onNext(RawSubscriber.request(TypeUrl.ADDRESS)
                    .setResponseNonce(response.getNonce())
                    .build());
        }

        @Override
        public void onNext(DeltaDiscoveryResponse response) {
            responses.add(response);
        }

        @Override
        public void onError(Throwable error) {
            // Only when the channel is closed.
        }

        @Override
        public void onCompleted() {
            // Not while it is looked at.
        }

        @Override
        public void close() {
            channel.shutdownNow();
        }
    }

    @Test
    void whoReadsNothingIsSentTheLatestOnceAndSlowsNobody() throws InterruptedException {
        int pods = 4_000;
        feed.publish(pods(pods, "10.0.0.1"));
        server.start(service);
        var open = new TestServer(TestMesh.ROOT, "localhost", directory);
        open.startInPlaintext(service.forAnybody());
        try (open;
                var stalled = new Stalled(open.port());
                var brisk = subscriber()) {
            brisk.send(RawSubscriber.first(TypeUrl.ADDRESS));
            brisk.acknowledge(brisk.receive());
            await(() -> service.subscribers().size() == 2);

            for (int change = 2; change <= 40; change++) {
                feed.publish(pods(100, "10.0.0." + change));
                DeltaDiscoveryResponse heard = brisk.receive();
                assertThat(heard.getResourcesCount()).isEqualTo(100);
                brisk.acknowledge(heard);
            }

            DeltaDiscoveryResponse first = stalled.read();
            assertThat(first.getResourcesCount()).isEqualTo(pods);
            stalled.acknowledge(first);
            DeltaDiscoveryResponse latest = stalled.read();
            assertThat(latest.getResourcesList())
                    .as("forty changes of each, told once")
                    .extracting(Resource::getName)
                    .hasSize(100)
                    .doesNotHaveDuplicates();
            stalled.acknowledge(latest);
            await(() -> service.subscribers().stream()
                    .allMatch(each -> each.types().values().stream().allMatch(SubscriberStatus.Type::current)));
            // One each at first, one for each change to the one that reads, and one to the other.
            assertThat(telemetry.counted(Counter.XDS_PUSHES, "wds")).isEqualTo(2 + 39 + 1);
        }
    }

    @Test
    void whoFallsSilentIsGoneAfterAPingAndWhoIsOnlyIdleStays() throws InterruptedException {
        feed.publish(upserted(1, "10.0.0.1"));
        server.startWithKeepAlive(Duration.ofMillis(200), Duration.ofMillis(300), service);
        try (var wire = new CutWire(server.port());
                var idle = subscriber();
                var silent = new RawSubscriber(server.addressAt(wire.port(), TestMesh.ROOT, TestMesh.TOKEN))) {
            for (RawSubscriber each : List.of(idle, silent)) {
                each.send(RawSubscriber.first(TypeUrl.ADDRESS));
                each.acknowledge(each.receive());
            }
            await(() -> service.subscribers().size() == 2);

            wire.cut();

            await(() -> service.subscribers().size() == 1);
            feed.publish(upserted(1, "10.0.0.2"));
            assertThat(idle.receive().getResourcesCount()).isEqualTo(1);
        }
    }
}
