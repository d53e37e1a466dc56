package dev.ambit.domain.flow;

import static dev.ambit.domain.view.TestMesh.backing;
import static dev.ambit.domain.view.TestMesh.gatewayAt;
import static dev.ambit.domain.view.TestMesh.key;
import static dev.ambit.domain.view.TestMesh.pod;
import static dev.ambit.domain.view.TestMesh.ref;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.domain.address.IpPort;
import dev.ambit.domain.identity.SpiffeId;
import dev.ambit.domain.service.MeshService;
import dev.ambit.domain.view.ShapedService;
import dev.ambit.domain.view.TestMesh;
import dev.ambit.domain.workload.ApplicationTunnel;
import dev.ambit.domain.workload.ApplicationTunnel.Protocol;
import dev.ambit.domain.workload.GatewayReference;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Where a tunnel stream goes, case by case of the tests of Istio's node proxy: a client (10.0.0.1), a server (10.0.0.2,
 * service 10.96.0.1) and a waypoint (10.0.0.3, service 10.96.0.2), which stands before the server in various ways.
 */
@Timeout(30)
class InboundTableTest {
    private static final SpiffeId CLIENT = SpiffeId.of("spiffe://cluster.local/ns/shop/sa/client");
    private static final IpPort FROM = IpPort.of("10.0.0.1", 1234);
    private static final String SERVER = "10.0.0.2";
    private static final String SERVICE = "10.96.0.1";
    private static final String WAYPOINT = "10.0.0.3";
    private static final String WAYPOINT_SERVICE = "10.96.0.2";
    private static final ApplicationTunnel PROXY = new ApplicationTunnel(Protocol.PROXY, 15_088);

    /** How the waypoint is attached to the server. */
    private enum Attached {
        NOWHERE,
        TO_WORKLOAD,
        TO_SERVICE
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void goes(String name, TestMesh mesh, String pod, String arrived, String authority, String plan) {
        InboundPlan decided = new InboundPlanner("").plan(mesh.view(), attempt(pod, arrived, authority));

        assertThat(inShort(decided)).isEqualTo(plan);
    }

    static Stream<Arguments> cases() {
        String name = key("server").hostname() + ":80";
        return Stream.of(
                row("workload", mesh(Attached.NOWHERE, "", false), SERVER, SERVER + ":8080", "10.0.0.2:8080"),
                row("host name of its service", mesh(Attached.NOWHERE, "", false), SERVER, name, "10.0.0.2:8080"),
                row(
                        "workload, waypoint by pod",
                        workload(WAYPOINT, false),
                        WAYPOINT,
                        SERVER + ":8080",
                        "10.0.0.3:8080"),
                row(
                        "workload, waypoint by service",
                        workload(WAYPOINT_SERVICE, false),
                        WAYPOINT,
                        SERVER + ":8080",
                        "10.0.0.3:8080"),
                row(
                        "workload, application tunnel",
                        workload(WAYPOINT_SERVICE, true),
                        WAYPOINT,
                        SERVER + ":8080",
                        "10.0.0.3:15088 announcing 10.0.0.2:8080"),
                row("service, waypoint by pod", behind(WAYPOINT, false), WAYPOINT, SERVICE + ":8080", "10.0.0.3:8080"),
                row(
                        "service, waypoint by service",
                        behind(WAYPOINT_SERVICE, false),
                        WAYPOINT,
                        SERVICE + ":8080",
                        "10.0.0.3:8080"),
                row(
                        "service, application tunnel",
                        behind(WAYPOINT_SERVICE, true),
                        WAYPOINT,
                        SERVICE + ":8080",
                        "10.0.0.3:15088 announcing 10.96.0.1:8080"),
                row(
                        "service by name, application tunnel",
                        behind(WAYPOINT_SERVICE, true),
                        WAYPOINT,
                        name,
                        "10.0.0.3:15088 announcing 10.96.0.1:80"),
                row("not the server's address", mesh(Attached.NOWHERE, "", false), SERVER, "10.0.0.1:8080", "400"),
                row("waypoint of nobody", mesh(Attached.NOWHERE, "", false), WAYPOINT, "10.0.0.1:8080", "400"),
                row("waypoint of the service only", behind(WAYPOINT, false), WAYPOINT, SERVER + ":8080", "400"),
                row("waypoint of the workload only", workload(WAYPOINT, false), WAYPOINT, SERVICE + ":8080", "400"),
                row("a port of the proxy", workload(WAYPOINT_SERVICE, true), WAYPOINT, SERVER + ":15006", "503"));
    }

