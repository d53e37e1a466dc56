package dev.ambit.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ambit.domain.identity.SpiffeId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Ways through the mesh that are not straight, and peers that are not to be trusted: waypoints, sandwiched ones, gateways of
 * another network, foreign trust domains, revoked certificates. A static file says what is where.
 */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
@SuppressWarnings("NullAway.Init") // set before each invocation of the class
abstract class RouteScenarios {
    private static final SpiffeId CART = SpiffeId.of("spiffe://cluster.local/ns/shop/sa/cart");
    private static final SpiffeId FOREIGN = SpiffeId.of("spiffe://elsewhere.example/ns/shop/sa/impostor");
    private static final Pattern ISSUED = Pattern.compile("certificate issued\\s+identity=(\\S+) serial=(\\S+)");

    static MeshUnderTest mesh;
    private static TestGateway waypoint;
    private static TestGateway eastWest;
    private static TestGateway impostor;
    private static TestSandwich sandwich;

    @BeforeParameterizedClassInvocation
    static void startMesh(Combination chosen) {
        Await.step("scenarios of routes: " + chosen);
        mesh = MeshUnderTest.start(new MeshSetup(
                MeshSetup.givenPeer(),
                chosen.peerNodes(),
                List.of("routes.yaml"),
                Optional.of("static-routes.yaml"),
                Map.of("CRL_PATH", MeshUnderTest.FOLDER + "/crl/crl.pem", "SERVICE_ACCOUNT", "ztunnel"),
                Map.of()));
        Pod reviews = mesh.machine("shop-reviews");
        waypoint = gateway("shop-waypoint", "spiffe://cluster.local/ns/shop/sa/waypoint", reviews.application());
        eastWest = gateway(
                "istio-system-eastwest",
                "spiffe://cluster.local/ns/istio-system/sa/eastwest",
                new InetSocketAddress(reviews.address(), HboneClient.PORT));
        impostor = gateway("shop-late", FOREIGN.toString(), reviews.application());
        sandwich = new TestSandwich(mesh.machine("shop-sandwich"));
    }

    private static TestGateway gateway(String machine, String identity, InetSocketAddress target) {
        return new TestGateway(
                mesh.machine(machine), TestAuthority.of(mesh).certificate(SpiffeId.of(identity)), target);
    }

    @AfterParameterizedClassInvocation
    static void stopMesh() {
        for (TestGateway gateway : new TestGateway[] {waypoint, eastWest, impostor}) {
            if (gateway != null) {
                gateway.close();
            }
        }
        if (mesh != null) {
            mesh.close();
        }
    }

    @AfterEach
    void nobodyDied() {
        mesh.expectAllAlive();
    }

    private static String fromCart(String address, int port) {
        return mesh.machine("shop-cart").get(new InetSocketAddress(address, port));
    }

    private static MeshProcess ztunnel(String node) {
        return mesh.process("ztunnel-" + node);
    }

    // --- waypoints ---

    @ParameterizedTest
    @CsvSource({
        "10.78.2.101, 8080, of a workload by address",
        "10.78.2.102, 8080, of a workload by host name of a service",
        "10.78.2.103, 8080, of a workload by host name of a workload",
        "10.96.0.9, 80, of a service by host name",
        "10.96.0.10, 80, of a service by address",
    })
    void throughAWaypoint(String address, int port, String what) {
        long mark = ztunnel("node-a").mark();
        assertThat(fromCart(address, port)).as(what).isEqualTo("shop-reviews hears 10.78.2.3");
        var stream = waypoint.next();
        assertThat(stream.authority()).isEqualTo(address + ":" + port);
        assertThat(stream.peer()).isEqualTo(CART);
        ztunnel("node-a")
                .line(
                        mark,
                        "connection complete",
                        "src.workload=\"cart\"",
                        "src.identity=\"" + CART + "\"",
                        "dst.addr=10.78.2.3:15008",
                        "dst.hbone_addr=" + address + ":" + port,
                        "dst.workload=\"waypoint\"",
                        "dst.identity=\"spiffe://cluster.local/ns/shop/sa/waypoint\"",
                        "direction=\"outbound\"");
    }

    @Test
    void neverAroundAnUnknownWaypoint() {
        assertThat(fromCart("10.78.2.104", 8080)).startsWith("failed");
    }

    @Test
    void neverThroughAWaypointThatShowsAnotherTrustDomain() {
        assertThat(fromCart("10.78.2.105", 8080)).startsWith("failed");
        assertThat(impostor.isUnused()).isTrue();
    }

