package dev.ambit.domain.flow;

import static dev.ambit.domain.view.TestMesh.backing;
import static dev.ambit.domain.view.TestMesh.dial;
import static dev.ambit.domain.view.TestMesh.gateway;
import static dev.ambit.domain.view.TestMesh.gatewayAt;
import static dev.ambit.domain.view.TestMesh.pod;
import static dev.ambit.domain.view.TestMesh.service;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.domain.address.IpAddress;
import dev.ambit.domain.address.IpPort;
import dev.ambit.domain.service.LoadBalancing;
import dev.ambit.domain.service.MeshService;
import dev.ambit.domain.service.WeightedWaypoint;
import dev.ambit.domain.view.MeshView;
import dev.ambit.domain.view.TestMesh;
import dev.ambit.domain.workload.NetworkMode;
import dev.ambit.domain.workload.PortMap;
import dev.ambit.domain.workload.TunnelProtocol;
import dev.ambit.domain.workload.Workload;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The table of decisions, each row a mesh, a destination and the plan in short. */
@Timeout(30)
class OutboundPlannerTest {
    private static final OutboundPlanner PLANNER = new OutboundPlanner("", new Random(1));

    @ParameterizedTest(name = "{0}")
    @MethodSource("decisions")
    void decides(String name, TestMesh mesh, OutboundAttempt attempt, String plan) {
        assertThat(inShort(PLANNER.plan(mesh.view(), attempt))).isEqualTo(plan);
    }

    static Stream<Arguments> decisions() {
        return Stream.of(workloads(), services(), serviceWaypoints(), workloadWaypoints(), refusals())
                .flatMap(rows -> rows);
    }

    private static Stream<Arguments> workloads() {
        return Stream.of(
                row("unknown address", mesh(), dial("1.2.3.4", 443), "passthrough 1.2.3.4:443"),
                row(
                        "address of another network",
                        mesh().with(cart().network("far")),
                        dial("10.0.0.2", 80),
                        "passthrough 10.0.0.2:80"),
                row("HBONE pod", mesh().with(cart()), dial("10.0.0.2", 80), "tunnel 10.0.0.2:15008 for 10.0.0.2:80"),
                row(
                        "pod outside the mesh",
                        mesh().with(cart().tunnelProtocol(TunnelProtocol.NONE)),
                        dial("10.0.0.2", 80),
                        "direct 10.0.0.2:80"),
                row(
                        "host network pod by address",
                        mesh().with(cart().networkMode(NetworkMode.HOST_NETWORK)),
                        dial("10.0.0.2", 80),
                        "passthrough 10.0.0.2:80"),
                row("own address", mesh(), dial("10.0.0.1", 80), "tunnel 10.0.0.1:15008 for 10.0.0.1:80"),
                row(
                        "IPv6 pod",
                        mesh().with(cart().addresses(List.of(IpAddress.of("fd00::2")))),
                        dial("fd00::2", 80),
                        "tunnel [fd00::2]:15008 for [fd00::2]:80"),
                row("loopback", mesh(), dial("127.0.0.1", 80), "passthrough 127.0.0.1:80"));
    }

    private static Stream<Arguments> services() {
        MeshService vip = service("cart", "10.96.0.2");
        MeshService block = service("block", "10.0.0.0/8", "172.16.0.0/12");
        return Stream.of(
                row(
                        "service",
                        mesh().with(vip).with(cart()),
                        dial("10.96.0.2", 80),
                        "tunnel 10.0.0.2:15008 for 10.0.0.2:8080"),
                row(
                        "endpoint before its service",
                        mesh().with(cart()).with(vip),
                        dial("10.96.0.2", 80),
                        "tunnel 10.0.0.2:15008 for 10.0.0.2:8080"),
                row("no such port", mesh().with(vip).with(cart()), dial("10.96.0.2", 81), "refuse NoHealthyUpstream"),
                row("no endpoint", mesh().with(vip), dial("10.96.0.2", 80), "refuse NoHealthyUpstream"),
                row(
                        "endpoint with only a host name",
                        mesh().with(vip).with(cart().addresses(List.of()).hostname("h")),
                        dial("10.96.0.2", 80),
                        "refuse HostUnresolved"),
                row(
                        "block of a service",
                        mesh().with(block).with(cart().services(backing("block"))),
                        dial("172.16.1.1", 80),
                        "tunnel 10.0.0.2:15008 for 10.0.0.2:8080"),
                row(
                        "pod inside somebody's block",
                        mesh().with(passthrough(block)).with(cart()),
                        dial("10.0.0.2", 80),
                        "tunnel 10.0.0.2:15008 for 10.0.0.2:80"),
                row(
                        "address of both",
                        mesh().with(service("cart", "10.0.0.2")).with(cart()),
                        dial("10.0.0.2", 80),
                        "tunnel 10.0.0.2:15008 for 10.0.0.2:8080"));
    }

