package dev.ambit.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ambit.adapters.istiodca.token.StandaloneCallerAuthentication;
import dev.ambit.domain.identity.SpiffeId;
import dev.ambit.domain.identity.TrustDomain;
import dev.ambit.domain.issuing.PodRecord;
import dev.ambit.domain.workload.PodRef;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Bad input of every kind to a running mesh: it is refused, named in a log line, and nobody else notices. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class BadInputTest {
    private static final String CART = "spiffe://cluster.local/ns/shop/sa/cart";
    private static final String PAYMENTS = "spiffe://cluster.local/ns/shop/sa/payments";
    private static final String ALLOW = """
            apiVersion: security.istio.io/v1
            kind: AuthorizationPolicy
            metadata:
              name: by-address
              namespace: shop
            spec:
              selector:
                matchLabels:
                  app: payments
              action: ALLOW
              rules:
                - from:
                    - source:
                        ipBlocks: ["10.78.1.1/32"]
            """;

    private static MeshUnderTest mesh;
    private static CertificateClient certificates;

    @TempDir
    private Path temp;

    @BeforeAll
    static void startMesh() {
        mesh = MeshUnderTest.start();
        certificates = new CertificateClient(mesh);
    }

    @AfterAll
    static void stopMesh() {
        if (mesh != null) {
            mesh.close();
        }
    }

    @AfterEach
    void nobodyElseIsDisturbed() {
        mesh.expectAllAlive();
        assertThat(mesh.get("shop-cart", "shop-payments")).isEqualTo("shop-payments hears 10.78.1.1");
        assertThat(mesh.get("shop-cart", "shop-reviews")).isEqualTo("shop-reviews hears 10.78.1.1");
    }

    // --- manifests ---

    @Test
    void malformedYaml() {
        expectProblem("broken.yaml", "apiVersion: v1\nkind: Service\nmetadata: [not: closed\n", "broken.yaml");
    }

    @Test
    void unknownEnumValue() {
        String yaml = """
                apiVersion: security.istio.io/v1
                kind: PeerAuthentication
                metadata: {name: odd, namespace: legacy}
                spec:
                  mtls: {mode: SOMETIMES}
                """;
        expectProblem("enum.yaml", yaml, "enum.yaml:", "SOMETIMES");
    }

    @Test
    void invalidCidrLeavesTheLastGoodPolicyInForce() {
        Await.step("bad input: an edit makes a CIDR invalid; the last good policy stays");
        mesh.write("by-address.yaml", ALLOW);
        expectCatalog("failed");
        long mark = mesh.controlPlane().mark();
        mesh.write("by-address.yaml", ALLOW.replace("10.78.1.1/32", "10.78.1.1/99"));
        mesh.controlPlane().line(mark, "configuration problem", "by-address.yaml:", "10.78.1.1/99");
        assertThat(mesh.get("shop-catalog", "shop-payments")).startsWith("failed");
        assertThat(mesh.get("shop-cart", "shop-payments")).startsWith("shop-payments hears");
        mesh.delete("by-address.yaml");
        expectCatalog("shop-payments hears");
    }

    private static void expectCatalog(String beginning) {
        Await.asserted(
                Duration.ofSeconds(3),
                () -> assertThat(mesh.get("shop-catalog", "shop-payments")).startsWith(beginning));
    }

    private void expectProblem(String file, String yaml, String... texts) {
        Await.step("bad input: a manifest with " + String.join(" ", texts));
        long mark = mesh.controlPlane().mark();
        double before = problems();
        mesh.write(file, yaml);
        String line = mesh.controlPlane().line(mark, texts);
        assertThat(line).contains("WARN", "configuration problem", "why=");
        Await.asserted(Duration.ofSeconds(2), () -> assertThat(problems()).isGreaterThan(before));
        nobodyElseIsDisturbed();
        mesh.delete(file);
        mesh.controlPlane().line(mark, "configuration problem is gone", file);
        Await.asserted(Duration.ofSeconds(2), () -> assertThat(problems()).isEqualTo(before));
    }

    private static double problems() {
        return mesh.metric("control", 15_020, "ambit_configuration_problems");
    }

    // --- certificate requests ---

    @Test
    void requestForAnIdentityTheCsrDoesNotName() {
        expectRefused(
                "a CSR with another identity",
                certificates.token("node-a"),
                Csr.of(PAYMENTS),
                CART,
                "asks for another identity");
    }

    @Test
    void requestForAPodOfAnotherNode() {
        String token = certificates.token("node-b");
        expectRefused(
                "node-b's token for a pod of node-a",
                token,
                Csr.of(CART),
                CART,
                "no live pod on node node-b has the identity " + CART);
    }

    @Test
    void expiredToken() {
        Clock past = Clock.offset(Clock.systemUTC(), Duration.ofDays(-2));
        expectRefused("an expired token", token("istio-ca", past), Csr.of(CART), CART, "token: it expired");
    }

    @Test
    void tokenForAnotherAudience() {
        String token = token("vault", Clock.systemUTC());
        expectRefused("a token for another audience", token, Csr.of(CART), CART, "its audience is not istio-ca");
    }

    @Test
    void noTokenAtAll() {
        expectRefused("no token", "", Csr.of(CART), CART, "without a bearer token");
    }

    /** A token as good as the one ztunnel has, but for these two. */
    private static String token(String audience, Clock clock) {
        var tokens = StandaloneCallerAuthentication.open(
                mesh.file("ca/token-key.json"),
                "https://ambit.dev/standalone",
                audience,
                new TrustDomain("cluster.local"),
                clock);
        var pod = new PodRef("3a5413b8-ccfe-5f38-8b50-292ad814ac55", "istio-system", "ztunnel-node-a", "ztunnel");
        var identity = new SpiffeId(new TrustDomain("cluster.local"), "istio-system", "ztunnel");
        return tokens.mint(new PodRecord(pod, identity, "node-a"), Duration.ofHours(1));
    }

    private static void expectRefused(String what, String token, Csr csr, String identity, String why) {
        Await.step("bad input: certificate request with " + what);
        assertThat(certificates.request(token("istio-ca", Clock.systemUTC()), Csr.of(CART), CART))
                .as("the same, but right")
                .isNotEmpty();
        long mark = mesh.controlPlane().mark();
        assertThatThrownBy(() -> certificates.request(token, csr, identity))
                .isInstanceOf(StatusRuntimeException.class)
                .hasMessageMatching("(?s)(UNAUTHENTICATED|INVALID_ARGUMENT|PERMISSION_DENIED).*");
        mesh.controlPlane().line(mark, "WARN", "refused", why);
    }

    // --- tunnels ---

    @Test
    void connectToAnotherPodsAddress() throws IOException {
        Await.step("bad input: CONNECT through payments' proxy to another pod");
        Csr csr = Csr.of(CART);
        List<String> chain = certificates.request(certificates.token("node-a"), csr, CART);
        try (var good = connect(csr, chain)) {
            assertThat(good.open("10.78.2.1:8080")).isEqualTo(200);
            assertThat(good.exchange("GET / HTTP/1.1\r\nHost: a\r\n\r\n")).contains("shop-payments hears");
        }
        long mark = ztunnel().mark();
        try (var foreign = connect(csr, chain)) {
            assertThat(foreign.open("10.78.2.2:8080")).isEqualTo(400);
        }
        ztunnel().line(mark, "ip mismatch: 10.78.2.2 != 10.78.2.1", CART);
        try (var nonsense = connect(csr, chain)) {
            assertThat(nonsense.open("no port here")).isEqualTo(400);
        }
        ztunnel().line(mark, "malformed HBONE request", "no port here");
    }

    @Test
    void http1OnTheTunnelPort() throws IOException {
        expectBytesRefused("HTTP/1", "GET / HTTP/1.1\r\nHost: payments\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    }

    @Test
    void noiseOnTheTunnelPort() throws IOException {
        var noise = new byte[2000];
        new Random(4711).nextBytes(noise);
        expectBytesRefused("noise", noise);
    }

    private static void expectBytesRefused(String what, byte[] bytes) throws IOException {
        Await.step("bad input: " + what + " on port 15008");
        long mark = ztunnel().mark();
        double before = rejected();
        try (Socket socket = scanner().connect(new InetSocketAddress("10.78.2.1", HboneClient.PORT))) {
            socket.getOutputStream().write(bytes);
            assertClosed(socket);
        }
        ztunnel().line(mark, "warn", "connection failed", "direction=\"inbound\"", "TLS");
        assertThat(rejected()).isGreaterThan(before);
    }

    private static void assertClosed(Socket socket) {
        try {
            byte[] answer = socket.getInputStream().readNBytes(4096);
            assertThat(answer).as("at most a TLS alert").hasSizeLessThan(16);
        } catch (IOException reset) {
            assertThat(reset).hasMessageContaining("reset");
        }
    }

    @Test
    void clientWithoutCertificate() {
        expectTunnelRefused("without certificate", Csr.of(CART), List.of());
    }

    @Test
    void certificateOfAnotherTrustDomain() {
        // The same root on purpose: it is the identity that must be refused, not the signature.
        var identity = SpiffeId.of("spiffe://elsewhere.example/ns/shop/sa/cart");
        Csr csr = Csr.of(identity.toString());
        List<String> chain = TestAuthority.of(mesh).sign(csr, identity);
        expectTunnelRefused("with a certificate of another trust domain", csr, chain);
    }

    @Test
    void certificateOfAnotherRoot() {
        Csr csr = Csr.of(CART);
        List<String> chain = new TestAuthority(temp.resolve("other-root")).sign(csr, SpiffeId.of(CART));
        expectTunnelRefused("with a certificate of another root", csr, chain);
    }

    private static void expectTunnelRefused(String what, Csr csr, List<String> chain) {
        Await.step("bad input: tunnel client " + what);
        long mark = ztunnel().mark();
        double before = rejected();
        assertThatThrownBy(() -> {
                    try (var client = connect(csr, chain)) {
                        client.open("10.78.2.1:8080");
                    }
                })
                .as("TLS 1.3: the handshake or the first read fails")
                .isInstanceOf(IOException.class);
        ztunnel().line(mark, "warn", "connection failed", "direction=\"inbound\"", "TLS");
        assertThat(rejected()).isGreaterThan(before);
    }

    private static HboneClient connect(Csr csr, List<String> chain) throws IOException {
        return HboneClient.connect(scanner(), mesh.machine("shop-payments"), csr, chain);
    }

    private static Pod scanner() {
        return mesh.machine("legacy-scanner");
    }

    private static MeshProcess ztunnel() {
        return mesh.process("ztunnel-node-b");
    }

    private static double rejected() {
        return mesh.metric("node-b", 15_020, "ambit_connections_rejected_total");
    }
}
