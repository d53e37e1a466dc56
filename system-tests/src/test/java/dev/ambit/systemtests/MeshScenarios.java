package dev.ambit.systemtests;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ambit.domain.identity.SpiffeId;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What every pair of node proxies must do for the pods behind them, whoever made the proxies. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
@SuppressWarnings("NullAway.Init") // set before each invocation of the class
abstract class MeshScenarios {
    private static final String CART = "spiffe://cluster.local/ns/shop/sa/cart";
    private static final String CATALOG = "spiffe://cluster.local/ns/shop/sa/catalog";
    private static final InetSocketAddress PAYMENTS_SERVICE = new InetSocketAddress("10.96.0.3", 80);
    private static final InetSocketAddress GUARDED_SERVICE = new InetSocketAddress("10.96.0.9", 80);
    private static final int LARGE = 24 << 20;

    static MeshUnderTest mesh;
    private static CertificateClient certificates;
    private static TestGateway waypoint;
    private static Combination combination;

    @BeforeParameterizedClassInvocation
    static void startMesh(Combination chosen) {
        Await.step("scenarios: " + chosen);
        combination = chosen;
        mesh = MeshUnderTest.start(chosen.setup());
        certificates = new CertificateClient(mesh);
        waypoint = new TestGateway(
                mesh.machine("shop-waypoint"),
                TestAuthority.of(mesh).certificate(SpiffeId.of("spiffe://cluster.local/ns/shop/sa/waypoint")),
                mesh.machine("shop-reviews").application());
        mesh.machine("shop-reviews").serveDigests();
    }

    @AfterParameterizedClassInvocation
    static void stopMesh() {
        if (waypoint != null) {
            waypoint.close();
        }
        if (mesh != null) {
            mesh.close();
        }
    }

    @AfterEach
    void nobodyDied() {
        mesh.expectAllAlive();
    }

    // --- calls ---

    @Test
    void podToPodInATunnelThatShowsTheCallersAddress() {
        double before = opened("node-b", "destination", "mutual_tls");
        mesh.call("shop-cart", "shop-payments", "shop-payments hears 10.78.1.1");
        Await.asserted(
                Duration.ofSeconds(5),
                () -> assertThat(opened("node-b", "destination", "mutual_tls")).isGreaterThan(before));
        assertThat(opened("node-a", "source", "mutual_tls")).isPositive();
    }

    private static double opened(String node, String reporter, String security) {
        Pod machine = mesh.machine(node);
        return machine.get(new InetSocketAddress(machine.address(), 15_020), "/metrics")
                .lines()
                .filter(line -> line.startsWith("istio_tcp_connections_opened_total{")
                        && line.contains("reporter=\"" + reporter + "\"")
                        && line.contains("connection_security_policy=\"" + security + "\""))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                .sum();
    }

    @Test
    void podToServiceAddress() {
        assertThat(mesh.machine("shop-cart").get(PAYMENTS_SERVICE)).isEqualTo("shop-payments hears 10.78.1.1");
    }

    @Test
    void podsOfOneNode() {
        assertThat(mesh.get("shop-payments", "shop-reviews")).isEqualTo("shop-reviews hears 10.78.2.1");
        assertThat(mesh.get("shop-catalog", "shop-cart")).isEqualTo("shop-cart hears 10.78.1.2");
    }

    @Test
    void fromAndToPodsOutsideTheMesh() {
        assertThat(mesh.get("legacy-scanner", "shop-reviews")).isEqualTo("shop-reviews hears 10.78.1.3");
        assertThat(mesh.get("shop-payments", "legacy-scanner")).isEqualTo("legacy-scanner hears 10.78.2.1");
        assertThat(opened("node-b", "destination", "unknown")).isPositive();
        assertThat(opened("node-b", "source", "unknown")).isPositive();
    }

    @Test
    void aCallerThatPolicyDoesNotAllowIsClosedOut() {
        assertThat(mesh.get("shop-catalog", "shop-payments")).startsWith("failed");
        assertThat(mesh.get("legacy-scanner", "shop-payments")).startsWith("failed");
        assertThat(mesh.machine("shop-catalog").get(PAYMENTS_SERVICE)).startsWith("failed");
    }

    @Test
    void throughTheWaypointOfAService() {
        assertThat(mesh.machine("shop-cart").get(GUARDED_SERVICE))
                .as("the application is called by the waypoint")
                .isEqualTo("shop-reviews hears 10.78.2.3");
        var stream = waypoint.next();
        assertThat(stream.authority()).isEqualTo("10.96.0.9:80");
        assertThat(stream.peer()).hasToString(CART);
        assertThat(stream.headers().baggage()).contains("k8s.namespace.name=shop", "service.name=cart");
        assertThat(stream.headers().forwarded()).contains("for=\"10.78.1.1:", "host=guarded.shop.svc.cluster.local");
    }

    // --- bytes ---

    /** The application answers only when it has seen the end of what was sent. */
    @Test
    void halfClose() throws IOException {
        for (int i = 0; i < 10; i++) {
            byte[] sent = ("message " + i).getBytes(UTF_8);
            assertThat(digestOf(sent)).isEqualTo(sent.length + " " + Pod.hex(sent));
        }
    }

    @Test
    void largeTransfersArriveWhole() throws IOException {
        byte[] sent = new byte[LARGE];
        new Random(combination.hashCode()).nextBytes(sent);
        assertThat(digestOf(sent)).isEqualTo(LARGE + " " + Pod.hex(sent));
        try (Socket socket = mesh.machine("shop-cart").connect(fetches())) {
            socket.getOutputStream().write((LARGE + "\n").getBytes(UTF_8));
            byte[] received = socket.getInputStream().readAllBytes();
            assertThat(received).hasSize(LARGE);
            assertThat(Pod.hex(received)).isEqualTo(Pod.hex(Pod.pattern(LARGE)));
        }
    }