    private static Stream<Arguments> serviceWaypoints() {
        MeshService vip = service("cart", "10.96.0.2");
        MeshService named = vip.withWaypoint(gateway("waypoint"));
        Workload.Builder instance = waypoint();
        return Stream.of(
                row(
                        "service with a waypoint",
                        mesh().with(waypointService())
                                .with(instance)
                                .with(named)
                                .with(cart()),
                        dial("10.96.0.2", 80),
                        "tunnel 10.0.0.9:15008 for 10.96.0.2:80"),
                row(
                        "waypoint by its address",
                        mesh().with(waypointService())
                                .with(instance)
                                .with(vip.withWaypoint(gatewayAt("10.96.0.9")))
                                .with(cart()),
                        dial("10.96.0.2", 80),
                        "tunnel 10.0.0.9:15008 for 10.96.0.2:80"),
                row(
                        "waypoint by a pod's address",
                        mesh().with(instance)
                                .with(vip.withWaypoint(gatewayAt("10.0.0.9")))
                                .with(cart()),
                        dial("10.96.0.2", 80),
                        "tunnel 10.0.0.9:15008 for 10.96.0.2:80"),
                row(
                        "waypoint by a workload's host name",
                        mesh().with(pod("w", "10.0.0.9")
                                        .hostname(TestMesh.key("waypoint").hostname()))
                                .with(named)
                                .with(cart()),
                        dial("10.96.0.2", 80),
                        "tunnel 10.0.0.9:15008 for 10.96.0.2:80"),
                row(
                        "passthrough service with a waypoint",
                        mesh().with(waypointService()).with(instance).with(passthrough(named)),
                        dial("10.96.0.2", 80),
                        "tunnel 10.0.0.9:15008 for 10.96.0.2:80"),
                row(
                        "only weighted waypoints with weight",
                        mesh().with(waypointService())
                                .with(instance)
                                .with(weighted(named, Map.of("gone", 0, "waypoint", 3))),
                        dial("10.96.0.2", 80),
                        "tunnel 10.0.0.9:15008 for 10.96.0.2:80"),
                row(
                        "weighted waypoints without weight",
                        mesh().with(waypointService()).with(instance).with(weighted(named, Map.of("gone", 0))),
                        dial("10.96.0.2", 80),
                        "tunnel 10.0.0.9:15008 for 10.96.0.2:80"),
                row(
                        "weighted waypoint that is unknown",
                        mesh().with(waypointService()).with(instance).with(weighted(named, Map.of("gone", 1))),
                        dial("10.96.0.2", 80),
                        "refuse GatewayUnknown"));
    }

    private static Stream<Arguments> workloadWaypoints() {
        MeshService vip = service("cart", "10.96.0.2");
        MeshService named = vip.withWaypoint(gateway("waypoint"));
        Workload.Builder instance = waypoint();
        TestMesh behind = mesh().with(waypointService()).with(instance).with(cart().waypoint(gateway("waypoint")));
        return Stream.of(
                row("workload with a waypoint", behind, dial("10.0.0.2", 80), "tunnel 10.0.0.9:15008 for 10.0.0.2:80"),
                row(
                        "a service passes its endpoint's waypoint by",
                        mesh().with(waypointService())
                                .with(instance)
                                .with(vip)
                                .with(cart().waypoint(gateway("waypoint"))),
                        dial("10.96.0.2", 80),
                        "tunnel 10.0.0.2:15008 for 10.0.0.2:8080"),
                row(
                        "the waypoint itself",
                        behind,
                        fromWaypoint("10.0.0.2", 80),
                        "tunnel 10.0.0.2:15008 for 10.0.0.2:80"),
                row(
                        "the service's waypoint itself",
                        mesh().with(waypointService())
                                .with(instance)
                                .with(named)
                                .with(cart()),
                        fromWaypoint("10.96.0.2", 80),
                        "tunnel 10.0.0.2:15008 for 10.0.0.2:8080"));
    }