    @Test
    void aWaypointServesServicesThatItsOwnNamespaceMayNotSee() {
        MeshService hidden = ShapedService.from(TestMesh.service("hidden", "10.96.0.9"))
                .in("other", "hidden.other.svc.cluster.local")
                .waypoint(gatewayAt(WAYPOINT))
                .onlyForItsNamespace()
                .build();
        TestMesh mesh = mesh(Attached.NOWHERE, "", false).with(hidden);

        InboundPlan plan = new InboundPlanner("").plan(mesh.view(), attempt("waypoint", WAYPOINT, "10.96.0.9:8080"));

        assertThat(inShort(plan)).isEqualTo("10.0.0.3:8080");
    }

    @Test
    void anApplicationTunnelIsOnLoopbackUnlessSwitchedOff() {
        TestMesh mesh = behind(WAYPOINT_SERVICE, true);
        InboundAttempt attempt = attempt("waypoint", WAYPOINT, SERVICE + ":8080");

        var guarded = (InboundPlan.Forward) new InboundPlanner("").plan(mesh.view(), attempt);
        var open = (InboundPlan.Forward)
                new InboundPlanner("", new InboundOptions(true, false)).plan(mesh.view(), attempt);

        assertThat(guarded.destination()).isEqualTo(IpPort.of("127.0.0.1", 15_088));
        assertThat(guarded.origin()).isEqualTo(new InboundPlan.Origin.Own());
        assertThat(guarded.facts().destination()).isEqualTo(IpPort.of(WAYPOINT, 15_088));
        assertThat(open.destination()).isEqualTo(IpPort.of(WAYPOINT, 15_088));
        assertThat(open.origin()).isEqualTo(new InboundPlan.Origin.Preserved(FROM.ip()));
        assertThat(open.header()).contains(new ProxyHeader(FROM, IpPort.of(SERVICE, 8080), CLIENT));
    }

    @Test
    void withoutAnAddressThereIsNothingToAnnounce() {
        MeshService headless = TestMesh.service("bare").withWaypoint(gatewayAt(WAYPOINT));
        TestMesh mesh = behind(WAYPOINT_SERVICE, true).with(headless);
        InboundAttempt attempt = attempt("waypoint", WAYPOINT, key("bare").hostname() + ":80");

        var refusal = (InboundPlan.Refuse) new InboundPlanner("").plan(mesh.view(), attempt);

        assertThat(refusal.reason().message()).contains("PROXY", key("bare").hostname());
        assertThat(refusal.reason().hboneStatus()).isEqualTo(503);
    }

    @Test
    void anAnnouncedServiceIsShownByAnAddressOfThisNetworkPreferablyIpv4() {
        MeshService dual = TestMesh.service("dual", "fd00::7", "10.96.0.7").withWaypoint(gatewayAt(WAYPOINT));
        TestMesh mesh = behind(WAYPOINT_SERVICE, true).with(dual);

        InboundPlan plan = new InboundPlanner("")
                .plan(mesh.view(), attempt("waypoint", WAYPOINT, key("dual").hostname() + ":80"));

        assertThat(inShort(plan)).isEqualTo("10.0.0.3:15088 announcing 10.96.0.7:80");
    }

