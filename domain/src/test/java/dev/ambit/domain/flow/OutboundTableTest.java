package dev.ambit.domain.flow;

import static dev.ambit.domain.view.TestMesh.backing;
import static dev.ambit.domain.view.TestMesh.gateway;
import static dev.ambit.domain.view.TestMesh.gatewayAt;
import static dev.ambit.domain.view.TestMesh.key;
import static dev.ambit.domain.view.TestMesh.pod;
import static dev.ambit.domain.view.TestMesh.service;
import static dev.ambit.domain.view.TestMesh.waypointService;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.domain.address.IpAddress;
import dev.ambit.domain.address.IpPort;
import dev.ambit.domain.address.NetworkAddress;
import dev.ambit.domain.service.IpFamilies;
import dev.ambit.domain.service.LoadBalancing.Mode;
import dev.ambit.domain.service.LoadBalancing.Scope;
import dev.ambit.domain.service.MeshService;
import dev.ambit.domain.view.ShapedService;
import dev.ambit.domain.view.TestMesh;
import dev.ambit.domain.workload.ApplicationTunnel;
import dev.ambit.domain.workload.GatewayReference;
import dev.ambit.domain.workload.Health;
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

/** The decisions of Istio's node proxy, case by case of its own tests of outbound requests and port mapping. */
@Timeout(30)
class OutboundTableTest {
    private static final OutboundPlanner PLANNER = new OutboundPlanner("", new Random(1));
    private static final IpAddress PRIVATE_V6 = IpAddress.of("ff06::c3");
    private static final String STOCK = "spiffe://cluster.local/ns/shop/sa/stock";

    @ParameterizedTest(name = "{0}")
    @MethodSource({"direct", "elsewhere", "waypoints", "ports", "families"})
    void decides(String name, TestMesh mesh, OutboundAttempt attempt, String plan) {
        assertThat(inShort(PLANNER.plan(mesh.view(), attempt))).isEqualTo(plan);
    }

    static Stream<Arguments> direct() {
        Workload.Builder tcp = outside("other", "10.0.0.2");
        Workload.Builder hbone = pod("other", "10.0.0.2");
        Workload.Builder onNode = outside("pod1", "10.0.0.2").networkMode(NetworkMode.HOST_NETWORK);
        TestMesh node = mesh().with(service("host", "10.96.0.3"))
                .with(onNode.services(backing("host")))
                .with(outside("pod2", "10.0.0.2").networkMode(NetworkMode.HOST_NETWORK));
        return Stream.of(
                row("unknown destination", mesh().with(tcp), "1.2.3.4", "passthrough 1.2.3.4:80"),
                row("known, another node, TCP", mesh().with(tcp.node("far")), "10.0.0.2", "direct 10.0.0.2:80"),
                row(
                        "known, another node, HBONE",
                        mesh().with(hbone.node("far")),
                        "10.0.0.2",
                        "tunnel 10.0.0.2:15008 for 10.0.0.2:80"),
                row("known, this node, TCP", mesh().with(tcp.node("here")), "10.0.0.2", "direct 10.0.0.2:80"),
                row(
                        "known, this node, HBONE",
                        mesh().with(hbone.node("here")),
                        "10.0.0.2",
                        "tunnel 10.0.0.2:15008 for 10.0.0.2:80"),
                row("service without endpoints", mesh().with(service("x", "10.96.0.3")), "10.96.0.3", "refuse"),
                row("service on the host network", node, "10.96.0.3", "direct 10.0.0.2:8080 pod1"),
                row("the node itself", node, "10.0.0.2", "passthrough 10.0.0.2:80"),
                row(
                        "passthrough service",
                        mesh().with(ShapedService.from(service("x", "1.2.3.4", "1.5.6.7"))
                                .balancing(Mode.PASSTHROUGH)
                                .build()),
                        "1.2.3.4",
                        "passthrough 1.2.3.4:80"),
                row(
                        "passthrough service behind a waypoint",
                        mesh().with(waypoint())
                                .with(ShapedService.from(service("x", "1.2.3.4"))
                                        .balancing(Mode.PASSTHROUGH)
                                        .waypoint(gatewayAt("10.0.0.10"))
                                        .build()),
                        "1.2.3.4",
                        "tunnel 10.0.0.10:15008 for 1.2.3.4:80"));
    }

