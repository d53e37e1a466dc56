package dev.ambit.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;

/** What a running mesh does when policies, pods and proxies come and go under connections that are open. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
@SuppressWarnings("NullAway.Init") // set before each invocation of the class
abstract class ChangeScenarios {
    private static final InetSocketAddress ADMIN = new InetSocketAddress(InetAddress.getLoopbackAddress(), 15_000);
    private static final Duration SOON = Duration.ofSeconds(5);
    private static final String LATE = "spiffe://cluster.local/ns/shop/sa/late";
    private static final String NOT_CART = """
            apiVersion: security.istio.io/v1
            kind: AuthorizationPolicy
            metadata: {name: not-cart, namespace: shop}
            spec:
              action: DENY
              rules:
                - from: [{source: {principals: [cluster.local/ns/shop/sa/cart]}}]
            """;
    private static final String LATE_POD = """
            apiVersion: v1
            kind: ServiceAccount
            metadata: {name: late, namespace: shop}
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: late, namespace: shop, uid: 2f1de8a8-43d5-5b8e-9cf1-0b0c3a0ff6d1, labels: {app: late}}
            spec:
              nodeName: node-a
              serviceAccountName: late
              containers: [{name: app, image: late}]
            status: {phase: Running, podIP: 10.78.1.4, podIPs: [{ip: 10.78.1.4}]}
            """;

    private static final Pattern STATE = Pattern.compile("\"state\":\"(\\w+)");

    static MeshUnderTest mesh;
    private static Combination combination;

    @BeforeParameterizedClassInvocation
    static void startMesh(Combination chosen) {
        combination = chosen;
        Await.step("scenarios of change: " + chosen);
        mesh = MeshUnderTest.start(new MeshSetup(
                MeshSetup.givenPeer(), chosen.peerNodes(), List.of(), Optional.empty(), Map.of(), Map.of()));
    }

    @AfterParameterizedClassInvocation
    static void stopMesh() {
        if (mesh != null) {
            mesh.close();
        }
    }

    @AfterEach
    void everybodyIsBack() {
        mesh.expectAllAlive();
        mesh.call("shop-cart", "shop-reviews", "shop-reviews hears 10.78.1.1");
    }

    static Socket open(String from, String to) throws IOException {
        Socket socket = mesh.machine(from).connect(mesh.machine(to).application());
        assertThat(Pod.get(socket, "/")).startsWith(to + " hears");
        return socket;
    }

    static void expectEnd(Socket socket) {
        Await.until(SOON, "the connection ends", () -> {
            try {
                return Pod.get(socket, "/").startsWith("failed");
            } catch (IOException ended) {
                return true;
            }
        });
    }

    @Test
    void aNewPolicyEndsTheConnectionsThatItForbidsAndNoOther() throws IOException {
        try (Socket forbidden = open("shop-cart", "shop-reviews");
                Socket allowed = open("shop-catalog", "shop-reviews")) {
            mesh.write("not-cart.yaml", NOT_CART);
            expectEnd(forbidden);
            assertThat(mesh.get("shop-cart", "shop-reviews")).startsWith("failed");
            assertThat(Pod.get(allowed, "/")).isEqualTo("shop-reviews hears 10.78.1.2");
        } finally {
            mesh.delete("not-cart.yaml");
        }
    }

    @Test
    void aPodThatLeavesTheMeshLosesItsConnectionsAtOnce() throws IOException {
        String pods = mesh.manifest("pods.yaml");
        MeshProcess ztunnel = mesh.process("ztunnel-node-a");
        try (Socket leaving = open("shop-cart", "shop-reviews");
                Socket other = open("shop-cart", "shop-payments")) {
            mesh.write(
                    "pods.yaml", pods.replace("app: reviews\n", "app: reviews\n    istio.io/dataplane-mode: none\n"));
            expectEnd(leaving);
            assertThat(Pod.get(other, "/")).isEqualTo("shop-payments hears 10.78.1.1");
        } finally {
            mesh.write("pods.yaml", pods);
        }
        long mark = ztunnel.mark();
        Await.until(Duration.ofSeconds(10), "reviews is called through a tunnel again", () -> {
            mesh.get("shop-cart", "shop-reviews");
            return ztunnel.text(mark)
                    .lines()
                    .anyMatch(line -> line.contains("dst.addr=10.78.2.2:15008") && !line.contains("error"));
        });
    }

    /** What is open goes on, and the proxy ends when the last one has; then nobody gets around the proxy that is not there. */
    @Test
    void aProxyThatIsAskedToEndLetsItsConnectionsFinish() throws IOException {
        MeshProcess ztunnel = mesh.process("ztunnel-node-a");
        try (Socket open = open("shop-cart", "shop-reviews")) {
            long mark = ztunnel.mark();
            ztunnel.terminate();
            Await.until(
                    SOON,
                    "the proxy says that it ends",
                    () -> !ztunnel.text(mark).isEmpty());
            if (combination.client() == Combination.Side.OURS) {
                // Another maker's lets new connections wait until it is gone.
                Await.asserted(
                        Duration.ofSeconds(2),
                        () -> assertThat(mesh.get("shop-cart", "shop-reviews")).startsWith("failed"));
            }
            for (int i = 0; i < 20; i++) {
                assertThat(Pod.get(open, "/")).isEqualTo("shop-reviews hears 10.78.1.1");
            }
        }
        assertThat(ztunnel.awaitEnd(Duration.ofSeconds(10))).isZero();
        assertThat(mesh.get("shop-cart", "shop-reviews")).startsWith("failed");
        ztunnel.restart();
        mesh.awaitReady("node-a", 15_021);
    }

    @Test
    void aPodsCertificateIsThereBeforeItsFirstConnectionAndForgottenAfterItsEnd() {
        assertThat(stateOfLate("node-a")).isEmpty();
        mesh.write("late.yaml", LATE_POD);
        Await.asserted(
                Duration.ofSeconds(10), () -> assertThat(stateOfLate("node-a")).isEqualTo("Available"));
        assertThat(stateOfLate("node-b")).as("that is another node's pod").isEmpty();
        mesh.call("shop-late", "shop-payments", "shop-payments hears 10.78.1.4");
        mesh.delete("late.yaml");
        Await.asserted(
                Duration.ofSeconds(10), () -> assertThat(stateOfLate("node-a")).isEmpty());
    }

    /** Of the late pod's certificate, by the node proxy's configuration dump; empty if it has none. */
    private static String stateOfLate(String node) {
        String dump = mesh.machine(node).get(ADMIN, "/config_dump").replaceAll("\\s", "");
        assertThat(dump).contains("\"certificates\":");
        int at = dump.indexOf("\"identity\":\"" + LATE + "\"");
        Matcher state = STATE.matcher(dump);
        return at >= 0 && state.find(at) ? state.group(1) : "";
    }
}
