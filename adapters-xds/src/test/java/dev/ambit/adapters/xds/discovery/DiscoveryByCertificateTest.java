package dev.ambit.adapters.xds.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.adapters.xds.channel.TestCertificates;
import dev.ambit.adapters.xds.channel.TestServer;
import dev.ambit.adapters.xds.proto.discovery.AggregatedDiscoveryServiceGrpc;
import dev.ambit.adapters.xds.proto.discovery.DeltaDiscoveryResponse;
import dev.ambit.adapters.xds.wire.TypeUrl;
import dev.ambit.domain.identity.SpiffeId;
import dev.ambit.domain.issuing.Caller;
import dev.ambit.ports.ca.CallerAuthentication;
import dev.ambit.ports.discovery.FakeMeshFeed;
import dev.ambit.ports.telemetry.Meter;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Who shows a certificate of the mesh needs no token, and is who the certificate says. */
@Timeout(60)
class DiscoveryByCertificateTest {
    private static final int URI_NAME = 6;
    private static final String OURS = "spiffe://cluster.local/ns/istio-system/sa/ztunnel";

    private final DeltaDiscoveryService service = new DeltaDiscoveryService(
            new FakeMeshFeed(),
            new DeltaDiscoveryService.Callers(
                    _ -> new CallerAuthentication.Result.Rejected("no token is good"),
                    DiscoveryByCertificateTest::read),
            Meter.none(),
            TestMesh.AT_ONCE);
    private final TestServer server;

    DiscoveryByCertificateTest(@TempDir Path directory) {
        server = new TestServer(TestMesh.ROOT, "localhost", directory);
        server.startWithClientCertificates(service);
    }

    /** As the control plane does, without revocation. */
    private static CallerAuthentication.Result read(List<X509Certificate> chain) {
        try {
            String uri = chain.getFirst().getSubjectAlternativeNames().stream()
                    .filter(name -> name.getFirst().equals(URI_NAME))
                    .map(name -> (String) name.get(1))
                    .findFirst()
                    .orElseThrow();
            return new CallerAuthentication.Result.Authenticated(new Caller(SpiffeId.of(uri), "", "", ""));
        } catch (CertificateParsingException e) {
            throw new AssertionError(e);
        }
    }

    @AfterEach
    void stop() {
        server.close();
        service.close();
    }

    /** What becomes of a subscription: its first response, or its end. */
    private static final class Outcome implements StreamObserver<DeltaDiscoveryResponse> {
        private final CompletableFuture<Status> first = new CompletableFuture<>();

        @Override
        public void onNext(DeltaDiscoveryResponse response) {
            first.complete(Status.OK);
        }

        @Override
        public void onError(Throwable error) {
            first.complete(Status.fromThrowable(error));
        }

        @Override
        public void onCompleted() {
            first.complete(Status.CANCELLED);
        }
    }

    private Status.Code subscribe(TestCertificates root, String identity) throws SSLException {
        KeyPair keys = TestCertificates.keyPair();
        ManagedChannel channel = NettyChannelBuilder.forAddress("localhost", server.port())
                .sslContext(GrpcSslContexts.forClient()
                        .trustManager(TestMesh.ROOT.root())
                        .keyManager(keys.getPrivate(), root.workload(keys.getPublic(), identity), root.root())
                        .build())
                .build();
        try {
            var outcome = new Outcome();
            AggregatedDiscoveryServiceGrpc.newStub(channel)
                    .deltaAggregatedResources(outcome)
                    .onNext(RawSubscriber.first(TypeUrl.ADDRESS).build());
            return outcome.first.orTimeout(20, TimeUnit.SECONDS).join().getCode();
        } finally {
            channel.shutdownNow();
        }
    }

    @Test
    void aCertificateOfTheNodesNamespaceIsEnough() throws SSLException {
        assertThat(subscribe(TestMesh.ROOT, OURS)).isEqualTo(Status.Code.OK);
    }

    @Test
    void aCertificateOfAnotherNamespaceIsAnotherNode() throws SSLException {
        assertThat(subscribe(TestMesh.ROOT, "spiffe://cluster.local/ns/shop/sa/cart"))
                .isEqualTo(Status.Code.PERMISSION_DENIED);
    }

    @Test
    void aCertificateThatSomebodyElseSignedIsTurnedAwayInTheHandshake() throws SSLException {
        var forger = new TestCertificates("mesh");
        assertThat(subscribe(forger, OURS)).as("under our name").isEqualTo(Status.Code.UNAVAILABLE);
        // The server says whose certificates it takes, so a client does not even show that of another.
        var stranger = new TestCertificates("another");
        assertThat(subscribe(stranger, OURS)).as("under another").isEqualTo(Status.Code.UNAUTHENTICATED);
    }
}