    @Test
    void baggageIsSwitchedInBothDirectionsAtOnce() {
        var headers = new HboneHeaders("k8s.cluster.name=test-cluster,k8s.deployment.name=test-app", "", "");
        var attempt = new InboundAttempt.Hbone(
                ref("server"), FROM, IpPort.of(SERVER, 15_008), CLIENT, SERVER + ":8080", headers);
        TestMesh mesh = new TestMesh().with(pod("server", SERVER).services(backing("server")));

        var on = (InboundPlan.Forward) new InboundPlanner("").plan(mesh.view(), attempt);
        var off = (InboundPlan.Forward)
                new InboundPlanner("", new InboundOptions(false, true)).plan(mesh.view(), attempt);

        assertThat(on.responseBaggage()).contains("k8s.cluster.name=Kubernetes");
        assertThat(on.context().source().workload()).isEqualTo("test-app");
        assertThat(on.context().source().cluster()).isEqualTo("test-cluster");
        assertThat(off.responseBaggage()).isEmpty();
        assertThat(off.context().source().workload()).isEmpty();
        assertThat(off.context().source().cluster()).isEmpty();
        assertThat(off.context().source().identity()).isEqualTo(CLIENT.toString());
    }

    /** An address of another network may be anybody's here, even that of a pod with the same identity. */
    @Test
    void whatAGatewayBringsIsNotLookedUpByItsAddress() {
        TestMesh mesh = new TestMesh()
                .with(pod("server", SERVER).services(backing("server")))
                .with(pod("client", "10.0.0.1"));

        assertThat(sourceFrom(mesh, "here", Optional.empty())).isEqualTo("client-deployment");
        assertThat(sourceFrom(mesh, "here", Optional.of("here"))).isEqualTo("client-deployment");
        assertThat(sourceFrom(mesh, "here", Optional.of("HERE"))).isEqualTo("client-deployment");
        assertThat(sourceFrom(mesh, "here", Optional.of("there"))).isEqualTo("web");
        assertThat(sourceFrom(mesh, "here", Optional.of(""))).isEqualTo("web");
    }

    private static String sourceFrom(TestMesh mesh, String network, Optional<String> said) {
        var headers = new HboneHeaders("k8s.deployment.name=web", "", "", said);
        var attempt = new InboundAttempt.Hbone(
                ref("server"), FROM, IpPort.of(SERVER, 15_008), CLIENT, SERVER + ":8080", headers);
        var here = new TestMesh()
                .with(pod("server", SERVER).network(network))
                .with(pod("client", "10.0.0.1").network(network));
        return new InboundPlanner(network)
                .plan((network.isEmpty() ? mesh : here).view(), attempt)
                .context()
                .source()
                .workload();
    }

    private static String inShort(InboundPlan plan) {
        return switch (plan) {
            case InboundPlan.Forward forward ->
                forward.facts().destination()
                        + forward.header()
                                .map(header -> " announcing " + header.destination())
                                .orElse("");
            case InboundPlan.Refuse refuse -> String.valueOf(refuse.reason().hboneStatus());
        };
    }

    private static Arguments row(String name, TestMesh mesh, String arrived, String authority, String plan) {
        return Arguments.of(name, mesh, arrived.equals(WAYPOINT) ? "waypoint" : "server", arrived, authority, plan);
    }

    private static InboundAttempt attempt(String pod, String arrived, String authority) {
        return new InboundAttempt.Hbone(
                ref(pod), FROM, IpPort.of(arrived, 15_008), CLIENT, authority, HboneHeaders.NONE);
    }

    private static TestMesh workload(String waypoint, boolean tunnel) {
        return mesh(Attached.TO_WORKLOAD, waypoint, tunnel);
    }

    private static TestMesh behind(String waypoint, boolean tunnel) {
        return mesh(Attached.TO_SERVICE, waypoint, tunnel);
    }

    private static TestMesh mesh(Attached attached, String waypoint, boolean tunnel) {
        GatewayReference reference = waypoint.isEmpty() ? GatewayReference.none() : gatewayAt(waypoint);
        GatewayReference none = GatewayReference.none();
        return new TestMesh()
                .with(TestMesh.service("waypoint", WAYPOINT_SERVICE))
                .with(TestMesh.service("server", SERVICE)
                        .withWaypoint(attached == Attached.TO_SERVICE ? reference : none))
                .with(pod("client", "10.0.0.1"))
                .with(pod("server", SERVER)
                        .services(backing("server"))
                        .waypoint(attached == Attached.TO_WORKLOAD ? reference : none))
                .with(pod("waypoint", WAYPOINT)
                        .services(backing("waypoint"))
                        .applicationTunnel(tunnel ? PROXY : ApplicationTunnel.ABSENT));
    }
}
