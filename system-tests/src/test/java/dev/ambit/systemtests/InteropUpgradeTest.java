package dev.ambit.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * One implementation's ztunnel takes the other's place on a node, and gives it back, while the node's agent and its pods run
 * on. Between two of different makers a connection may be lost at the moment of change; none is afterwards.
 */
@Tag("interop")
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class InteropUpgradeTest {
    private static final String ANSWER = "shop-payments hears 10.78.1.1";

    @Test
    void ztunnelIsReplacedByAnotherMakersAndBack() throws IOException {
        try (var mesh = MeshUnderTest.start(new MeshSetup(
                MeshSetup.givenPeer(), Set.of("next-b"), List.of(), Optional.empty(), Map.of(), Map.of()))) {
            Await.step("ours on node-b is replaced by theirs");
            replace(mesh, "ztunnel-node-b", "theirs", "next-b");
            Await.step("theirs on node-b is replaced by ours");
            replace(mesh, "theirs", "ours-again", "node-b");
        }
    }

    private static void replace(MeshUnderTest mesh, String old, String next, String machine) throws IOException {
        try (Socket open =
                mesh.machine("shop-cart").connect(mesh.machine("shop-payments").application())) {
            assertThat(Pod.get(open, "/")).isEqualTo(ANSWER);
            mesh.startZtunnel(next, "node-b", machine, Map.of());
            mesh.awaitReady(machine, 15_021);
            assertThat(Pod.get(open, "/")).as("with both there").isEqualTo(ANSWER);
            mesh.process(old).terminate();
            mesh.call("shop-cart", "shop-payments", ANSWER);
            for (int i = 0; i < 50; i++) {
                assertThat(mesh.get("shop-cart", "shop-payments"))
                        .as("call %d after the change", i)
                        .isEqualTo(ANSWER);
            }
            mesh.call("shop-reviews", "shop-cart", "shop-cart hears 10.78.2.2");
            assertThat(Pod.get(open, "/")).as("what was open goes on").isEqualTo(ANSWER);
        }
        assertThat(mesh.process(old).awaitEnd(Duration.ofSeconds(20))).isZero();
        mesh.call("shop-cart", "shop-payments", ANSWER);
    }
}
