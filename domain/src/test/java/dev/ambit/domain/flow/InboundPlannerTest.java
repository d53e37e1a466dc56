package dev.ambit.domain.flow;

import static dev.ambit.domain.view.TestMesh.backing;
import static dev.ambit.domain.view.TestMesh.gateway;
import static dev.ambit.domain.view.TestMesh.key;
import static dev.ambit.domain.view.TestMesh.pod;
import static dev.ambit.domain.view.TestMesh.ref;
import static dev.ambit.domain.view.TestMesh.service;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.domain.address.IpAddress;
import dev.ambit.domain.address.IpPort;
import dev.ambit.domain.identity.SpiffeId;
import dev.ambit.domain.policy.ConnectionFacts;
import dev.ambit.domain.policy.Peer;
import dev.ambit.domain.policy.PolicyName;
import dev.ambit.domain.view.MeshView;
import dev.ambit.domain.view.TestMesh;
import dev.ambit.domain.workload.ApplicationTunnel;
import dev.ambit.domain.workload.ApplicationTunnel.Protocol;
import dev.ambit.domain.workload.PortMap;
import dev.ambit.domain.workload.Workload;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The table of decisions: what the pod {@code cart} at 10.0.0.2 does with what arrives from {@code client}. */
@Timeout(30)
class InboundPlannerTest {
    private static final InboundPlanner PLANNER = new InboundPlanner("");
    private static final SpiffeId CLIENT = SpiffeId.of("spiffe://cluster.local/ns/shop/sa/client");

    @ParameterizedTest(name = "{0}")
    @MethodSource("decisions")
    void decides(String name, TestMesh mesh, InboundAttempt attempt, String plan) {
        assertThat(inShort(PLANNER.plan(mesh.view(), attempt))).isEqualTo(plan);
    }

    static Stream<Arguments> decisions() {
        return Stream.of(streams(), hostnames(), malformed(), tunnels(), plaintext())
                .flatMap(rows -> rows);
    }

    private static Stream<Arguments> streams() {
        TestMesh denied = mesh(cart()).with(TestMesh.denyAll("nobody"));
        TestMesh missing = mesh(cart().policies(List.of(new PolicyName("shop", "late"))));
        return Stream.of(
                row("own address", mesh(cart()), connect("10.0.0.2:80"), "forward 10.0.0.2:80 as 10.0.0.1"),
                row("another's address", mesh(cart()), connect("10.0.0.3:80"), "refuse AddressMismatch 400"),
                row("loopback", mesh(cart()), connect("127.0.0.1:80"), "refuse AddressMismatch 400"),
                row(
                        "a tunnel over loopback ends at the pod's address",
                        mesh(cart()),
                        hbone("127.0.0.1", "127.0.0.1:80"),
                        "forward 10.0.0.2:80 as 10.0.0.1"),
                row("own port", mesh(cart()), connect("10.0.0.2:15008"), "refuse DestinationUnknown 503"),
                row("plaintext port", mesh(cart()), connect("10.0.0.2:15006"), "refuse DestinationUnknown 503"),
                row("pod unknown", new TestMesh(), connect("10.0.0.2:80"), "refuse WorkloadUnknown 503"),
                row("denied", denied, connect("10.0.0.2:80"), "refuse PolicyDenied 401"),
                row("policy not here yet", missing, connect("10.0.0.2:80"), "refuse PolicyDenied 401"),
                row(
                        "without an address of its own",
                        mesh(cart().addresses(List.of())),
                        connect("10.0.0.2:80"),
                        "refuse DestinationUnknown 503"),
                row(
                        "calls itself",
                        mesh(cart()),
                        new InboundAttempt.Hbone(
                                ref("cart"),
                                IpPort.of("10.0.0.2", 4),
                                IpPort.of("10.0.0.2", 15_008),
                                CLIENT,
                                "10.0.0.2:80",
                                HboneHeaders.NONE),
                        "forward 10.0.0.2:80 as proxy"));
    }

    private static Stream<Arguments> hostnames() {
        String host = key("cart").hostname();
        TestMesh served = mesh(cart()).with(service("cart", "10.96.0.2")).with(service("other", "10.96.0.3"));
        TestMesh mapped = mesh(cart().services(Map.of(key("cart"), new PortMap(Map.of(80, 9090)))))
                .with(service("cart", "10.96.0.2"));
        return Stream.of(
                row("service", served, connect(host + ":80"), "forward 10.0.0.2:8080 as 10.0.0.1"),
                row(
                        "in capitals",
                        served,
                        connect("CART.shop.svc.cluster.local:80"),
                        "forward 10.0.0.2:8080 as 10.0.0.1"),
                row("port of the endpoint", mapped, connect(host + ":80"), "forward 10.0.0.2:9090 as 10.0.0.1"),
                row("port that the service has not", served, connect(host + ":81"), "refuse DestinationUnknown 503"),
                row(
                        "service of others",
                        served,
                        connect(key("other").hostname() + ":80"),
                        "refuse DestinationUnknown 503"),
                row("no service", served, connect("example.com:80"), "refuse DestinationUnknown 503"),
                row("service not here yet", mesh(cart()), connect(host + ":80"), "refuse DestinationUnknown 503"));
    }

