package dev.ambit.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
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
                "add chain ip dedicated output { type nat hook output priority -100; }");
        mesh.run(
                "ip",
                "netns",
                "exec",
                SCANNER,
                "nft",
                "add rule ip dedicated output oif != lo meta l4proto tcp mark and 0xfff != 0x539 redirect to :15001");

        // Outside the mesh, because only the workload's own token would buy it a certificate.
        var outside = new InetSocketAddress(mesh.machine("control").address(), 15_021);
        assertThat(mesh.machine(SCANNER).get(outside, "/healthz/ready")).startsWith("ready");
        assertThat(mesh.process("dedicated").line(0, "src.workload=\"scanner\"", "direction=\"outbound\""))
                .contains("dst.addr=10.77.0.10:15021");
        assertThat(mesh.process("dedicated").text(0)).doesNotContain("node agent");

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
