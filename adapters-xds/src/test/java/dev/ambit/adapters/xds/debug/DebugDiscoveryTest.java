package dev.ambit.adapters.xds.debug;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Value;
import dev.ambit.adapters.xds.channel.ControlPlaneChannel;
import dev.ambit.adapters.xds.channel.TestCertificates;
import dev.ambit.adapters.xds.channel.TestServer;
import dev.ambit.adapters.xds.discovery.DeltaDiscoveryService;
import dev.ambit.adapters.xds.discovery.DiscoveryOptions;
import dev.ambit.adapters.xds.discovery.NodeIdentity;
import dev.ambit.adapters.xds.proto.discovery.AggregatedDiscoveryServiceGrpc;
import dev.ambit.adapters.xds.proto.discovery.DeltaDiscoveryRequest;
import dev.ambit.adapters.xds.proto.discovery.DeltaDiscoveryResponse;
import dev.ambit.adapters.xds.proto.discovery.DiscoveryRequest;
import dev.ambit.adapters.xds.proto.discovery.DiscoveryResponse;
import dev.ambit.adapters.xds.proto.status.ClientConfig;
import dev.ambit.adapters.xds.proto.status.ConfigStatus;
import dev.ambit.adapters.xds.wire.TypeUrl;
import dev.ambit.domain.identity.Inspectors;
import dev.ambit.domain.identity.SpiffeId;
import dev.ambit.domain.identity.TrustDomain;
import dev.ambit.domain.issuing.Caller;
import dev.ambit.domain.view.ChangePacing;
import dev.ambit.ports.ca.CallerAuthentication;
import dev.ambit.ports.discovery.FakeMeshFeed;
import dev.ambit.ports.telemetry.Meter;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What istioctl asks, on the wire; its requests were seen in its source and in what it sent. */
@Timeout(60)
class DebugDiscoveryTest {
    private static final TestCertificates ROOT = new TestCertificates("mesh");
    private static final String PAGE = "{\"any\":\"page\"}";

    private final TestServer server;
    private final DeltaDiscoveryService discovery;

    DebugDiscoveryTest(@TempDir Path directory) {
        var callers = DeltaDiscoveryService.Callers.byToken(DebugDiscoveryTest::known);
        discovery = new DeltaDiscoveryService(
                new FakeMeshFeed(), callers, Meter.none(), new DiscoveryOptions(ChangePacing.AT_ONCE, 25, 64 << 20));
        server = new TestServer(ROOT, "localhost", directory);
        server.start(new DebugDiscovery(
                discovery,
                callers,
                new Inspectors(TrustDomain.CLUSTER_LOCAL, Set.of("istio-system")),
                target -> target.equals("list?namespace=a") ? Optional.of(PAGE.getBytes(UTF_8)) : Optional.empty(),
                "istiod-\"7",
                Meter.none()));
    }

    /** A token names the namespace of its account. */
    private static CallerAuthentication.Result known(String token) {
        return switch (token) {
            case "stolen" -> new CallerAuthentication.Result.Rejected("for another audience");
            case "away" -> new CallerAuthentication.Result.Undecided("the API server is away");
            default ->
                new CallerAuthentication.Result.Authenticated(
                        new Caller(SpiffeId.of("spiffe://cluster.local/ns/" + token + "/sa/default"), "", "", ""));
        };
    }

    @AfterEach
    void stop() {
        server.close();
        discovery.close();
    }

    /** One who asks, state of the world. */
    private final class Inspector implements AutoCloseable {
        private final ManagedChannel channel;
        private final StreamObserver<DiscoveryRequest> requests;
        private final BlockingQueue<DiscoveryResponse> responses = new LinkedBlockingQueue<>();
        private final CompletableFuture<Status> ended = new CompletableFuture<>();

        Inspector(String token) throws IOException {
            channel = ControlPlaneChannel.open(server.address(ROOT, token, Optional.empty()), 1 << 20);
            requests = AggregatedDiscoveryServiceGrpc.newStub(channel)
                    .streamAggregatedResources(observer(responses::add, ended));
        }

        Inspector ask(String typeUrl, String... names) {
            requests.onNext(DiscoveryRequest.newBuilder()
                    .setTypeUrl(typeUrl)
                    .addAllResourceNames(List.of(names))
                    // istioctl writes the time there, in its first request.
                    .setResponseNonce(Instant.now().toString())
                    .build());
            return this;
        }

        DiscoveryResponse answer() throws InterruptedException {
            DiscoveryResponse response = responses.poll(10, TimeUnit.SECONDS);
            assertThat(response).as("ended: %s", ended).isNotNull();
            return response;
        }

        Status end() {
            return ended.orTimeout(10, TimeUnit.SECONDS).join();
        }

        @Override
        public void close() {
            channel.shutdownNow();
        }
    }

    private static <T> StreamObserver<T> observer(Consumer<T> arrived, CompletableFuture<Status> ended) {
        return new StreamObserver<>() {
            @Override
            public void onNext(T response) {
                arrived.accept(response);
            }

            @Override
            public void onError(Throwable error) {
                ended.complete(Status.fromThrowable(error));
            }

            @Override
            public void onCompleted() {
                ended.complete(Status.OK);
            }
        };
    }

    private ClientConfig syncz() throws IOException, InterruptedException {
        try (var inspector = new Inspector("istio-system")) {
            DiscoveryResponse answer = inspector.ask(DebugStream.SYNCZ).answer();
            assertThat(answer.getTypeUrl()).isEqualTo(DebugStream.SYNCZ);
            return answer.getResources(0).unpack(ClientConfig.class);
        }
    }

