package dev.ambit.domain.flow;

import static dev.ambit.domain.view.TestMesh.backing;
import static dev.ambit.domain.view.TestMesh.dial;
import static dev.ambit.domain.view.TestMesh.gateway;
import static dev.ambit.domain.view.TestMesh.pod;
import static dev.ambit.domain.view.TestMesh.service;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.domain.view.TestMesh;
import dev.ambit.domain.workload.ApplicationTunnel;
import dev.ambit.domain.workload.NetworkMode;
import dev.ambit.domain.workload.Workload;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** When a tunnel is one between pods of the same node, and may be left out. */
@Timeout(30)
class OutboundPlannerSameNodeTest {
    private static final OutboundPlanner PLANNER = new OutboundPlanner("", new Random(1), true);
    private static final OutboundAttempt TO_CART = dial("10.0.0.2", 80);

    @Test
    void aPodOfTheSameNodeIsLocal() {
        TestMesh mesh = mesh(cart());

        OutboundPlan plan = PLANNER.plan(mesh.view(), TO_CART);

        assertThat(plan).isInstanceOfSatisfying(OutboundPlan.Local.class, local -> {
            assertThat(local.namespace()).isEqualTo("shop");
            assertThat(local.pod()).isEqualTo("cart");
            assertThat(local.tunnel().hop()).hasToString("10.0.0.2:15008");
            assertThat(local.context().mutualTls()).isTrue();
            assertThat(local.context().hboneAuthority()).isEqualTo("10.0.0.2:80");
        });
    }

    @Test
    void soIsAnEndpointOfAService() {
        TestMesh mesh = mesh(cart().services(backing("cart"))).with(service("cart", "10.96.0.2"));

        assertThat(PLANNER.plan(mesh.view(), dial("10.96.0.2", 80))).isInstanceOf(OutboundPlan.Local.class);
    }

    @Test
    void aWaypointIsReachedByATunnelEvenOnTheSameNode() {
        TestMesh mesh = mesh(cart().waypoint(gateway("waypoint")))
                .with(pod("waypoint", "10.0.0.9").node("a").services(backing("waypoint")))
                .with(service("waypoint", "10.96.0.9"));

        assertThat(PLANNER.plan(mesh.view(), TO_CART)).isNotInstanceOf(OutboundPlan.Local.class);
    }

    @Test
    void nothingIsLocalWhenSwitchedOff() {
        var planner = new OutboundPlanner("", new Random(1), false);

        assertThat(planner.plan(mesh(cart()).view(), TO_CART)).isInstanceOf(OutboundPlan.Tunnel.class);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("tunnelled")
    void theseGetATunnel(String name, Workload.Builder source, Workload.Builder destination) {
        TestMesh mesh = new TestMesh().with(source).with(destination);

        assertThat(PLANNER.plan(mesh.view(), TO_CART)).isInstanceOf(OutboundPlan.Tunnel.class);
    }

    static Stream<Arguments> tunnelled() {
        return Stream.of(
                Arguments.of("another node", client(), cart().node("b")),
                Arguments.of("nodes unknown", client().node(""), cart().node("")),
                Arguments.of("a node of that name in another cluster", client(), cart().clusterId("other")),
                Arguments.of("ends tunnels itself", client(), cart().nativeTunnel(true)),
                Arguments.of(
                        "takes tunnels to its application",
                        client(),
                        cart().applicationTunnel(new ApplicationTunnel(ApplicationTunnel.Protocol.NONE, 9000))));
    }

    @Test
    void aPodOfTheNodesNetworkIsNotLocal() {
        TestMesh mesh = mesh(cart().networkMode(NetworkMode.HOST_NETWORK).services(backing("cart")))
                .with(service("cart", "10.96.0.2"));

        assertThat(PLANNER.plan(mesh.view(), dial("10.96.0.2", 80))).isNotInstanceOf(OutboundPlan.Local.class);
    }

    private static TestMesh mesh(Workload.Builder cart) {
        return new TestMesh().with(client()).with(cart);
    }

    private static Workload.Builder client() {
        return pod("client", "10.0.0.1").node("a");
    }

    private static Workload.Builder cart() {
        return pod("cart", "10.0.0.2").node("a");
    }
}