    private static Stream<Arguments> refusals() {
        MeshService vip = service("cart", "10.96.0.2");
        MeshService named = vip.withWaypoint(gateway("waypoint"));
        return Stream.of(
                row("own port on loopback", mesh(), dial("127.0.0.1", 15_001), "refuse RecursiveCall"),
                row("own port on IPv6 loopback", mesh(), dial("::1", 15_008), "refuse RecursiveCall"),
                row("own port on own address", mesh(), dial("10.0.0.1", 15_001), "refuse RecursiveCall"),
                row("own pod unknown", new TestMesh().with(cart()), dial("10.0.0.2", 80), "refuse WorkloadUnknown"),
                row(
                        "service's waypoint unknown",
                        mesh().with(named).with(cart()),
                        dial("10.96.0.2", 80),
                        "refuse GatewayUnknown"),
                row(
                        "waypoint without instance",
                        mesh().with(waypointService()).with(named).with(cart()),
                        dial("10.96.0.2", 80),
                        "refuse GatewayUnknown"),
                row(
                        "workload's waypoint unknown",
                        mesh().with(cart().waypoint(gatewayAt("10.0.0.77"))),
                        dial("10.0.0.2", 80),
                        "refuse GatewayUnknown"),
                row(
                        "endpoint in another network",
                        mesh().with(vip).with(cart().network("far")),
                        dial("10.96.0.2", 80),
                        "refuse OtherNetwork"),
                row(
                        "endpoint behind a network gateway",
                        mesh().with(vip)
                                .with(cart().network("far").addresses(List.of()).networkGateway(gatewayAt("1.1.1.1"))),
                        dial("10.96.0.2", 80),
                        "refuse NoIdentityDeclared"),
                row(
                        "waypoint in another network",
                        mesh().with(waypointService())
                                .with(waypoint().network("far"))
                                .with(named),
                        dial("10.96.0.2", 80),
                        "refuse OtherNetwork"));
    }

    @Test
    void aTunnelSaysWhoIsAtBothEnds() {
        MeshService base = service("cart", "10.96.0.2");
        var sans = List.of("spiffe://cluster.local/ns/shop/sa/extra", "not an identity");
        var vip = new MeshService(
                base.key(),
                base.name(),
                base.addresses(),
                base.ports(),
                sans,
                base.waypoint(),
                List.of(),
                base.loadBalancing(),
                base.ipFamilies(),
                true,
                false,
                base.visibility());
        MeshView view = mesh().with(vip).with(cart()).view();

        var tunnel = (OutboundPlan.Tunnel) PLANNER.plan(view, dial("10.96.0.2", 80));

        assertThat(tunnel.source()).hasToString("spiffe://cluster.local/ns/shop/sa/client");
        assertThat(tunnel.expected())
                .map(Object::toString)
                .containsExactlyInAnyOrder(
                        "spiffe://cluster.local/ns/shop/sa/cart", "spiffe://cluster.local/ns/shop/sa/extra");
        FlowContext context = tunnel.context();
        assertThat(context.source().identity()).isEqualTo("spiffe://cluster.local/ns/shop/sa/client");
        assertThat(context.destination().pod()).isEqualTo("cart");
        assertThat(context.destination().identity()).isEqualTo("spiffe://cluster.local/ns/shop/sa/cart");
        assertThat(context.service()).isEqualTo(ServiceParty.of(vip));
        assertThat(context.target()).isEqualTo(IpPort.of("10.0.0.2", 15_008));
        assertThat(context.hboneAuthority()).isEqualTo("10.0.0.2:8080");
        assertThat(context.mutualTls()).isTrue();
        assertThat(tunnel.headers().forwarded()).isEqualTo("for=\"10.0.0.1:40000\";host=cart.shop.svc.cluster.local");
        assertThat(tunnel.headers().baggage())
                .isEqualTo("k8s.cluster.name=Kubernetes,k8s.namespace.name=shop,"
                        + "k8s.pod.name=client-deployment,service.name=client-app,service.version=v1");
        assertThat(tunnel.headers().traceparent()).matches("00-[0-9a-f]{32}-[0-9a-f]{16}-00");
    }