    /** The waypoint is an application like any other: it hears the caller's address on the port that the caller meant. */
    @ParameterizedTest
    @CsvSource({
        "10.78.2.106, shop-payments, application tunnel NONE",
        "10.78.2.107, shop-reviews, no application tunnel"
    })
    void aSandwichedWaypointTakesWhatIsMeantForOthers(String address, String pod, String what) {
        assertThat(fromCart(address, 8080)).as(what).isEqualTo(pod + " hears 10.78.1.1");
    }

    @Test
    void aSandwichedWaypointHearsTheCallerByProxyProtocolAndCallsOn() throws InterruptedException {
        assertThat(mesh.get("shop-cart", "shop-catalog"))
                .as("called by the waypoint, through node proxies on both sides of it")
                .isEqualTo("shop-catalog hears 10.78.2.4");
        TestSandwich.Header header = sandwich.next();
        assertThat(header.source()).isEqualTo(InetAddress.ofLiteral("10.78.1.1"));
        assertThat(header.destination()).isEqualTo(mesh.machine("shop-catalog").application());
        assertThat(header.identity()).isEqualTo(CART.toString());
    }

    // --- another network ---

    @ParameterizedTest
    @CsvSource({"10.96.0.20, far, gateway by address", "10.96.0.21, far-by-name, gateway by host name and another port"
    })
    void intoAnotherNetworkByATunnelInATunnel(String address, String service, String what) {
        long mark = ztunnel("node-a").mark();
        String authority = service + ".shop.svc.cluster.local:80";
        assertThat(fromCart(address, 80)).as(what).isEqualTo("shop-reviews hears 10.78.2.5");
        var outer = eastWest.next();
        assertThat(outer.authority()).isEqualTo(authority);
        assertThat(outer.peer()).isEqualTo(CART);
        ztunnel("node-a")
                .line(
                        mark,
                        "connection complete",
                        "src.workload=\"cart\"",
                        "dst.addr=10.78.2.5:15008",
                        "dst.hbone_addr=" + authority,
                        "dst.workload=\"reviews\"",
                        "dst.identity=\"spiffe://cluster.local/ns/shop/sa/reviews\"",
                        "direction=\"outbound\"");
    }

    /** An address of another network means nothing here, so the caller is who its proxy says. */
    @Test
    void aCallerOfAnotherNetworkIsKnownByItsBaggage() throws IOException {
        long mark = ztunnel("node-b").mark();
        Csr csr = Csr.of(CART.toString());
        List<String> chain = TestAuthority.of(mesh).sign(csr, CART);
        try (var client = hbone("legacy-scanner", "shop-reviews", csr, chain)) {
            var headers = Map.of(
                    "x-forwarded-network",
                    "elsewhere",
                    "baggage",
                    "k8s.cluster.name=Far,k8s.namespace.name=outback,k8s.pod.name=jackaroo,service.name=jackaroo");
            assertThat(client.open("10.78.2.2:8080", headers)).isEqualTo(200);
            assertThat(client.exchange("GET / HTTP/1.1\r\nHost: a\r\n\r\n")).contains("shop-reviews hears");
        }
        ztunnel("node-b").line(mark, "direction=\"inbound\"", "src.workload=\"jackaroo\"", "src.cluster=\"Far\"");
    }

    private static HboneClient hbone(String from, String to, Csr csr, List<String> chain) throws IOException {
        return HboneClient.connect(mesh.machine(from), mesh.machine(to), csr, chain);
    }

    // --- services ---

    @Test
    void everyEndpointOfAServiceIsChosen() {
        Set<String> answers = new HashSet<>();
        for (int i = 0; i < 40; i++) {
            answers.add(fromCart("10.96.0.25", 80));
        }
        assertThat(answers).containsExactlyInAnyOrder("shop-catalog hears 10.78.1.1", "shop-reviews hears 10.78.1.1");
        // The destination is told an address and can only guess the service; Istio's node proxy does not here, ours
        // does.
        Pod caller = mesh.machine("node-a");
        assertThat(caller.get(new InetSocketAddress(caller.address(), 15_020), "/metrics"))
                .containsPattern("istio_tcp_connections_opened_total\\{[^}]*destination_service_name=\"both\"");
    }

    @ParameterizedTest
    @CsvSource({"both, target port by number", "named, target port by name"})
    void aServicesHostNameAsAuthority(String service, String what) throws IOException {
        Csr csr = Csr.of(CART.toString());
        List<String> chain = TestAuthority.of(mesh).sign(csr, CART);
        try (var client = hbone("legacy-scanner", "shop-reviews", csr, chain)) {
            assertThat(client.open(service + ".shop.svc.cluster.local:80"))
                    .as(what)
                    .isEqualTo(200);
        }
    }