    private static Stream<Arguments> malformed() {
        return Stream.of(
                        "10.0.0.2",
                        "",
                        ":80",
                        "10.0.0.2:",
                        "10.0.0.2:0",
                        "10.0.0.2:65536",
                        "::::",
                        "fd00::2:80",
                        "[fd00::2]",
                        "a b:80",
                        "a/b:80",
                        "x".repeat(256) + ":65535")
                .map(authority -> row(
                        "malformed '" + authority + "'",
                        mesh(cart()),
                        connect(authority),
                        "refuse MalformedRequest 400"));
    }

    private static Stream<Arguments> tunnels() {
        TestMesh sandwich = new TestMesh()
                .with(cart().services(backing("waypoint")))
                .with(service("waypoint", "10.96.0.9"))
                .with(service("shielded", "10.96.0.5").withWaypoint(gateway("waypoint")))
                .with(pod("shielded", "10.0.0.5").waypoint(gateway("waypoint")))
                .with(pod("bare", "10.0.0.6"));
        return Stream.of(
                row(
                        "tunnel on a port of its own",
                        mesh(tunnel(Protocol.NONE, 15_088)),
                        connect("10.9.9.9:80"),
                        "forward 10.0.0.2:15088 as 10.0.0.1"),
                row(
                        "tunnel on the port asked for",
                        mesh(tunnel(Protocol.NONE, 0)),
                        connect("10.9.9.9:80"),
                        "forward 10.0.0.2:80 as 10.0.0.1"),
                row(
                        "tunnel on a port of the proxy",
                        mesh(tunnel(Protocol.NONE, 15_001)),
                        connect("10.9.9.9:80"),
                        "refuse DestinationUnknown 503"),
                row(
                        "tunnel for a service of others",
                        mesh(tunnel(Protocol.NONE, 15_088)).with(service("other", "10.96.0.3")),
                        connect(key("other").hostname() + ":80"),
                        "forward 10.0.0.2:15088 as 10.0.0.1"),
                row("waypoint of a service", sandwich, connect("10.96.0.5:80"), "forward 10.0.0.2:80 as 10.0.0.1"),
                row(
                        "waypoint of a service by name",
                        sandwich,
                        connect(key("shielded").hostname() + ":80"),
                        "forward 10.0.0.2:8080 as 10.0.0.1"),
                row("waypoint of a workload", sandwich, connect("10.0.0.5:80"), "forward 10.0.0.2:80 as 10.0.0.1"),
                row("waypoint of others", sandwich, connect("10.0.0.6:80"), "refuse AddressMismatch 400"));
    }

    private static Stream<Arguments> plaintext() {
        return Stream.of(
                row("plaintext", mesh(cart()), plain("10.0.0.1", 80), "forward 10.0.0.2:80 as 10.0.0.1"),
                row("plaintext to an own port", mesh(cart()), plain("10.0.0.1", 15_006), "refuse RecursiveCall 503"),
                row("plaintext, pod unknown", new TestMesh(), plain("10.0.0.1", 80), "refuse WorkloadUnknown 503"),
                row(
                        "plaintext, denied",
                        mesh(cart()).with(TestMesh.denyAll("nobody")),
                        plain("10.0.0.1", 80),
                        "refuse PolicyDenied 401"),
                row("plaintext to itself", mesh(cart()), plain("10.0.0.2", 80), "forward 10.0.0.2:80 as proxy"),
                row(
                        "plaintext of the other family",
                        mesh(cart()),
                        plain("fd00::1", 80),
                        "forward 10.0.0.2:80 as proxy"));
    }

    @Test
    void policyIsAskedAboutTheResolvedDestinationAndTheProvenPeer() {
        MeshView view = mesh(cart()).with(service("cart", "10.96.0.2")).view();

        var byName =
                (InboundPlan.Forward) PLANNER.plan(view, connect(key("cart").hostname() + ":80"));
        var plain = (InboundPlan.Forward) PLANNER.plan(view, plain("10.0.0.1", 8080));

        var destination = IpPort.of("10.0.0.2", 8080);
        assertThat(byName.facts())
                .isEqualTo(new ConnectionFacts(new Peer.Authenticated(CLIENT), IpAddress.of("10.0.0.1"), destination));
        assertThat(plain.facts())
                .isEqualTo(new ConnectionFacts(new Peer.Anonymous(), IpAddress.of("10.0.0.1"), destination));
    }

