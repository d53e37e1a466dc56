package dev.ambit.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ambit.domain.identity.SpiffeId;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who may ask for certificates, asks for others', or without end, or with what was taken from somebody: on a whole mesh. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class CertificateAbuseTest {
    private static final String CART = "spiffe://cluster.local/ns/shop/sa/cart";
    private static final String PAYMENTS = "spiffe://cluster.local/ns/shop/sa/payments";
    private static final String SCANNER = "spiffe://cluster.local/ns/legacy/sa/scanner";

    /** What a workload may ask at once, and then a second. */
    private static final int BURST = 30;

    private static MeshUnderTest mesh;
    private static CertificateClient certificates;

    @BeforeAll
    static void startMesh() {
        mesh = MeshUnderTest.start(new MeshSetup(
                Optional.empty(),
                Set.of(),
                List.of(),
                Optional.empty(),
                Map.of(),
                Map.of("WORKLOAD_TOKENS", "legacy/scanner")));
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
    }

    @Test
    void aNodesTokenTakenToAnotherNodeIsStillThatNodesAlone() {
        Await.step("certificates: node-a's token, replayed from node-b");
        String stolen = certificates.token("node-a");
        long mark = mesh.controlPlane().mark();
        try (var thief = CertificateSession.open(mesh, "node-b")) {
            assertRefused(() -> thief.request(stolen, Csr.of(PAYMENTS), PAYMENTS));
        }
        mesh.controlPlane()
                .line(mark, "certificate refused", "no live pod on node node-a has the identity " + PAYMENTS);
    }

    @Test
    void aTokenOfANodeProxyThatIsNoMoreBuysNothing() {
        Await.step("certificates: the token of a ztunnel that was replaced");
        String stolen = certificates.token("node-a");
        String before = mesh.manifest("ztunnels.yaml");
        try (var thief = CertificateSession.open(mesh, "node-b")) {
            assertThat(thief.request(stolen, Csr.of(CART), CART)).isNotEmpty();
            long mark = mesh.controlPlane().mark();
            mesh.write(
                    "ztunnels.yaml",
                    before.replace("3a5413b8-ccfe-5f38-8b50-292ad814ac55", "00000000-0000-0000-0000-000000000001"));
            Await.asserted(Duration.ofSeconds(5), () -> assertRefused(() -> thief.request(stolen, Csr.of(CART), CART)));
            mesh.controlPlane().line(mark, "certificate refused", "no live pod has the uid '3a5413b8");
        } finally {
            mesh.write("ztunnels.yaml", before);
        }
        Await.asserted(
                Duration.ofSeconds(5),
                () -> assertThatCode(() -> certificates.request(certificates.token("node-a"), Csr.of(CART), CART))
                        .doesNotThrowAnyException());
    }

    @Test
    void aCallerThatFloodsGetsItsShareAndNobodyElseWaits() throws InterruptedException {
        Await.step("certificates: one workload asks from eight threads without a pause");
        String token = certificates.tokenOf("legacy_scanner");
        Csr csr = Csr.of(SCANNER);
        var stop = new AtomicBoolean();
        var answers = new Answers(new AtomicInteger(), new AtomicInteger(), new AtomicInteger());
        long began = System.nanoTime();
        var flood = new ArrayList<Thread>();
        for (int i = 0; i < 8; i++) {
            flood.add(Thread.ofVirtual().start(() -> ask(token, csr, stop, answers)));
        }
        double slowestMillis = 0;
        for (int i = 0; i < 20; i++) {
            long asked = System.nanoTime();
            assertThat(certificates.request(certificates.token("node-a"), Csr.of(CART), CART))
                    .isNotEmpty();
            slowestMillis = Math.max(slowestMillis, (System.nanoTime() - asked) / 1e6);
        }
        stop.set(true);
        for (Thread each : flood) {
            each.join();
        }
        double seconds = (System.nanoTime() - began) / 1e9;
        Await.step("certificates: flood of %.1f s, %s; the slowest of the others' took %.0f ms"
                .formatted(seconds, answers, slowestMillis));
        assertThat(answers.issued().get()).isBetween(1, BURST + (int) Math.ceil(seconds) + 1);
        assertThat(answers.tooMany().get()).isGreaterThan(200);
        assertThat(answers.others().get()).as("no other answer").isZero();
        assertThat(slowestMillis).as("others are served meanwhile").isLessThan(3_000);
        assertThat(mesh.metric("control", 15_020, "ambit_certificates_issued_total{outcome=\"too-many\"}"))
                .isGreaterThan(200);
    }

    private record Answers(AtomicInteger issued, AtomicInteger tooMany, AtomicInteger others) {}

    private static void ask(String token, Csr csr, AtomicBoolean stop, Answers answers) {
        try (var session = CertificateSession.open(mesh, "node-b")) {
            while (!stop.get()) {
                try {
                    session.request(token, csr, "");
                    answers.issued().incrementAndGet();
                } catch (StatusRuntimeException refused) {
                    boolean tooMany = refused.getStatus().getCode() == Status.Code.RESOURCE_EXHAUSTED;
                    (tooMany ? answers.tooMany() : answers.others()).incrementAndGet();
                }
            }
        }
    }

    @Test
    void aCertificateIsRenewedByWhoeverHasItsKeyAndOpensTunnels() throws IOException {
        Await.step("certificates: renewed by mutual TLS, without a token");
        Csr first = Csr.of(SCANNER);
        List<String> chain;
        try (var session = CertificateSession.open(mesh, "node-a")) {
            chain = session.request(certificates.tokenOf("legacy_scanner"), first, "");
        }
        Csr second = Csr.of(SCANNER);
        List<String> renewed;
        try (var session = CertificateSession.open(mesh, "node-a", first, chain)) {
            renewed = session.request("", second, "");
            long mark = mesh.controlPlane().mark();
            assertRefused(() -> session.request("", Csr.of(CART), CART));
            mesh.controlPlane().line(mark, "certificate refused", "caller=");
        }
        X509Certificate leaf = CertificateSession.certificate(renewed.getFirst());
        assertThat(leaf.getPublicKey()).isEqualTo(second.keys().getPublic());
        assertThat(leaf.getSerialNumber())
                .isNotEqualTo(CertificateSession.certificate(chain.getFirst()).getSerialNumber());
        try (var tunnel =
                HboneClient.connect(mesh.machine("legacy-scanner"), mesh.machine("shop-payments"), second, renewed)) {
            assertThat(tunnel.open("10.78.2.1:8080")).isEqualTo(200);
        }
    }

    @Test
    void aCertificateThatSomebodyElseSignedRenewsNothing() {
        Csr csr = Csr.of(SCANNER);
        List<String> chain =
                new ArrayList<>(new TestAuthority(mesh.file("tmp/other-root")).sign(csr, SpiffeId.of(SCANNER)));
        chain.add("in place of the root, which nobody shows");
        try (var session = CertificateSession.open(mesh, "node-a", csr, chain)) {
            assertThatThrownBy(() -> session.request("", Csr.of(SCANNER), ""))
                    .isInstanceOf(StatusRuntimeException.class);
        }
    }

    private static void assertRefused(Runnable request) {
        assertThatThrownBy(request::run)
                .isInstanceOf(StatusRuntimeException.class)
                .hasMessageStartingWith("UNAUTHENTICATED");
    }
}