    // --- the proxy itself ---

    @Test
    void metricsOfANodeProxyThroughATunnelToIt() {
        long mark = ztunnel("node-b").mark();
        assertThat(mesh.machine("shop-cart").get(new InetSocketAddress("10.77.0.2", 15_020), "/metrics"))
                .contains("# TYPE istio_tcp_connections_opened");
        ztunnel("node-b")
                .line(
                        mark,
                        "connection complete",
                        "src.workload=\"cart\"",
                        "src.identity=\"" + CART + "\"",
                        "dst.addr=10.77.0.2:15008",
                        "dst.hbone_addr=10.77.0.2:15020",
                        "dst.workload=\"ztunnel-node-b\"",
                        "dst.identity=\"spiffe://cluster.local/ns/istio-system/sa/ztunnel\"",
                        "direction=\"inbound\"");
    }

    // --- whom to trust ---

    /** The same root on purpose: it is the identity that must be refused, not the signature. */
    @Test
    void aCallerOfAnotherTrustDomainGetsNoTunnel() {
        Csr csr = Csr.of(FOREIGN.toString());
        List<String> chain = TestAuthority.of(mesh).sign(csr, FOREIGN);
        assertThatThrownBy(() -> {
                    try (var client = hbone("legacy-scanner", "shop-reviews", csr, chain)) {
                        client.open("10.78.2.2:8080");
                    }
                })
                .isInstanceOf(IOException.class);
    }

    /** The certificate of a caller and that of a called pod: new connections are refused, those that are open end. */
    @Test
    void revokedCertificatesCarryNothingAnyMore() throws IOException {
        try (Socket byRevoked = open("shop-catalog", "shop-reviews");
                Socket toRevoked = open("shop-cart", "shop-payments");
                Socket unaffected = open("shop-cart", "shop-reviews")) {
            assertThat(revoked("node-a", "source") + revoked("node-b", "destination"))
                    .isZero();
            Set<BigInteger> serials = serials("catalog");
            serials.addAll(serials("payments"));
            writeRevocations(TestAuthority.of(mesh).revoke(serials));

            expectEnd(byRevoked);
            expectEnd(toRevoked);
            assertThat(revoked("node-a", "source"))
                    .as("seen by the caller's proxy")
                    .isPositive();
            assertThat(revoked("node-b", "destination"))
                    .as("seen by the called pod's proxy")
                    .isPositive();
            assertThat(mesh.get("shop-catalog", "shop-reviews"))
                    .as("a new connection of a caller whose certificate is revoked")
                    .startsWith("failed");
            assertThat(mesh.get("shop-cart", "shop-payments"))
                    .as("a new connection to a pod whose certificate is revoked")
                    .startsWith("failed");
            assertThat(Pod.get(unaffected, "/")).isEqualTo("shop-reviews hears 10.78.1.1");
        }
        writeRevocations("");
        Await.asserted(
                Duration.ofSeconds(10),
                () -> assertThat(List.of(
                                mesh.get("shop-cart", "shop-payments"), mesh.get("shop-catalog", "shop-reviews")))
                        .containsExactly("shop-payments hears 10.78.1.1", "shop-reviews hears 10.78.1.2"));
    }

    private static Socket open(String from, String to) throws IOException {
        Socket socket = mesh.machine(from).connect(mesh.machine(to).application());
        assertThat(Pod.get(socket, "/")).startsWith(to + " hears");
        return socket;
    }

    private static void expectEnd(Socket socket) {
        Await.until(Duration.ofSeconds(10), "a connection over a revoked certificate ends", () -> {
            try {
                return Pod.get(socket, "/").startsWith("failed");
            } catch (IOException ended) {
                return true;
            }
        });
    }

    /** Of every certificate that the control plane has issued to a service account of shop. */
    private static Set<BigInteger> serials(String account) {
        var serials = new HashSet<BigInteger>();
        Matcher issued =
                ISSUED.matcher(mesh.process(MeshUnderTest.CONTROL_PLANE).text(0));
        while (issued.find()) {
            if (issued.group(1).endsWith("/ns/shop/sa/" + account)) {
                serials.add(new BigInteger(issued.group(2), 16));
            }
        }
        assertThat(serials).as("certificates of " + account).isNotEmpty();
        return serials;
    }

    private static double revoked(String node, String reporter) {
        return mesh.metric(node, 15_020, "istio_crl_policy_rejections_total{reporter=\"" + reporter + "\"");
    }

    private static void writeRevocations(String pem) {
        try {
            Path draft = Files.writeString(mesh.file("tmp/crl.pem"), pem);
            Files.move(draft, mesh.file("crl/crl.pem"), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