    private static InetSocketAddress fetches() {
        return new InetSocketAddress(mesh.machine("shop-reviews").address(), Pod.FETCH_PORT);
    }

    private static String digestOf(byte[] sent) throws IOException {
        Pod reviews = mesh.machine("shop-reviews");
        try (Socket socket =
                mesh.machine("shop-cart").connect(new InetSocketAddress(reviews.address(), Pod.DIGEST_PORT))) {
            socket.getOutputStream().write(sent);
            socket.shutdownOutput();
            return new String(socket.getInputStream().readAllBytes(), UTF_8);
        }
    }

    // --- certificates ---

    @Test
    void nothingFailsWhileCertificatesAreRenewed() {
        double before = issued();
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(Combination.SECRET_TTL_SECONDS * 3 / 5);
        int calls = 0;
        while (System.nanoTime() < end) {
            assertThat(mesh.get("shop-cart", "shop-payments"))
                    .as("call " + calls)
                    .isEqualTo("shop-payments hears 10.78.1.1");
            calls++;
        }
        assertThat(issued()).as("certificates issued meanwhile").isGreaterThan(before);
    }

    private static double issued() {
        return mesh.metric("control", 15_020, "ambit_certificates_issued_total{outcome=\"issued\"");
    }

    // --- the server's proxy, called by hand ---

    @ParameterizedTest
    @CsvSource({
        "10.78.2.2:8080, 200, its own address",
        "reviews.shop.svc.cluster.local:80, 200, a service it serves",
        "10.78.2.1:8080, 400, another pod's address",
        "10.78.2.2:15008, 503, a port of the proxy",
        "10.78.2.2:15001, 503, a port of the proxy",
        "10.78.2.2:9, 503, a port that nobody listens on",
        "nobody.shop.svc.cluster.local:80, 503, a host name nobody knows",
        "reviews.shop.svc.cluster.local:81, 503, a port the service does not have",
        "10.78.2.2, 400, no port",
    })
    void authorityOfATunnel(String authority, int status, String what) throws IOException {
        // On demand, Istio's proxy looks a host name up in what it happens to have, and asks nobody.
        boolean unheard = combination.source() == Combination.Source.ON_DEMAND
                && combination.server() == Combination.Side.THEIRS
                && status == 200;
        assertThat(open(CART, "shop-reviews", authority)).as(what).isIn(status, unheard ? 503 : status);
    }

    @Test
    void policyDenialIs401() throws IOException {
        assertThat(open(CATALOG, "shop-payments", "10.78.2.1:8080")).isEqualTo(401);
        assertThat(open(CART, "shop-payments", "10.78.2.1:8080")).isEqualTo(200);
    }

    private static int open(String identity, String pod, String authority) throws IOException {
        Csr csr = Csr.of(identity);
        List<String> chain = certificates.request(certificates.token("node-a"), csr, identity);
        try (var client = HboneClient.connect(mesh.machine("legacy-scanner"), mesh.machine(pod), csr, chain)) {
            return client.open(authority);
        }
    }

    @Test
    void aClientWithoutCertificateGetsNoTunnel() {
        assertThatThrownBy(() -> {
                    try (var client = HboneClient.connect(
                            mesh.machine("legacy-scanner"), mesh.machine("shop-reviews"), Csr.of(CART), List.of())) {
                        client.open("10.78.2.2:8080");
                    }
                })
                .isInstanceOf(IOException.class);
    }

    /** Whatever address of its node or its own a pod tries, the ports of the proxy are no way to loop or to get at the proxy. */
    @ParameterizedTest
    @CsvSource({
        "10.78.1.1, 15001",
        "10.78.1.1, 15006",
        "10.78.1.1, 15008",
        "10.78.1.1, 15080",
        "10.78.1.1, 15000",
        "10.78.1.1, 15020",
        "10.78.1.1, 15021",
        "127.0.0.1, 15001",
        "127.0.0.1, 15006",
        "127.0.0.1, 15008",
        "127.0.0.1, 15080",
        "127.0.0.1, 15000",
        "127.0.0.1, 15020",
        "127.0.0.1, 15021",
        "10.77.0.1, 15000",
        "10.77.0.1, 15001",
        "10.77.0.1, 15006",
        "10.77.0.1, 15008",
        "10.77.0.1, 15080",
        "10.78.2.2, 15001",
        "10.78.2.2, 15006",
        "10.78.2.2, 15008"
    })
    void maliciousCallsToOwnPortsGetNoAnswer(String address, int port) {
        assertThat(mesh.machine("shop-cart").get(new InetSocketAddress(address, port)))
                .startsWith("failed");
    }

    /** Nor from outside the mesh: not the ports of a pod's proxy, nor any but metrics and readiness of the node. */
    @ParameterizedTest
    @CsvSource({
        "10.78.1.1, 15001",
        "10.78.1.1, 15006",
        "10.78.1.1, 15008",
        "10.78.1.1, 15080",
        "10.78.1.1, 15000",
        "10.78.1.1, 15020",
        "10.78.1.1, 15021",
        "10.77.0.1, 15001",
        "10.77.0.1, 15006",
        "10.77.0.1, 15008",
        "10.77.0.1, 15080",
        "10.77.0.1, 15000"
    })
    void norDoCallsFromOutsideTheMesh(String address, int port) {
        assertThat(mesh.machine("legacy-scanner").get(new InetSocketAddress(address, port)))
                .startsWith("failed");
    }
}
