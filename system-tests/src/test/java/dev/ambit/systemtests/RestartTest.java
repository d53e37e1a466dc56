package dev.ambit.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Parts of the mesh die and come back; what they have set up outlives them. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class RestartTest {
    private static final String ALLOWED = "shop-payments hears 10.78.1.1";
    private static final String ONLY_CART = """
            apiVersion: security.istio.io/v1
            kind: AuthorizationPolicy
            metadata: {name: only-cart, namespace: shop}
            spec:
              selector: {matchLabels: {app: payments}}
              action: ALLOW
              rules:
                - from: [{source: {principals: [cluster.local/ns/shop/sa/cart]}}]
            """;

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

    @AfterEach
    void everybodyIsBack() {
        mesh.expectAllAlive();
        mesh.call("shop-cart", "shop-payments", ALLOWED);
    }

    @Test
    void editingOneFileChangesTheMeshWithinASecond() {
        Await.step("a policy is written, then deleted: each in force within a second");
        mesh.write("only-cart.yaml", ONLY_CART);
        expectWithinASecond("failed");
        assertThat(mesh.get("shop-cart", "shop-payments")).isEqualTo(ALLOWED);
        mesh.delete("only-cart.yaml");
        expectWithinASecond("shop-payments hears");
    }

    private static void expectWithinASecond(String beginning) {
        Await.asserted(
                Duration.ofSeconds(1),
                () -> assertThat(mesh.get("shop-catalog", "shop-payments")).startsWith(beginning));
    }

    @Test
    void trafficOutlivesTheControlPlane() throws Exception {
        Await.step("control plane: kill -9, then traffic without it, then started again");
        mesh.write("only-cart.yaml", ONLY_CART);
        expectWithinASecond("failed");
        try (Socket open =
                mesh.machine("shop-cart").connect(mesh.machine("shop-payments").application())) {
            assertThat(Pod.get(open, "/")).isEqualTo(ALLOWED);
            MeshProcess controlPlane = mesh.process(MeshUnderTest.CONTROL_PLANE);
            controlPlane.kill();
            assertThat(Pod.get(open, "/")).isEqualTo(ALLOWED);
            assertThat(mesh.get("shop-cart", "shop-payments")).isEqualTo(ALLOWED);
            assertThat(mesh.get("shop-catalog", "shop-payments"))
                    .as("policy stays in force")
                    .startsWith("failed");
            controlPlane.restart();
            mesh.awaitReady("control", 15_021);
            assertThat(mesh.get("shop-catalog", "shop-payments"))
                    .as("and during the restart")
                    .startsWith("failed");
            assertThat(Pod.get(open, "/")).isEqualTo(ALLOWED);
        }
        mesh.delete("only-cart.yaml");
        // ztunnels come back with a back-off of their own, 15 s at most.
        Await.asserted(
                Duration.ofSeconds(20),
                () -> assertThat(mesh.get("shop-catalog", "shop-payments")).startsWith("shop-payments hears"));
    }

    @Test
    void podsAreServedAgainSoonAfterTheirZtunnelDied() {
        Await.step("ztunnel of node-a: kill -9, then started again");
        MeshProcess ztunnel = mesh.process("ztunnel-node-a");
        ztunnel.kill();
        assertThat(mesh.get("shop-cart", "shop-payments"))
                .as("never around the proxy")
                .startsWith("failed");
        long mark = ztunnel.mark();
        ztunnel.restart();
        // 5 s from its being up: a JVM on a busy machine takes its own time to start.
        mesh.awaitReady("node-a", 15_021);
        mesh.call("shop-cart", "shop-payments", ALLOWED);
        mesh.call("shop-payments", "shop-cart", "shop-cart hears 10.78.2.1");
        assertThat(ztunnel.text(mark)).contains("src.workload=\"cart\"");
    }

    @Test
    void podsStayInTheMeshWithoutTheirAgentAndLeaveItAfterwards() {
        Await.step("node agent: kill -9, pods stay served; started again; label removed: pods leave, traffic is plain");
        MeshProcess agent = mesh.process("cni-node-a");
        agent.kill();
        mesh.call("shop-cart", "shop-payments", ALLOWED);
        agent.restart();
        mesh.awaitReady("node-a", 8000);
        mesh.call("shop-cart", "shop-payments", ALLOWED);
        assertThat(rules("shop-cart")).contains("15001");

        String labelled = mesh.manifest("namespaces.yaml");
        mesh.write("namespaces.yaml", labelled.replace("istio.io/dataplane-mode: ambient", "was: ambient"));
        Await.asserted(Duration.ofSeconds(10), () -> {
            for (String pod : new String[] {"shop-cart", "shop-catalog", "shop-payments", "shop-reviews"}) {
                assertThat(rules(pod)).as("rules of " + pod).isBlank();
            }
        });
        double before = connections();
        mesh.call("shop-cart", "shop-payments", ALLOWED);
        assertThat(connections()).as("no proxy had part in it").isEqualTo(before);

        mesh.write("namespaces.yaml", labelled);
        Await.asserted(
                Duration.ofSeconds(10), () -> assertThat(rules("shop-cart")).contains("15001"));
        Await.asserted(Duration.ofSeconds(10), () -> {
            mesh.call("shop-cart", "shop-payments", ALLOWED);
            assertThat(connections()).isGreaterThan(before);
        });
    }

    private static double connections() {
        return mesh.metric("node-a", 15_020, "istio_tcp_connections_opened_total")
                + mesh.metric("node-b", 15_020, "istio_tcp_connections_opened_total");
    }

    /** Everything that captures: nft rules, and rules and routes of the policy routing that belong to them. */
    private static String rules(String pod) {
        String nft = mesh.run("ip", "netns", "exec", pod, "nft", "list", "ruleset");
        String routing = mesh.run("ip", "-n", pod, "rule", "show")
                .lines()
                .filter(line -> !line.matches(".*lookup (local|main|default)\\s*"))
                .reduce("", (all, line) -> all + line + "\n");
        return nft + routing;
    }
}