    @Test
    void howFarAProxyIs() throws IOException, InterruptedException {
        ManagedChannel channel =
                ControlPlaneChannel.open(server.address(ROOT, "istio-system", Optional.empty()), 1 << 20);
        var responses = new LinkedBlockingQueue<DeltaDiscoveryResponse>();
        var requests = AggregatedDiscoveryServiceGrpc.newStub(channel)
                .deltaAggregatedResources(observer(responses::add, new CompletableFuture<>()));
        try {
            requests.onNext(DeltaDiscoveryRequest.newBuilder()
                    .setTypeUrl(TypeUrl.ADDRESS)
                    .setNode(new NodeIdentity("10.0.0.9", "ztunnel-1", "istio-system", "node-1").forWire("east"))
                    .build());
            DeltaDiscoveryResponse sent = responses.poll(10, TimeUnit.SECONDS);
            assertThat(sent).isNotNull();

            ClientConfig stale = syncz();
            assertThat(stale.getNode().getId()).isEqualTo("ztunnel-1.istio-system");
            assertThat(stale.getNode()
                            .getMetadata()
                            .getFieldsOrDefault("CLUSTER_ID", Value.getDefaultInstance())
                            .getStringValue())
                    .isEqualTo("east");
            assertThat(stale.getGenericXdsConfigsList())
                    .extracting(ClientConfig.GenericXdsConfig::getTypeUrl)
                    .containsExactly(TypeUrl.ADDRESS);
            assertThat(stale.getGenericXdsConfigs(0).getConfigStatus()).isEqualTo(ConfigStatus.STALE);
            assertThat(stale.getGenericXdsConfigs(0).hasLastUpdated()).isTrue();

            requests.onNext(DeltaDiscoveryRequest.newBuilder()
                    .setTypeUrl(TypeUrl.ADDRESS)
                    .setResponseNonce(sent.getNonce())
                    .build());
            Instant deadline = Instant.now().plusSeconds(10);
            while (syncz().getGenericXdsConfigs(0).getConfigStatus() != ConfigStatus.SYNCED) {
                assertThat(Instant.now()).isBefore(deadline);
                LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
            }
        } finally {
            channel.shutdownNow();
        }
    }

    @Test
    void nobodyConnectedIsAnAnswerAndSaysWhichReplicaItIs()
            throws IOException, InterruptedException, InvalidProtocolBufferException {
        try (var inspector = new Inspector("istio-system")) {
            DiscoveryResponse answer = inspector.ask(DebugStream.SYNCZ).answer();

            assertThat(answer.getResourcesList()).isEmpty();
            assertThat(answer.getControlPlane().getIdentifier())
                    .isEqualTo("{\"Component\":\"istiod\",\"ID\":\"istiod-?7\",\"Info\":{}}");
            assertThat(inspector
                            .ask(DebugStream.CONFIG_DUMP, "cart-0.shop")
                            .answer()
                            .getResourcesList())
                    .isEmpty();
        }
    }

    @Test
    void pagesAndTheWordsByWhichIstioctlKnowsThatThereIsNone() throws IOException, InterruptedException {
        try (var inspector = new Inspector("istio-system")) {
            DiscoveryResponse page =
                    inspector.ask(DebugStream.DEBUG, "list?namespace=a").answer();
            assertThat(page.getTypeUrl()).isEqualTo(DebugStream.DEBUG);
            assertThat(page.getResources(0).getValue().toStringUtf8()).isEqualTo(PAGE);

            assertThat(inspector
                            .ask(DebugStream.DEBUG, "nothing")
                            .answer()
                            .getResources(0)
                            .getValue()
                            .toStringUtf8())
                    .contains("404 page not found");
        }
    }

    @ParameterizedTest
    @CsvSource({"shop, PERMISSION_DENIED", "stolen, UNAUTHENTICATED", "away, UNAVAILABLE"})
    void nobodyElseIsAnswered(String token, Status.Code code) throws IOException {
        try (var inspector = new Inspector(token)) {
            inspector.ask(DebugStream.SYNCZ);

            assertThat(inspector.end().getCode()).isEqualTo(code);
            assertThat(inspector.responses).isEmpty();
        }
    }

    @Test
    void aClientOfStateOfTheWorldIsToldThatThereIsNone() throws IOException {
        try (var inspector = new Inspector("istio-system")) {
            Status end = inspector
                    .ask("type.googleapis.com/envoy.config.listener.v3.Listener")
                    .end();

            assertThat(end.getCode()).isEqualTo(Status.Code.UNIMPLEMENTED);
            assertThat(end.getDescription()).contains("delta");
        }
    }

    @Test
    void aStreamHasBounds() throws IOException {
        try (var inspector = new Inspector("istio-system")) {
            for (int i = 0; i <= DebugStream.ANSWERS_MAX; i++) {
                inspector.ask(DebugStream.SYNCZ);
            }
            assertThat(inspector.end().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
        }
        try (var inspector = new Inspector("istio-system")) {
            assertThat(inspector.ask(DebugStream.DEBUG, "x".repeat(2_000)).end().getCode())
                    .isEqualTo(Status.Code.INVALID_ARGUMENT);
        }
        try (var inspector = new Inspector("istio-system")) {
            assertThat(inspector.ask(DebugStream.DEBUG).end().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
        }
    }
}
