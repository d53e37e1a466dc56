package dev.ambit.services.controlplane;

import static dev.ambit.services.controlplane.ClusterContext.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ambit.adapters.xds.ca.CaClientOptions;
import dev.ambit.adapters.xds.ca.XdsCertificateSource;
import dev.ambit.adapters.xds.channel.BearerToken;
import dev.ambit.adapters.xds.channel.ControlPlane;
import dev.ambit.adapters.xds.channel.ControlPlaneRoots;
import dev.ambit.adapters.xds.discovery.NodeIdentity;
import dev.ambit.adapters.xds.proto.discovery.AggregatedDiscoveryServiceGrpc;
import dev.ambit.adapters.xds.proto.discovery.DeltaDiscoveryRequest;
import dev.ambit.adapters.xds.proto.discovery.DeltaDiscoveryResponse;
import dev.ambit.domain.identity.SpiffeId;
import dev.ambit.ports.credentials.CredentialsException;
import dev.ambit.ports.credentials.WorkloadCertificate;
import dev.ambit.services.controlplane.issuing.LivePods;
import dev.ambit.services.controlplane.issuing.MeshAuthority;
import dev.ambit.services.controlplane.mesh.PublishedMesh;
import dev.ambit.systemtests.cluster.ApiServer;
import dev.ambit.systemtests.cluster.BoundPods;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import io.micronaut.context.ApplicationContext;
import io.micronaut.grpc.server.GrpcEmbeddedServer;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The whole certificate path in a cluster: the control plane runs on a real API server with the rights that are shipped, and
 * is asked through its TLS port by the node proxies' own client, with tokens as kubelet would put them down.
 */
@Timeout(120)
class ClusterCertificatesTest {
    private static final String SYSTEM = "istio-system";
    private static final String SHOP = "certificates-shop";
    private static final SpiffeId CART = SpiffeId.of("spiffe://cluster.local/ns/" + SHOP + "/sa/cart");
    private static final SpiffeId PAYMENT = SpiffeId.of("spiffe://cluster.local/ns/" + SHOP + "/sa/payment");

    @TempDir
    private static Path folder;

    private static KubernetesClient admin;
    private static BoundPods pods;
    private static ApplicationContext context;
    private static GrpcEmbeddedServer server;

    private Pod ztunnelA;
    private Pod ztunnelB;

    @BeforeAll
    static void start() {
        admin = ClusterContext.prepare();
        pods = new BoundPods(admin);
        ApiServer.shared().namespace(SHOP);
        for (String account : List.of("ztunnel", "another")) {
            ApiServer.shared().token(SYSTEM, account);
        }
        for (String account : List.of("cart", "payment")) {
            ApiServer.shared().token(SHOP, account);
        }
        context = ClusterContext.start(folder, Map.of("XDS_PORT", "0", "TOKEN_AUDIENCES", "istio-ca, other"));
        server = context.getBean(GrpcEmbeddedServer.class);
        server.start();
    }

    @AfterAll
    static void stop() {
        server.stop();
        context.close();
    }

    @BeforeEach
    void proxiesAndApplications() {
        ztunnelA = pods.create(SYSTEM, "ztunnel-a", "ztunnel", "node-a");
        ztunnelB = pods.create(SYSTEM, "ztunnel-b", "ztunnel", "node-b");
        pods.create(SHOP, "cart-0", "cart", "node-a");
        pods.create(SHOP, "payment-0", "payment", "node-b");
        known(SHOP, "payment-0");
    }

    @AfterEach
    void noPods() {
        pods.delete(SYSTEM, "ztunnel-a");
        pods.delete(SYSTEM, "ztunnel-b");
        pods.delete(SHOP, "cart-0");
        pods.delete(SHOP, "payment-0");
        awaitPods(uids -> uids.isEmpty());
    }

    /** Pods arrive in the order in which they were made: those before it are known as well. */
    private static void known(String namespace, String name) {
        awaitPods(names -> names.contains(namespace + "/" + name));
    }

    private static void awaitPods(Predicate<List<String>> condition) {
        await(() -> condition.test(context.getBean(PublishedMesh.class).state().pods().values().stream()
                .map(pod -> pod.ref().namespace() + "/" + pod.ref().name())
                .toList()));
    }

    /** What a node proxy finds beside its token. */
    private static String roots(String namespace) {
        ConfigMap map = admin.configMaps()
                .inNamespace(namespace)
                .withName("istio-ca-root-cert")
                .get();
        return map == null ? "" : map.getData().getOrDefault("root-cert.pem", "");
    }

    private static WorkloadCertificate request(String token, SpiffeId identity) {
        await(() -> !roots(SYSTEM).isEmpty());
        var controlPlane = new ControlPlane(
                URI.create("https://localhost:" + server.getPort()),
                new ControlPlaneRoots.Inline(roots(SYSTEM)),
                Optional.empty(),
                new BearerToken.Literal(token),
                "Kubernetes");
        try (var source = new XdsCertificateSource(CaClientOptions.of(controlPlane))) {
            return source.request(identity).toCompletableFuture().join();
        }
    }

    private static void assertRefused(String token, SpiffeId identity) {
        assertThatThrownBy(() -> request(token, identity))
                .isInstanceOf(CompletionException.class)
                .hasCauseInstanceOf(CredentialsException.class)
                .hasMessageContaining("UNAUTHENTICATED");
    }

