package dev.ambit.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;

/**
 * A ztunnel of one workload, in that workload's own namespace, without a node agent: its certificate is the workload's own,
 * asked for with the workload's own token.
 */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
@SuppressWarnings("NullAway.Init") // set before each invocation of the class
abstract class DedicatedScenarios {
    static final String SCANNER = "legacy-scanner";
    static final Map<String, String> SETTINGS = Map.of(
            "PROXY_MODE", "dedicated",
            // Nothing brings replies to a caller's address back through the proxy: these are not the agent's rules.
            "ENABLE_ORIG_SRC", "false",
            "PROXY_WORKLOAD_INFO", "legacy/scanner/scanner",
            "POD_NAMESPACE", "legacy",
            "POD_NAME", "scanner",
            "PACKET_MARK", "1337",
            "AUTH_TOKEN", MeshUnderTest.FOLDER + "/tokens/legacy_scanner/istio-token",
            "INPOD_UDS", "/nowhere/ztunnel.sock");

    private static final String IDENTITY = "spiffe://cluster.local/ns/legacy/sa/scanner";

    static MeshUnderTest mesh;

    @BeforeParameterizedClassInvocation
    static void startMesh(Combination.Side side) {
        mesh = MeshUnderTest.start(new MeshSetup(
                MeshSetup.givenPeer(),
                side == Combination.Side.THEIRS ? Set.of(SCANNER) : Set.of(),
                List.of(),
                Optional.empty(),
                Map.of(),
                Map.of("WORKLOAD_TOKENS", "legacy/scanner")));
        // The pod says by this label that it takes tunnels without the agent's help.
        String pods = mesh.manifest("pods.yaml");
        mesh.write("pods.yaml", pods.replace("app: scanner\n", "app: scanner\n    networking.istio.io/tunnel: http\n"));
        Await.step("ztunnel in dedicated mode, redirection as Istio's script for it");
        mesh.startZtunnel("dedicated", "node-a", SCANNER, SETTINGS);
        mesh.awaitReady(SCANNER, 15_021);
        nft("add table ip dedicated");
        nft("add chain ip dedicated output { type nat hook output priority -100; }");
        // An operator's rules spare the proxy's own user; here there is but one.
        nft("add rule ip dedicated output oif != lo tcp dport != 15012 mark and 0xfff != 0x539 redirect to :15001");
    }

    private static void nft(String command) {
        mesh.run("ip", "netns", "exec", SCANNER, "nft", command);
    }

    @AfterParameterizedClassInvocation
    static void itEndsInOrder() {
        if (mesh == null) {
            return;
        }
        try {
            MeshProcess dedicated = mesh.process("dedicated");
            dedicated.terminate();
            assertThat(dedicated.awaitEnd(Duration.ofSeconds(30))).isZero();
        } finally {
            mesh.close();
        }
    }

    @Test
    void aCallOutOfTheMesh() {
        long mark = mesh.process("dedicated").mark();
        var outside = new InetSocketAddress(mesh.machine("control").address(), 15_021);
        assertThat(mesh.machine(SCANNER).get(outside, "/healthz/ready")).startsWith("ready");
        assertThat(mesh.process("dedicated").line(mark, "src.workload=\"scanner\"", "direction=\"outbound\""))
                .contains("dst.addr=10.77.0.10:15021")
                .doesNotContain("src.identity");
    }

    @Test
    void aCallThroughATunnelToAPodOfANode() {
        long mark = mesh.process("dedicated").mark();
        mesh.call(SCANNER, "shop-payments", "shop-payments hears 10.78.1.3");
        mesh.process("dedicated")
                .line(
                        mark,
                        "connection complete",
                        "src.identity=\"" + IDENTITY + "\"",
                        "dst.addr=10.78.2.1:15008",
                        "dst.identity=\"spiffe://cluster.local/ns/shop/sa/payments\"",
                        "direction=\"outbound\"");
        mesh.process("ztunnel-node-b").line(0, "src.identity=\"" + IDENTITY + "\"", "direction=\"inbound\"");
    }

    @Test
    void aCallThroughATunnelFromAPodOfANode() {
        long mark = mesh.process("dedicated").mark();
        mesh.call("shop-payments", SCANNER, "legacy-scanner hears 10.78.1.3");
        assertThat(mesh.process("dedicated").line(mark, "direction=\"inbound\"", "dst.hbone_addr=10.78.1.3:8080"))
                .contains("src.identity=\"spiffe://cluster.local/ns/shop/sa/payments\"")
                .contains("dst.identity=\"" + IDENTITY + "\"");
    }
}