    static Stream<Arguments> elsewhere() {
        MeshService stock =
                ShapedService.from(service("stock", "10.96.0.3")).names(STOCK).build();
        MeshService preferring = ShapedService.from(service("stock", "10.96.0.3"))
                .names(STOCK)
                .balancing(Mode.FAILOVER, Scope.NETWORK)
                .build();
        MeshService behind = ShapedService.from(service("stock", "10.96.0.3"))
                .waypoint(gateway("way"))
                .build();
        MeshService way = ShapedService.from(waypointService("way", "10.96.0.4"))
                .port(15_008, 15_008)
                .names(STOCK)
                .build();
        MeshService front = ShapedService.from(service("front", "10.96.0.5"))
                .port(15_009, 15_009)
                .build();
        Workload.Builder byAddress = far("stock").networkGateway(farGateway("10.22.1.1"));
        Workload.Builder byName = far("stock").networkGateway(new GatewayReference.ByHostname(key("front"), 15_009));
        Workload.Builder farWay = far("way").services(backing("way")).networkGateway(farGateway("10.22.1.1"));
        Workload.Builder eastWest = pod("eastwest", "10.22.1.1").network("far");
        Workload.Builder named = pod("eastwest", "10.22.1.5")
                .network("far")
                .services(Map.of(key("front"), new PortMap(Map.of(15_009, 15_008))));
        Workload.Builder near = pod("near", "10.0.0.2").services(backing("stock"));
        return Stream.of(
                row("wrong network", mesh().with(stock).with(far("stock")), "10.96.0.3", "refuse"),
                row(
                        "gateway by address",
                        mesh().with(stock).with(byAddress).with(eastWest),
                        "10.96.0.3",
                        "double tunnel 10.22.1.1:15009 for stock.shop.svc.cluster.local:80"),
                row(
                        "gateway by host name and port mapping",
                        mesh().with(stock).with(front).with(byName).with(named),
                        "10.96.0.3",
                        "double tunnel 10.22.1.5:15008 for stock.shop.svc.cluster.local:80"),
                row(
                        "waypoint of the service in another network",
                        mesh().with(behind).with(way).with(farWay).with(eastWest),
                        "10.96.0.3",
                        "double tunnel 10.22.1.1:15009 for stock.shop.svc.cluster.local:80"),
                row(
                        "own network while it is healthy",
                        mesh().with(preferring).with(byAddress).with(eastWest).with(near),
                        "10.96.0.3",
                        "tunnel 10.0.0.2:15008 for 10.0.0.2:8080"),
                row(
                        "another when it is not",
                        mesh().with(preferring).with(byAddress).with(eastWest).with(near.health(Health.UNHEALTHY)),
                        "10.96.0.3",
                        "double tunnel 10.22.1.1:15009 for stock.shop.svc.cluster.local:80"));
    }

    static Stream<Arguments> waypoints() {
        Workload.Builder shielded = outside("other", "10.0.0.2").waypoint(gatewayAt("10.0.0.10"));
        return Stream.of(
                row(
                        "the caller's own waypoint does not count",
                        new TestMesh()
                                .with(pod("client", "10.0.0.1").waypoint(gatewayAt("10.0.0.10")))
                                .with(waypoint())
                                .with(outside("other", "10.0.0.2")),
                        "10.0.0.2",
                        "direct 10.0.0.2:80"),
                row(
                        "the destination's does",
                        mesh().with(waypoint()).with(shielded),
                        "10.0.0.2",
                        "tunnel 10.0.0.10:15008 for 10.0.0.2:80"),
                row(
                        "a waypoint of another family than the destination",
                        mesh().with(pod("way", "10.0.0.11")
                                        .addresses(List.of(IpAddress.of("10.0.0.11"), IpAddress.of("ff06::c5"))))
                                .with(outside("other", "10.0.0.2")
                                        .addresses(List.of(IpAddress.of("10.0.0.2"), PRIVATE_V6))
                                        .waypoint(gatewayAt("10.0.0.11"))),
                        "ff06::c3",
                        "tunnel 10.0.0.11:15008 for [ff06::c3]:80"),
                row(
                        "the service's does",
                        mesh().with(waypoint()).with(service("x", "10.96.0.3").withWaypoint(gatewayAt("10.0.0.10"))),
                        "10.96.0.3",
                        "tunnel 10.0.0.10:15008 for 10.96.0.3:80"));
    }

