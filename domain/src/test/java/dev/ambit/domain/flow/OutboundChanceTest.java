package dev.ambit.domain.flow;

import static dev.ambit.domain.view.TestMesh.backing;
import static dev.ambit.domain.view.TestMesh.dial;
import static dev.ambit.domain.view.TestMesh.gateway;
import static dev.ambit.domain.view.TestMesh.pod;
import static dev.ambit.domain.view.TestMesh.service;
import static dev.ambit.domain.view.TestMesh.waypointService;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.domain.address.IpAddress;
import dev.ambit.domain.flow.OutboundDecision.NeedsAddress;
import dev.ambit.domain.service.WeightedWaypoint;
import dev.ambit.domain.view.MeshView;
import dev.ambit.domain.view.ShapedService;
import dev.ambit.domain.view.TestMesh;
import dev.ambit.domain.workload.GatewayReference;
import dev.ambit.domain.workload.TunnelProtocol;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** Choices by chance keep their proportions, and what is found by name only is asked for once. */
class OutboundChanceTest {
    private static final int CONNECTIONS = 4_000;

    /** Five standard deviations: a run in a few million would fail by bad luck, and the seeds are known. */
    @Property(tries = 60)
    void weightedWaypointsGetTheirShare(
            @ForAll long seed,
            @ForAll @IntRange(max = 50) int one,
            @ForAll @IntRange(max = 50) int two,
            @ForAll @IntRange(max = 50) int three) {
        int[] weights = {one, two, three};
        int total = one + two + three;
        var counts = new TreeMap<String, Integer>();
        var planner = new OutboundPlanner("", new Random(seed));
        MeshView view = split(weights);
        for (int i = 0; i < CONNECTIONS; i++) {
            var tunnel = (OutboundPlan.Tunnel) planner.plan(view, dial("10.96.0.2", 80));
            counts.merge(tunnel.context().destination().pod(), 1, Integer::sum);
        }

        if (total == 0) {
            assertThat(counts).containsOnlyKeys("plain");
            return;
        }
        assertThat(counts).doesNotContainKey("plain");
        for (int i = 0; i < weights.length; i++) {
            double share = (double) weights[i] / total;
            double deviation = Math.sqrt(CONNECTIONS * share * (1 - share));
            assertThat((double) counts.getOrDefault("w" + i, 0))
                    .isBetween(CONNECTIONS * share - 5 * deviation, CONNECTIONS * share + 5 * deviation);
        }
    }

    private static MeshView split(int... weights) {
        var mesh = new TestMesh().with(pod("client", "10.0.0.1")).with(waypointService("plain", "10.96.1.9"));
        mesh.with(pod("plain", "10.0.1.9").services(backing("plain")));
        var waypoints = new WeightedWaypoint[weights.length];
        for (int i = 0; i < weights.length; i++) {
            mesh.with(waypointService("w" + i, "10.96.1." + i));
            mesh.with(pod("w" + i, "10.0.1." + i).services(backing("w" + i)));
            waypoints[i] = new WeightedWaypoint(gateway("w" + i), weights[i]);
        }
        return mesh.with(ShapedService.from(service("cart", "10.96.0.2"))
                        .waypoint(gateway("plain"))
                        .weighted(waypoints)
                        .build())
                .view();
    }

    /** Whichever of its waypoints a pod is, it is sent to the endpoints and never to itself or to another of them. */
    @Test
    void noWaypointIsSentToAWaypointOfTheSameService() {
        MeshView view = split(1, 0, 2)
                .apply(List.of(new dev.ambit.domain.view.MeshChange.WorkloadUpserted(
                        pod("cart", "10.0.0.2").services(backing("cart")).build())));
        var planner = new OutboundPlanner("", new Random(3));
        Map<String, String> waypoints =
                Map.of("plain", "10.0.1.9", "w0", "10.0.1.0", "w1", "10.0.1.1", "w2", "10.0.1.2");

        waypoints.forEach((name, ip) -> {
            for (int i = 0; i < 50; i++) {
                var attempt = new OutboundAttempt(
                        TestMesh.ref(name),
                        dev.ambit.domain.address.IpPort.of(ip, 40_000),
                        dev.ambit.domain.address.IpPort.of("10.96.0.2", 80));
                var tunnel = (OutboundPlan.Tunnel) planner.plan(view, attempt);
                assertThat(tunnel.context().destination().pod()).isEqualTo("cart");
            }
        });
    }

    @Test
    void anEndpointWithANameNeedsAnAddressAndKeepsItsPlace() {
        MeshView view = new TestMesh()
                .with(pod("client", "10.0.0.1"))
                .with(service("out", "10.96.0.2"))
                .with(pod("external", "10.9.9.9")
                        .addresses(List.of())
                        .hostname("api.example.com")
                        .tunnelProtocol(TunnelProtocol.NONE)
                        .services(backing("out")))
                .view();
        var planner = new OutboundPlanner("", new Random(5));

        var needs = (NeedsAddress) planner.decide(view, dial("10.96.0.2", 80));

        assertThat(needs.hostname()).isEqualTo("api.example.com");
        assertThat(needs.source().pod()).isEqualTo("client");
        assertThat(needs.source().identity()).isEqualTo("spiffe://cluster.local/ns/shop/sa/client");
        var four = List.of(IpAddress.of("192.0.2.1"), IpAddress.of("192.0.2.2"), IpAddress.of("2001:db8::1"));
        var seen = new TreeMap<String, Integer>();
        for (int i = 0; i < 200; i++) {
            var direct = (OutboundPlan.Direct) planner.resolved(needs, four);
            seen.merge(direct.destination().toString(), 1, Integer::sum);
            assertThat(direct.context().destination().pod()).isEqualTo("external");
        }
        assertThat(seen).containsOnlyKeys("192.0.2.1:8080", "192.0.2.2:8080");
        assertThat(seen.values()).allMatch(times -> times > 60);
        assertThat(((OutboundPlan.Direct) planner.resolved(needs, four.subList(2, 3))).destination())
                .hasToString("[2001:db8::1]:8080");
        assertThat(planner.resolved(needs, List.of())).isInstanceOf(OutboundPlan.Refuse.class);
        assertThat(((OutboundPlan.Refuse) planner.unresolved(needs, "no such name"))
                        .reason()
                        .message())
                .isEqualTo("no address for host name api.example.com: no such name");
    }

    /** Clouds give load balancers names: the gateway of a network is often one. */
    @Test
    void aNetworkGatewayMayBeAName() {
        MeshView view = new TestMesh()
                .with(pod("client", "10.0.0.1"))
                .with(ShapedService.from(service("stock", "10.96.0.2"))
                        .names("spiffe://cluster.local/ns/shop/sa/stock")
                        .build())
                .with(pod("stock", "10.9.9.9")
                        .addresses(List.of())
                        .network("far")
                        .networkGateway(new GatewayReference.ByHostname(TestMesh.key("gw"), 15_008))
                        .services(backing("stock")))
                .with(pod("gw", "10.9.9.8")
                        .addresses(List.of())
                        .network("far")
                        .hostname(TestMesh.key("gw").hostname()))
                .view();
        var planner = new OutboundPlanner("", new Random(5));

        var needs = (NeedsAddress) planner.decide(view, dial("10.96.0.2", 80));
        var twice = (OutboundPlan.DoubleTunnel) planner.resolved(needs, List.of(IpAddress.of("192.0.2.1")));

        assertThat(twice.outer().hop()).hasToString("192.0.2.1:15008");
        assertThat(twice.outer().authority()).isEqualTo("stock.shop.svc.cluster.local:80");
    }
}
