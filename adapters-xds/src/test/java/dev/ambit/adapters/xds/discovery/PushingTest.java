package dev.ambit.adapters.xds.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.adapters.xds.channel.TestServer;
import dev.ambit.adapters.xds.proto.discovery.DeltaDiscoveryResponse;
import dev.ambit.adapters.xds.proto.rpc.Status;
import dev.ambit.adapters.xds.wire.TypeUrl;
import dev.ambit.domain.address.IpAddress;
import dev.ambit.domain.view.ChangePacing;
import dev.ambit.domain.view.MeshChange;
import dev.ambit.domain.workload.Workload;
import dev.ambit.domain.workload.WorkloadUid;
import dev.ambit.ports.discovery.FakeMeshFeed;
import io.grpc.Status.Code;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** When the service pushes, to whom, and what it says of its subscribers. */
@Timeout(60)
class PushingTest {
    private final FakeMeshFeed feed = new FakeMeshFeed();
    private final TestMesh mesh;

    PushingTest(@TempDir Path directory) {
        mesh = new TestMesh(feed, directory);
    }

    @AfterEach
    void stop() {
        mesh.close();
    }

    private static MeshChange upserted(String name, String ip) {
        return new MeshChange.WorkloadUpserted(Workload.builder(new WorkloadUid(name), "shop", name)
                .addresses(List.of(IpAddress.of(ip)))
                .build());
    }

    @Test
    void putsOffWhoComesBeforeTheConfigurationIsRead(@TempDir Path elsewhere) {
        var unread = FakeMeshFeed.unread();
        try (var starting = new TestMesh(unread, elsewhere)) {
            try (var subscriber = starting.subscriber()) {
                subscriber.send(RawSubscriber.first(TypeUrl.ADDRESS).putInitialResourceVersions("a", "1"));
                assertThat(subscriber.end().getCode()).isEqualTo(Code.UNAVAILABLE);
            }
            unread.publish(upserted("a", "10.0.0.1"));
            try (var subscriber = starting.subscriber()) {
                subscriber.send(RawSubscriber.first(TypeUrl.ADDRESS));
                assertThat(RawSubscriber.names(subscriber.receive())).containsExactly("a");
            }
        }
    }

    @Test
    void pushesAtOnceWhenItWasQuietAndTogetherWhatFollows(@TempDir Path elsewhere) {
        var slow = new ChangePacing(Duration.ofMillis(400), Duration.ofSeconds(30));
        try (var paced = new TestMesh(feed, elsewhere, new DiscoveryOptions(slow, 25, 1 << 20));
                var subscriber = paced.subscriber()) {
            subscriber.send(RawSubscriber.first(TypeUrl.ADDRESS));
            subscriber.acknowledge(subscriber.receive());

            for (int i = 0; i < 1_000; i++) {
                feed.publish(upserted("pod-" + i, "10.0.0.1"));
            }

            int messages = 0;
            int resources = 0;
            while (resources < 1_000) {
                DeltaDiscoveryResponse response = subscriber.receive();
                subscriber.acknowledge(response);
                messages++;
                resources += response.getResourcesCount();
            }
            assertThat(messages).isLessThanOrEqualTo(2);
        }
    }

    @Test
    void showsHowFarSubscribersAre() {
        feed.publish(upserted("a", "10.0.0.1"));
        try (var subscriber = mesh.subscriber()) {
            subscriber.send(RawSubscriber.first(TypeUrl.ADDRESS));
            DeltaDiscoveryResponse first = subscriber.receive();

            SubscriberStatus before = mesh.service().subscribers().getFirst();
            assertThat(before.id()).isEqualTo(TestMesh.NODE.id());
            assertThat(before.identity()).isEqualTo("spiffe://cluster.local/ns/istio-system/sa/ztunnel");
            assertThat(before.types().get(TypeUrl.ADDRESS))
                    .returns(first.getNonce(), SubscriberStatus.Type::sent)
                    .returns("", SubscriberStatus.Type::acked)
                    .returns(false, SubscriberStatus.Type::current);
            subscriber.send(RawSubscriber.request(TypeUrl.ADDRESS)
                    .setResponseNonce(first.getNonce())
                    .setErrorDetail(Status.newBuilder().setMessage("a: bad")));
            feed.publish(upserted("a", "10.0.0.2"));
            DeltaDiscoveryResponse second = subscriber.receive();

            assertThat(mesh.service().subscribers().getFirst().types().get(TypeUrl.ADDRESS))
                    .returns(second.getNonce(), SubscriberStatus.Type::sent)
                    .returns("a: bad", SubscriberStatus.Type::lastError);
        }
        assertThat(mesh.service().subscribers()).hasSizeLessThan(2);
    }

    @Test
    void servesAnybodyWhereNobodyIsAuthenticated(@TempDir Path elsewhere) {
        feed.publish(upserted("a", "10.0.0.1"));
        var open = new TestServer(TestMesh.ROOT, "localhost", elsewhere);
        open.start(mesh.service().forAnybody());
        try (open;
                var subscriber = new RawSubscriber(open.address(TestMesh.ROOT, "stolen", Optional.empty()))) {
            subscriber.send(RawSubscriber.firstOf(
                    TypeUrl.ADDRESS, "ztunnel~10.0.0.9~ztunnel-1.kube-system~kube-system.svc.cluster.local"));

            assertThat(RawSubscriber.names(subscriber.receive())).containsExactly("a");
            assertThat(mesh.service().subscribers().getFirst().identity()).isEmpty();
        }
    }
}