    static Stream<Arguments> ports() {
        MeshService named =
                ShapedService.from(service("x", "10.96.0.3")).port(80, 0).build();
        MeshService way =
                ShapedService.from(service("way", "10.96.0.4")).port(15_008, 0).build();
        TestMesh behind = mesh().with(service("x", "10.96.0.3").withWaypoint(gateway("way")));
        Workload.Builder tunnelling = pod("way", "10.0.0.10").services(backing("way"));
        return Stream.of(
                row(
                        "a named port is each endpoint's own",
                        mesh().with(named)
                                .with(outside("one", "10.0.0.2").services(mapping("x", 80, 1234)))
                                .with(outside("two", "10.0.0.4").services(mapping("x", 8080, 9999))),
                        "10.96.0.3",
                        "direct 10.0.0.2:1234"),
                row(
                        "the endpoint's before the service's",
                        mesh().with(service("x", "10.96.0.3"))
                                .with(outside("one", "10.0.0.2").services(mapping("x", 80, 9090))),
                        "10.96.0.3",
                        "direct 10.0.0.2:9090"),
                row(
                        "else the service's",
                        mesh().with(service("x", "10.96.0.3"))
                                .with(outside("one", "10.0.0.2").services(backing("x"))),
                        "10.96.0.3",
                        "direct 10.0.0.2:8080"),
                row(
                        "a port that the service has no longer",
                        mesh().with(ShapedService.from(service("x", "10.96.0.3"))
                                        .port(81, 81)
                                        .build())
                                .with(outside("one", "10.0.0.2").services(mapping("x", 80, 9090))),
                        "10.96.0.3",
                        "refuse"),
                row(
                        "a waypoint with a tunnel port needs none",
                        behind.with(way)
                                .with(tunnelling.applicationTunnel(
                                        new ApplicationTunnel(ApplicationTunnel.Protocol.PROXY, 15_088))),
                        "10.96.0.3",
                        "tunnel 10.0.0.10:15008 for 10.96.0.3:80"));
    }

    static Stream<Arguments> families() {
        Workload.Builder dual = pod("dual", "10.0.0.2").addresses(List.of(IpAddress.of("10.0.0.2"), PRIVATE_V6));
        String four = "tunnel 10.0.0.2:15008 for 10.0.0.2:8080";
        String six = "tunnel [ff06::c3]:15008 for [ff06::c3]:8080";
        return Stream.of(
                row("by its first address", mesh().with(dual), "10.0.0.2", "tunnel 10.0.0.2:15008 for 10.0.0.2:80"),
                row("by its second", mesh().with(dual), "ff06::c3", "tunnel [ff06::c3]:15008 for [ff06::c3]:80"),
                row("IPv6 only", served(dual, IpFamilies.IPV6_ONLY), "10.96.0.3", six),
                row("IPv4 only", served(dual, IpFamilies.IPV4_ONLY), "10.96.0.3", four),
                row("dual, asked by IPv4", served(dual, IpFamilies.DUAL), "10.96.0.3", four),
                row("dual, asked by IPv6", served(dual, IpFamilies.DUAL), "fd00::3", six));
    }

    private static TestMesh served(Workload.Builder dual, IpFamilies families) {
        return mesh().with(ShapedService.from(service("x", "10.96.0.3", "fd00::3"))
                        .families(families)
                        .build())
                .with(dual.services(backing("x")));
    }

