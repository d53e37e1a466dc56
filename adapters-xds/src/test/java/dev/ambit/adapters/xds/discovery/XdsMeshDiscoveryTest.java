package dev.ambit.adapters.xds.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
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
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The client against servers that behave badly, and what it says on the wire. */
@Timeout(60)
class XdsMeshDiscoveryTest {
    private static final TestCertificates ROOT = new TestCertificates("mesh");

    private final ScriptedServer script = new ScriptedServer();
    private final RecordingDiscoveryListener listener = new RecordingDiscoveryListener();
    private final TestServer server;

    XdsMeshDiscoveryTest(@TempDir Path directory) {
        server = new TestServer(ROOT, "istiod.istio-system.svc", directory);
        server.start(script);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    /** The certificate is for istiod's name, the address is localhost: the alternative name has to count. */
    private XdsMeshDiscovery client() {
        return TestMesh.client(server.address(ROOT, "token", Optional.of("istiod.istio-system.svc")));
    }

    private static Workload workload(String name) {
        return Workload.builder(new WorkloadUid(name), "shop", name).build();
    }

    private static MeshChange upserted(String name) {
        return new MeshChange.WorkloadUpserted(workload(name));
    }

    private static DeltaDiscoveryResponse.Builder push(String typeUrl, String nonce) {
        return DeltaDiscoveryResponse.newBuilder().setTypeUrl(typeUrl).setNonce(nonce);
    }

    private static Resource garbage(String name) {
        return Resource.newBuilder()
                .setName(name)
                .setVersion("1")
                .setResource(Any.newBuilder()
                        .setTypeUrl(TypeUrl.ADDRESS)
                        .setValue(ByteString.copyFrom(new byte[] {(byte) 0xff, (byte) 0xff, 1})))
                .build();
    }

    @Test
    void asksForEverythingAndSaysWhoItIsOnce() {
        try (var client = client()) {
            client.start(listener);
            StreamObserver<DeltaDiscoveryResponse> stream = script.stream();

            DeltaDiscoveryRequest policies = script.request();
            DeltaDiscoveryRequest addresses = script.request();
            stream.onNext(push(TypeUrl.ADDRESS, "1").build());
            DeltaDiscoveryRequest answer = script.request();

            assertThat(addresses.getTypeUrl()).isEqualTo(TypeUrl.ADDRESS);
            assertThat(addresses.getResourceNamesSubscribeList()).isEmpty();
            assertThat(addresses.getNode().getId())
                    .isEqualTo("ztunnel~10.0.0.9~ztunnel-1.istio-system~istio-system.svc.cluster.local");
            assertThat(policies.getTypeUrl()).isEqualTo(TypeUrl.AUTHORIZATION);
            assertThat(answer)
                    .isEqualTo(DeltaDiscoveryRequest.newBuilder()
                            .setTypeUrl(TypeUrl.ADDRESS)
                            .setResponseNonce("1")
                            .build());
        }
    }

    @Test
    void namesTheBadResourcesOfAPushAndTakesTheGoodOnes() {
        try (var client = client()) {
            client.start(listener);
            StreamObserver<DeltaDiscoveryResponse> stream = script.stream();
            script.request();
            script.request();

            stream.onNext(push(TypeUrl.ADDRESS, "1")
                    .addResources(garbage("x"))
                    .addResources(ResourceEncoder.address(workload("a")))
                    .addResources(garbage("y"))
                    .build());

            DeltaDiscoveryRequest answer = script.request();
            assertThat(answer.getResponseNonce()).isEqualTo("1");
            assertThat(answer.getErrorDetail().getMessage()).startsWith("x: ").contains("; y: ");
            listener.awaitChange(upserted("a"));
        }
    }

    @Test
    void isNotInSyncBeforeAPushOfEachTypeWasAllGood() {
        try (var client = client()) {
            client.start(listener);
            StreamObserver<DeltaDiscoveryResponse> stream = script.stream();
            script.request();
            script.request();
            stream.onNext(push(TypeUrl.AUTHORIZATION, "1").build());
            stream.onNext(push(TypeUrl.ADDRESS, "2").addResources(garbage("x")).build());
            listener.awaitConnected(true, 1);
            assertThat(listener.events()).doesNotContain(new Event.Synced());

            stream.onNext(push(TypeUrl.ADDRESS, "3").build());

            listener.awaitSynced();
        }
    }

    @Test
    void acknowledgesATypeItDoesNotKnow() {
        try (var client = client()) {
            client.start(listener);
            StreamObserver<DeltaDiscoveryResponse> stream = script.stream();
            script.request();
            script.request();

            stream.onNext(push("type.googleapis.com/new.Thing", "7").build());

            DeltaDiscoveryRequest answer = script.request();
            assertThat(answer.getResponseNonce()).isEqualTo("7");
            assertThat(answer.hasErrorDetail()).isFalse();
        }
    }

    @Test
    void tellsAfterAReconnectionWhatItHas() {
        try (var client = client()) {
            client.start(listener);
            StreamObserver<DeltaDiscoveryResponse> stream = script.stream();
            script.request();
            script.request();
            Resource sent = ResourceEncoder.address(workload("a"));
            stream.onNext(push(TypeUrl.ADDRESS, "1")
                    .addResources(sent)
                    .addResources(garbage("x"))
                    .build());
            script.request();

            stream.onError(Status.UNAVAILABLE.asRuntimeException());
            script.request();
            DeltaDiscoveryRequest again = script.request();

            assertThat(again.getTypeUrl()).isEqualTo(TypeUrl.ADDRESS);
            assertThat(again.getInitialResourceVersionsMap()).containsOnly(Map.entry("a", sent.getVersion()));
            assertThat(again.hasNode()).isTrue();
        }
    }

    @Test
    void survivesAPushThatIsTooLarge() {
        try (var client = client()) {
            client.start(listener);
            StreamObserver<DeltaDiscoveryResponse> stream = script.stream();

            stream.onNext(push(TypeUrl.ADDRESS, "1")
                    .addRemovedResources("n".repeat(5 << 20))
                    .build());
            listener.awaitConnected(false, 1);
            script.stream()
                    .onNext(push(TypeUrl.ADDRESS, "1")
                            .addResources(ResourceEncoder.address(workload("a")))
                            .build());

            listener.awaitChange(upserted("a"));
        }
    }

    @Test
    void keepsWhatItHasWhenTheServerDies() {
        try (var client = client()) {
            client.start(listener);
            script.stream()
                    .onNext(push(TypeUrl.ADDRESS, "1")
                            .addResources(ResourceEncoder.address(workload("a")))
                            .build());
            listener.awaitChange(upserted("a"));

            server.stop();
            listener.awaitConnected(false, 1);
            server.start(script);
            script.stream()
                    .onNext(push(TypeUrl.ADDRESS, "2")
                            .addResources(ResourceEncoder.address(workload("b")))
                            .build());

            listener.awaitChange(upserted("b"));
            assertThat(listener.changes()).containsExactly(upserted("a"), upserted("b"));
        }
    }

    @Test
    void refusesAServerOfAnotherRoot() {
        var options = server.address(new TestCertificates("another"), "token", Optional.of("istiod.istio-system.svc"));
        try (var client = TestMesh.client(options)) {
            client.start(listener);

            listener.await(
                    "a clear reason",
                    events -> events.stream()
                            .anyMatch(event -> event instanceof Event.Connected(boolean up, String why)
                                    && !up
                                    && why.toLowerCase(Locale.ROOT).contains("certif")));
        }
    }

    @Test
    void refusesAServerOfAnotherName() {
        try (var client = TestMesh.client(server.address(ROOT, "token", Optional.empty()))) {
            client.start(listener);

            listener.await(
                    "a clear reason",
                    events -> events.stream()
                            .anyMatch(event -> event instanceof Event.Connected(boolean up, String why)
                                    && !up
                                    && why.contains("istiod.istio-system.svc")
                                    && why.contains("localhost")));
        }
    }
}
