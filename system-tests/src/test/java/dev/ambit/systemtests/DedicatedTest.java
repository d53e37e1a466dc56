package dev.ambit.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A ztunnel of one workload, in that workload's own namespace, without a node agent. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class DedicatedTest {
    private static final String SCANNER = "legacy-scanner";
    private static final Map<String, String> SETTINGS = Map.of(
            "PROXY_MODE", "dedicated",
            "PROXY_WORKLOAD_INFO", "legacy/scanner/scanner",
            "PACKET_MARK", "1337",
            "INPOD_UDS", "/nowhere/ztunnel.sock");

    private static MeshUnderTest mesh;

    @BeforeAll
    static void startMesh() {
        mesh = MeshUnderTest.start();
    }

    @AfterAll
    static void stopMesh() {
        if (mesh != null) {
            mesh.close();
        }
    }

    @Test
    void servesItsOwnNamespaceAndLeavesItInOrder() {
        Await.step("ztunnel in dedicated mode, redirection as Istio's script for it");
        mesh.startZtunnel("dedicated", "node-a", SCANNER, SETTINGS);
        mesh.awaitReady(SCANNER, 15_021);
        mesh.run("ip", "netns", "exec", SCANNER, "nft", "add table ip dedicated");
        mesh.run(
                "ip",
                "netns",
                "exec",
                SCANNER,
                "nft",
                "add chain ip dedicated output { type nat hook output priority dstnat; }");
        mesh.run(
                "ip",
                "netns",
                "exec",
                SCANNER,
                "nft",
                "add rule ip dedicated output oif != lo meta l4proto tcp mark and 0xfff != 0x539 redirect to :15001");

        mesh.call(SCANNER, "shop-payments", "shop-payments hears 10.78.1.3");
        assertThat(mesh.process("dedicated").text(0))
                .contains("src.workload=\"scanner\"")
                .contains("direction=\"outbound\"")
                .doesNotContain("node agent");

        Await.step("a second one in the same namespace: its ports are taken, and it says so");
        var second = new HashMap<>(SETTINGS);
        second.putAll(Map.of("READINESS_PORT", "25021", "STATS_PORT", "25020", "ADMIN_PORT", "25000"));
        mesh.startZtunnel("second", "node-a", SCANNER, second);
        assertThat(mesh.process("second").awaitEnd(Duration.ofSeconds(30))).isEqualTo(1);
        assertThat(mesh.process("second").text(0))
                .contains("ztunnel cannot start")
                .contains("cannot listen on");

        mesh.process("dedicated").terminate();
        assertThat(mesh.process("dedicated").awaitEnd(Duration.ofSeconds(30))).isZero();
    }
}