    @Test
    void forwardedNamesTheClientAndTheServiceMeant() {
        assertThat(Forwarded.format(IpPort.of("127.0.0.1", 80), "")).isEqualTo("for=\"127.0.0.1:80\"");
        assertThat(Forwarded.format(IpPort.of("::1", 80), "")).isEqualTo("for=\"[::1]:80\"");
        assertThat(Forwarded.format(IpPort.of("127.0.0.1", 80), "example.com"))
                .isEqualTo("for=\"127.0.0.1:80\";host=example.com");
        for (String host : List.of("c\u00e4rt.shop", "a;proto=https", "a\r\nx: y", "a b", "a\"", "a,b", "\u007f")) {
            assertThat(Forwarded.format(IpPort.of("127.0.0.1", 80), host)).isEqualTo("for=\"127.0.0.1:80\"");
        }
    }

    @Test
    void onlyTheInnerTunnelSaysWhichNetworkItComesFrom() {
        var planner = new OutboundPlanner("test-network", new Random(1));
        var view = new TestMesh()
                .with(pod("client", "10.0.0.1").network("test-network"))
                .with(new MeshService(
                        key("stock"),
                        "stock",
                        List.of(dev.ambit.domain.service.VirtualAddress.of(
                                new NetworkAddress("test-network", IpAddress.of("10.96.0.3")))),
                        service("stock").ports(),
                        List.of(STOCK),
                        GatewayReference.none(),
                        List.of(),
                        dev.ambit.domain.service.LoadBalancing.STANDARD,
                        IpFamilies.AUTOMATIC,
                        true,
                        false,
                        dev.ambit.domain.service.Visibility.PUBLIC))
                .with(far("stock").networkGateway(farGateway("10.22.1.1")))
                .with(pod("eastwest", "10.22.1.1").network("far"))
                .view();

        var twice = (OutboundPlan.DoubleTunnel) planner.plan(view, TestMesh.dial("10.96.0.3", 80));

        assertThat(twice.outer().headers().network()).isEmpty();
        assertThat(twice.headers().network()).contains("test-network");
        assertThat(twice.headers().traceparent())
                .isEqualTo(twice.outer().headers().traceparent());
        assertThat(twice.expected()).extracting(Object::toString).containsExactly(STOCK);
        assertThat(twice.outer().expected())
                .extracting(Object::toString)
                .containsExactly("spiffe://cluster.local/ns/shop/sa/eastwest");
        assertThat(twice.context().destination().pod()).isEqualTo("eastwest");
        assertThat(twice.context().service().name()).isEqualTo("stock");
    }

    private static String inShort(OutboundPlan plan) {
        return switch (plan) {
            case OutboundPlan.Passthrough passthrough -> "passthrough " + passthrough.destination();
            case OutboundPlan.Direct direct -> {
                String pod = direct.context().destination().pod();
                yield "direct " + direct.destination() + (pod.equals("pod1") ? " pod1" : "");
            }
            case OutboundPlan.Tunnel tunnel -> "tunnel " + tunnel.hop() + " for " + tunnel.authority();
            case OutboundPlan.Local local -> "local " + local.pod();
            case OutboundPlan.DoubleTunnel twice ->
                "double tunnel " + twice.outer().hop() + " for " + twice.outer().authority();
            case OutboundPlan.Refuse _ -> "refuse";
        };
    }

    private static Arguments row(String name, TestMesh mesh, String ip, String plan) {
        return Arguments.of(name, mesh, TestMesh.dial(ip, 80), plan);
    }

    private static TestMesh mesh() {
        return new TestMesh().with(pod("client", "10.0.0.1"));
    }

    private static Workload.Builder outside(String name, String ip) {
        return pod(name, ip).tunnelProtocol(TunnelProtocol.NONE);
    }

    private static Workload.Builder waypoint() {
        return pod("way", "10.0.0.10");
    }

    /** An endpoint of {@code stock} in another network, without an address here. */
    private static Workload.Builder far(String name) {
        return pod(name, "10.99.0.1").addresses(List.of()).network("far").services(backing("stock"));
    }

    private static GatewayReference farGateway(String ip) {
        return new GatewayReference.ByAddress(new NetworkAddress("far", IpAddress.of(ip)), 15_009);
    }

    private static Map<dev.ambit.domain.address.NamespacedHostname, PortMap> mapping(
            String service, int port, int target) {
        return Map.of(key(service), new PortMap(Map.of(port, target)));
    }
}