    @Test
    void theContextNamesBothEndsAndTheService() {
        MeshView view = mesh(cart())
                .with(service("cart", "10.96.0.2"))
                .with(pod("client", "10.0.0.1"))
                .view();

        var plan = (InboundPlan.Forward) PLANNER.plan(view, connect("10.0.0.2:8080"));

        FlowContext context = plan.context();
        assertThat(context.reporter()).isEqualTo(Reporter.DESTINATION);
        assertThat(context.source().pod()).isEqualTo("client");
        assertThat(context.source().identity()).isEqualTo(CLIENT.toString());
        assertThat(context.destination().pod()).isEqualTo("cart");
        assertThat(context.service().hostname()).isEqualTo(key("cart").hostname());
        assertThat(context.target()).isEqualTo(IpPort.of("10.0.0.2", 15_008));
        assertThat(context.hboneAuthority()).isEqualTo("10.0.0.2:8080");
        assertThat(context.mutualTls()).isTrue();
        assertThat(plan.responseBaggage()).startsWith("k8s.cluster.name=Kubernetes,k8s.namespace.name=shop,");
    }

    @Test
    void baggageLabelsAnUnknownClientButNeverMovesItToAnotherNamespace() {
        var headers = new HboneHeaders("k8s.namespace.name=bank,k8s.deployment.name=web", "", "");
        var attempt = new InboundAttempt.Hbone(
                ref("cart"), IpPort.of("10.0.0.1", 4), IpPort.of("10.0.0.2", 15_008), CLIENT, "10.0.0.2:80", headers);
        TestMesh impostor = mesh(cart()).with(pod("someone", "10.0.0.1"));

        Party source = PLANNER.plan(impostor.view(), attempt).context().source();

        assertThat(source.workload()).isEqualTo("web");
        assertThat(source.namespace()).isEqualTo("shop");
        assertThat(source.identity()).isEqualTo(CLIENT.toString());
    }

    @Test
    void theForwardedHostSaysWhichServiceWasMeant() {
        TestMesh mesh = mesh(cart().services(backing("cart", "alias")))
                .with(service("alias", "10.96.0.3"))
                .with(service("cart", "10.96.0.2"));
        var headers =
                new HboneHeaders("", "for=\"10.0.0.1:4\";host=" + key("cart").hostname(), "");
        var attempt = new InboundAttempt.Hbone(
                ref("cart"), IpPort.of("10.0.0.1", 4), IpPort.of("10.0.0.2", 15_008), CLIENT, "10.0.0.2:8080", headers);

        assertThat(PLANNER.plan(mesh.view(), attempt).context().service().name())
                .isEqualTo("cart");
        assertThat(PLANNER.plan(mesh.view(), connect("10.0.0.2:8080"))
                        .context()
                        .service()
                        .name())
                .isEqualTo("alias");
    }

    @Test
    void aLiveConnectionEndsWhenPolicyNoLongerAllowsIt() {
        MeshView open = mesh(cart()).view();
        var facts = ((InboundPlan.Forward) PLANNER.plan(open, connect("10.0.0.2:80"))).facts();
        MeshView closed = mesh(cart()).with(TestMesh.denyAll("nobody")).view();

        assertThat(PLANNER.reevaluate(open, ref("cart"), facts)).isEmpty();
        assertThat(PLANNER.reevaluate(closed, ref("cart"), facts))
                .containsInstanceOf(RefusalReason.PolicyChanged.class);
        assertThat(PLANNER.reevaluate(MeshView.EMPTY, ref("cart"), facts))
                .containsInstanceOf(RefusalReason.WorkloadGone.class);
    }

    @Test
    void aHostileAuthorityIsShownBoundedAndPrintable() {
        InboundPlan plan = PLANNER.plan(mesh(cart()).view(), connect("a\n\u001b[2J".repeat(1_000)));

        assertThat(((InboundPlan.Refuse) plan).reason().message())
                .matches("[ -~]*")
                .hasSizeLessThan(500);
        assertThat(plan.context().hboneAuthority()).matches("[ -~]*").hasSizeLessThan(300);
    }

    private static String inShort(InboundPlan plan) {
        return switch (plan) {
            case InboundPlan.Forward forward ->
                "forward " + forward.destination() + " as "
                        + forward.origin().preserved().map(Object::toString).orElse("proxy");
            case InboundPlan.Refuse refuse ->
                "refuse " + refuse.reason().getClass().getSimpleName() + " "
                        + refuse.reason().hboneStatus();
        };
    }

    private static Arguments row(String name, TestMesh mesh, InboundAttempt attempt, String plan) {
        return Arguments.of(name, mesh, attempt, plan);
    }

    private static TestMesh mesh(Workload.Builder cart) {
        return new TestMesh().with(cart);
    }

    private static Workload.Builder cart() {
        return pod("cart", "10.0.0.2").services(backing("cart"));
    }

    private static Workload.Builder tunnel(Protocol protocol, int port) {
        return cart().applicationTunnel(new ApplicationTunnel(protocol, port));
    }

    private static InboundAttempt connect(String authority) {
        return hbone("10.0.0.2", authority);
    }

    private static InboundAttempt hbone(String local, String authority) {
        return new InboundAttempt.Hbone(
                ref("cart"),
                IpPort.of("10.0.0.1", 40_000),
                IpPort.of(local, 15_008),
                CLIENT,
                authority,
                HboneHeaders.NONE);
    }

    private static InboundAttempt plain(String client, int port) {
        return new InboundAttempt.Plaintext(ref("cart"), IpPort.of(client, 40_000), IpPort.of("10.0.0.2", port));
    }
}
