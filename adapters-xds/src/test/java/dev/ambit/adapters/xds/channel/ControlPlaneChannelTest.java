package dev.ambit.adapters.xds.channel;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.adapters.xds.proto.discovery.AggregatedDiscoveryServiceGrpc;
import dev.ambit.adapters.xds.proto.discovery.DeltaDiscoveryResponse;
import dev.ambit.ports.transport.TlsPolicy;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a call carries, and which servers it trusts. */
@Timeout(60)
class ControlPlaneChannelTest {
    private static final TestCertificates ROOT = new TestCertificates("mesh");

    @TempDir
    private Path directory;

    private final AtomicReference<Metadata> seen = new AtomicReference<>();
    private TestServer server = new TestServer(ROOT, "localhost", Path.of("."));

    @BeforeEach
    void prepare() {
        server = new TestServer(ROOT, "localhost", directory);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private void start() {
        var service = new AggregatedDiscoveryServiceGrpc.AggregatedDiscoveryServiceImplBase() {};
        var witness = new ServerInterceptor() {
            @Override
            public <Q, A> ServerCall.Listener<Q> interceptCall(
                    ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
                seen.set(headers);
                return next.startCall(call, headers);
            }
        };
        server.start(() -> ServerInterceptors.intercept(service, witness));
    }

    private ControlPlane at(ControlPlaneRoots roots, BearerToken token, Map<String, String> headers, TlsPolicy tls) {
        return new ControlPlane(
                URI.create("https://localhost:" + server.port()), roots, Optional.empty(), token, "c1", headers, tls);
    }

    /** UNIMPLEMENTED is the server's own word: the connection is good. */
    private static Status.Code call(ControlPlane controlPlane) throws IOException {
        ManagedChannel channel = ControlPlaneChannel.open(controlPlane, 1 << 20);
        try {
            var status = new CompletableFuture<Status>();
            AggregatedDiscoveryServiceGrpc.newStub(channel).deltaAggregatedResources(new StreamObserver<>() {
                @Override
                public void onNext(DeltaDiscoveryResponse response) {
                    // Nothing is sent.
                }

                @Override
                public void onError(Throwable error) {
                    status.complete(Status.fromThrowable(error));
                }

                @Override
                public void onCompleted() {
                    status.complete(Status.OK);
                }
            });
            return status.orTimeout(20, TimeUnit.SECONDS).join().getCode();
        } finally {
            channel.shutdownNow();
        }
    }

    private String header(String name) {
        return String.valueOf(requireNonNull(seen.get()).get(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER)));
    }

    @Test
    void carriesTokenClusterAndTheOperatorsHeaders() throws IOException {
        start();
        var roots = new ControlPlaneRoots.Inline(TestCertificates.pem(ROOT.root()));

        Status.Code code = call(at(roots, new BearerToken.Literal("abc"), Map.of("x-tenant", "t1"), TlsPolicy.ISTIO));

        assertThat(code).isEqualTo(Status.Code.UNIMPLEMENTED);
        assertThat(header("authorization")).isEqualTo("Bearer abc");
        assertThat(header("clusterid")).isEqualTo("c1");
        assertThat(header("x-tenant")).isEqualTo("t1");
    }

    @Test
    void anOperatorsHeaderTakesThePlaceOfOurs() throws IOException {
        start();
        var roots = new ControlPlaneRoots.Inline(TestCertificates.pem(ROOT.root()));

        var headers = Map.of("authorization", "Basic x", "clusterid", "c2");
        assertThat(call(at(roots, new BearerToken.Literal("abc"), headers, TlsPolicy.ISTIO)))
                .isEqualTo(Status.Code.UNIMPLEMENTED);

        assertThat(header("authorization")).isEqualTo("Basic x");
        assertThat(header("clusterid")).isEqualTo("c2");
    }

    /** With Istio's compliance policy no connection of a proxy agrees on keys that a quantum computer could find. */
    @Test
    void postQuantumMeansTheControlPlaneToo() throws IOException {
        var roots = new ControlPlaneRoots.Inline(TestCertificates.pem(ROOT.root()));
        var quantum = new TlsPolicy(false, true);
        start();
        assertThat(call(at(roots, new BearerToken.None(), Map.of(), quantum))).isEqualTo(Status.Code.UNIMPLEMENTED);
        server.stop();

        server.agreeingOn("X25519", "P-256");
        start();
        assertThat(call(at(roots, new BearerToken.None(), Map.of(), TlsPolicy.ISTIO)))
                .isEqualTo(Status.Code.UNIMPLEMENTED);
        assertThat(call(at(roots, new BearerToken.None(), Map.of(), quantum))).isEqualTo(Status.Code.UNAVAILABLE);
    }

    @Test
    void thisMachinesRootsDoNotTrustAMeshsOwn() throws IOException {
        start();

        assertThat(call(at(new ControlPlaneRoots.OfThisMachine(), new BearerToken.None(), Map.of(), TlsPolicy.ISTIO)))
                .isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(seen.get()).isNull();
    }

    @Test
    void olderTlsIsSpokenOnlyWhereItIsAllowed() throws IOException {
        server.speaking("TLSv1.2");
        start();
        var roots = new ControlPlaneRoots.Inline(TestCertificates.pem(ROOT.root()));

        assertThat(call(at(roots, new BearerToken.None(), Map.of(), TlsPolicy.ISTIO)))
                .isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(call(at(roots, new BearerToken.None(), Map.of(), new TlsPolicy(true, false))))
                .isEqualTo(Status.Code.UNIMPLEMENTED);
    }

    @Test
    void operatorsWordsAreUnderstood() throws IOException {
        Path file = Files.writeString(directory.resolve("token"), " abc\n");

        assertThat(ControlPlaneRoots.of("SYSTEM")).isEqualTo(new ControlPlaneRoots.OfThisMachine());
        assertThat(ControlPlaneRoots.of("/not/there")).isEqualTo(new ControlPlaneRoots.InFile(Path.of("/not/there")));
        assertThat(ControlPlaneRoots.of("-----BEGIN CERTIFICATE-----")).isInstanceOf(ControlPlaneRoots.Inline.class);
        assertThat(BearerToken.of(file.toString()).current()).contains("abc");
        assertThat(BearerToken.of("/not/there").current()).isEmpty();
        assertThat(BearerToken.of("a.b.c").current()).contains("a.b.c");
        assertThat(BearerToken.of("").current()).isEmpty();
    }
}