    @Test
    void throughAWaypointTheDestinationIsTheWaypointAndTheServiceTheOneMeant() {
        MeshService vip = service("cart", "10.96.0.2").withWaypoint(gateway("waypoint"));
        MeshView view = mesh().with(waypointService())
                .with(waypoint())
                .with(vip)
                .with(cart())
                .view();

        var tunnel = (OutboundPlan.Tunnel) PLANNER.plan(view, dial("10.96.0.2", 80));

        assertThat(tunnel.context().destination().pod()).isEqualTo("waypoint");
        assertThat(tunnel.context().service()).isEqualTo(ServiceParty.of(vip));
        assertThat(tunnel.expected())
                .map(Object::toString)
                .containsExactly("spiffe://cluster.local/ns/shop/sa/waypoint");
    }

    @Test
    void withoutATunnelNoSourceIdentityIsClaimed() {
        MeshView view = mesh().with(cart().tunnelProtocol(TunnelProtocol.NONE)).view();

        FlowContext context = PLANNER.plan(view, dial("10.0.0.2", 80)).context();

        assertThat(context.source().identity()).isEmpty();
        assertThat(context.source().pod()).isEqualTo("client");
        assertThat(context.mutualTls()).isFalse();
        assertThat(context.hboneAuthority()).isEmpty();
    }

    private static String inShort(OutboundPlan plan) {
        return switch (plan) {
            case OutboundPlan.Passthrough passthrough -> "passthrough " + passthrough.destination();
            case OutboundPlan.Direct direct -> "direct " + direct.destination();
            case OutboundPlan.Tunnel tunnel -> "tunnel " + tunnel.hop() + " for " + tunnel.authority();
            case OutboundPlan.DoubleTunnel twice ->
                "double tunnel " + twice.outer().hop() + " for " + twice.outer().authority();
            case OutboundPlan.Local local -> "local " + local.namespace() + "/" + local.pod();
            case OutboundPlan.Refuse refuse ->
                "refuse " + refuse.reason().getClass().getSimpleName();
        };
    }

    private static Arguments row(String name, TestMesh mesh, OutboundAttempt attempt, String plan) {
        return Arguments.of(name, mesh, attempt, plan);
    }

    /** A mesh that knows the client. */
    private static TestMesh mesh() {
        return new TestMesh().with(pod("client", "10.0.0.1"));
    }

    private static Workload.Builder cart() {
        return pod("cart", "10.0.0.2").services(backing("cart"));
    }

    private static Workload.Builder waypoint() {
        return pod("waypoint", "10.0.0.9")
                .services(Map.of(TestMesh.key("waypoint"), new PortMap(Map.of(15_008, 15_008))));
    }

    private static MeshService waypointService() {
        return TestMesh.waypointService("waypoint", "10.96.0.9");
    }

    private static MeshService passthrough(MeshService service) {
        return service.withLoadBalancing(
                new LoadBalancing(List.of(), LoadBalancing.Mode.PASSTHROUGH, LoadBalancing.HealthPolicy.ONLY_HEALTHY));
    }

    private static MeshService weighted(MeshService base, Map<String, Integer> weights) {
        List<WeightedWaypoint> waypoints = weights.entrySet().stream()
                .map(entry -> new WeightedWaypoint(gateway(entry.getKey()), entry.getValue()))
                .toList();
        return new MeshService(
                base.key(),
                base.name(),
                base.addresses(),
                base.ports(),
                List.of(),
                base.waypoint(),
                waypoints,
                base.loadBalancing(),
                base.ipFamilies(),
                true,
                false,
                base.visibility());
    }

    private static OutboundAttempt fromWaypoint(String ip, int port) {
        return new OutboundAttempt(TestMesh.ref("waypoint"), IpPort.of("10.0.0.9", 40_000), IpPort.of(ip, port));
    }
}