    @Test
    void aNodeProxyGetsCertificatesOfItsNodesPods() {
        WorkloadCertificate cart = request(pods.token(ztunnelA, "istio-ca"), CART);

        assertThat(cart.identity()).isEqualTo(CART);
        assertThat(Duration.between(
                        cart.chain().getFirst().getNotBefore().toInstant(),
                        cart.chain().getFirst().getNotAfter().toInstant()))
                .isGreaterThan(Duration.ofHours(23));
        assertThat(request(pods.token(ztunnelB, "other"), PAYMENT).identity()).isEqualTo(PAYMENT);
    }

    @Test
    void aNodeProxyGetsNoneOfAnotherNodesPods() {
        assertRefused(pods.token(ztunnelB, "istio-ca"), CART);
        assertRefused(pods.token(ztunnelA, "istio-ca"), PAYMENT);
    }

    @Test
    void anAudienceThatIsNotAllowedIsNobody() {
        assertRefused(pods.token(ztunnelA, "vault"), CART);
        assertRefused(ApiServer.shared().token(SYSTEM, "ztunnel"), CART);
    }

    @Test
    void anIdentityWithoutALivePodOnTheNodeIsRefused() {
        String token = pods.token(ztunnelA, "istio-ca");
        assertRefused(token, SpiffeId.of("spiffe://cluster.local/ns/" + SHOP + "/sa/nobody"));
        assertThat(request(token, CART).identity()).isEqualTo(CART);

        pods.delete(SHOP, "cart-0");
        awaitPods(names -> !names.contains(SHOP + "/cart-0"));

        assertRefused(token, CART);
    }

    @Test
    void theTokenOfADeletedPodIsWorthNothingEvenIfItWasAcceptedAMomentAgo() {
        String token = pods.token(ztunnelA, "istio-ca");
        assertThat(request(token, CART).identity()).isEqualTo(CART);

        pods.delete(SYSTEM, "ztunnel-a");
        awaitPods(names -> !names.contains(SYSTEM + "/ztunnel-a"));
        assertRefused(token, CART);

        // Its successor of the same name does not bring it back to life.
        pods.create(SYSTEM, "ztunnel-a", "ztunnel", "node-a");
        known(SYSTEM, "ztunnel-a");
        assertRefused(token, CART);
    }

    @Test
    void whoIsNoNodeProxyGetsItsOwnAndNoOthers() {
        Pod another = pods.create(SYSTEM, "another-0", "another", "node-a");
        try {
            known(SYSTEM, "another-0");
            assertRefused(pods.token(another, "istio-ca"), CART);
        } finally {
            pods.delete(SYSTEM, "another-0");
        }
    }

    /** A proxy of one workload or a waypoint, which renews its certificate, has no need of a token. */
    @Test
    void whoShowsACertificateOfItsNamespaceIsToldOfTheMesh() throws SSLException {
        await(context.getBean(PublishedMesh.class)::isLoaded);
        var ztunnel = SpiffeId.of("spiffe://cluster.local/ns/" + SYSTEM + "/sa/ztunnel");

        assertThat(subscribed(request(pods.token(ztunnelA, "istio-ca"), ztunnel)))
                .isEqualTo(Status.Code.OK);
        assertThat(subscribed(request(pods.token(ztunnelA, "istio-ca"), CART)))
                .isEqualTo(Status.Code.PERMISSION_DENIED);
    }

    /** What becomes of a subscription without a token, as a node of the root namespace. */
    private static Status.Code subscribed(WorkloadCertificate shown) throws SSLException {
        ManagedChannel channel = NettyChannelBuilder.forAddress("localhost", server.getPort())
                .sslContext(GrpcSslContexts.forClient()
                        .trustManager(shown.roots().toArray(X509Certificate[]::new))
                        .keyManager(shown.key(), shown.chain().toArray(X509Certificate[]::new))
                        .build())
                .build();
        var outcome = new CompletableFuture<Status.Code>();
        try {
            AggregatedDiscoveryServiceGrpc.newStub(channel)
                    .deltaAggregatedResources(new StreamObserver<>() {
                        @Override
                        public void onNext(DeltaDiscoveryResponse response) {
                            outcome.complete(Status.Code.OK);
                        }

                        @Override
                        public void onError(Throwable error) {
                            outcome.complete(Status.fromThrowable(error).getCode());
                        }

                        @Override
                        public void onCompleted() {
                            outcome.complete(Status.Code.CANCELLED);
                        }
                    })
                    .onNext(DeltaDiscoveryRequest.newBuilder()
                            .setTypeUrl("type.googleapis.com/istio.workload.Address")
                            .setNode(new NodeIdentity("10.0.0.9", "ztunnel-a", SYSTEM, "node-a").forWire("Kubernetes"))
                            .build());
            return outcome.orTimeout(20, TimeUnit.SECONDS).join();
        } finally {
            channel.shutdownNow();
        }
    }

    @Test
    void rootAndTrustBundleAreInTheClusterAndNothingIsInFiles() {
        var secret =
                admin.secrets().inNamespace(SYSTEM).withName("istio-ca-secret").get();
        assertThat(secret.getType()).isEqualTo("istio.io/ca-root");
        assertThat(secret.getData()).containsKeys("ca-cert.pem", "ca-key.pem");

        String bundle =
                context.getBean(MeshAuthority.class).authority().trustBundle().rootsPem();
        ApiServer.shared().namespace("certificates-later");
        for (String namespace : List.of("default", "kube-system", SYSTEM, SHOP, "certificates-later")) {
            await(() -> roots(namespace).equals(bundle));
        }
        assertThat(folder.resolve("ca")).doesNotExist();
        assertThat(Files.exists(folder.resolve("root.pem"))).isFalse();
        assertThat(context.getBean(LivePods.class).callers()).hasSize(2);
    }
}
