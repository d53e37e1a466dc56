package dev.ambit.domain.flow;

import static dev.ambit.domain.view.TestMesh.backing;
import static dev.ambit.domain.view.TestMesh.dial;
import static dev.ambit.domain.view.TestMesh.gateway;
import static dev.ambit.domain.view.TestMesh.pod;
import static dev.ambit.domain.view.TestMesh.service;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.domain.identity.TrustDomain;
import dev.ambit.domain.service.MeshService;
import dev.ambit.domain.service.WeightedWaypoint;
import dev.ambit.domain.view.MeshChange;
import dev.ambit.domain.view.MeshView;
import dev.ambit.domain.view.TestMesh;
import dev.ambit.domain.workload.GatewayReference;
import dev.ambit.domain.workload.Health;
import dev.ambit.domain.workload.TunnelProtocol;
import dev.ambit.domain.workload.Workload;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The table: a plan, a change, and whether the connection goes on. */
@Timeout(30)
class OutboundReviewTest {
    private static final OutboundPlanner PLANNER = new OutboundPlanner("", new Random(1));
    private static final OutboundReview REVIEW = new OutboundReview("");
    private static final String GOES_ON = "goes on";

    /** Pods client, cart (HBONE) and stock (plain); services cart and stock; waypoints first and second. */
    private static TestMesh mesh() {
        return new TestMesh()
                .with(pod("client", "10.0.0.1"))
                .with(cart())
                .with(stock())
                .with(service("cart", "10.96.0.2"))
                .with(service("stock", "10.96.0.3"))
                .with(instance("first", "10.0.0.11"))
                .with(waypoint("first", "10.96.0.11"))
                .with(instance("second", "10.0.0.12"))
                .with(waypoint("second", "10.96.0.12"));
    }

    private static Workload.Builder cart() {
        return pod("cart", "10.0.0.2").services(backing("cart"));
    }

    private static Workload.Builder stock() {
        return pod("stock", "10.0.0.3").services(backing("stock")).tunnelProtocol(TunnelProtocol.NONE);
    }

    private static Workload.Builder instance(String name, String ip) {
        return pod(name, ip).services(backing(name));
    }

    private static MeshService waypoint(String name, String vip) {
        MeshService plain = service(name, vip);
        return MeshService.plain(
                plain.key(),
                name,
                plain.addresses(),
                List.of(new dev.ambit.domain.service.ServicePort(
                        15_008, 15_008, dev.ambit.domain.service.AppProtocol.UNKNOWN)));
    }

    private static MeshService cartThrough(String waypoint) {
        return service("cart", "10.96.0.2").withWaypoint(gateway(waypoint));
    }

    private static MeshService cartWeighted(int first, int second) {
        MeshService cart = service("cart", "10.96.0.2");
        return new MeshService(
                cart.key(),
                cart.name(),
                cart.addresses(),
                cart.ports(),
                cart.subjectAltNames(),
                cart.waypoint(),
                List.of(new WeightedWaypoint(gateway("first"), first), new WeightedWaypoint(gateway("second"), second)),
                cart.loadBalancing(),
                cart.ipFamilies(),
                cart.canonical(),
                cart.ingressUseWaypoint(),
                cart.visibility());
    }

    private static MeshService cartPresenting(String... names) {
        MeshService cart = service("cart", "10.96.0.2");
        return new MeshService(
                cart.key(),
                cart.name(),
                cart.addresses(),
                cart.ports(),
                List.of(names),
                cart.waypoint(),
                cart.weightedWaypoints(),
                cart.loadBalancing(),
                cart.ipFamilies(),
                cart.canonical(),
                cart.ingressUseWaypoint(),
                cart.visibility());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("table")
    void decides(String name, TestMesh before, OutboundAttempt attempt, MeshChange change, String verdict) {
        MeshView view = before.view();
        OutboundPlan plan = PLANNER.plan(view, attempt);
        OutboundBasis basis = REVIEW.basis(view, attempt, plan).orElseThrow();
        assertThat(REVIEW.review(view, basis)).as("nothing has changed yet").isEmpty();

        Optional<RefusalReason> reason = REVIEW.review(view.apply(List.of(change)), basis);

        assertThat(reason.map(refused -> refused.getClass().getSimpleName()).orElse(GOES_ON))
                .isEqualTo(verdict);
        assertThat(touches(change, basis) || reason.isEmpty())
                .as("a change that ends a connection has to be found by what the connection depends on")
                .isTrue();
    }

    private static boolean touches(MeshChange change, OutboundBasis basis) {
        return Dependency.touchedBy(change).stream()
                .anyMatch(touched -> touched instanceof Dependency.OnBlock block
                        ? block.contains(basis.dialled())
                        : basis.dependencies().contains(touched));
    }

    static Stream<Arguments> table() {
        return Stream.of(waypoints(), workloadWaypoints(), identities(), endpoints(), enrolments())
                .flatMap(rows -> rows);
    }

    private static Stream<Arguments> waypoints() {
        return Stream.of(
                row("waypoint attached", mesh(), "10.96.0.2", cartThrough("first"), "WaypointChanged"),
                row("waypoint of another service", mesh(), "10.96.0.2", service("stock", "10.96.0.3"), GOES_ON),
                row(
                        "waypoint removed",
                        mesh().with(cartThrough("first")),
                        "10.96.0.2",
                        service("cart", "10.96.0.2"),
                        "WaypointChanged"),
                row(
                        "waypoint replaced",
                        mesh().with(cartThrough("first")),
                        "10.96.0.2",
                        cartThrough("second"),
                        "WaypointChanged"),
                row(
                        "a second waypoint beside the first",
                        mesh().with(cartWeighted(1, 0)),
                        "10.96.0.2",
                        cartWeighted(50, 50),
                        GOES_ON),
                row(
                        "traffic moved to the second waypoint",
                        mesh().with(cartWeighted(1, 0)),
                        "10.96.0.2",
                        cartWeighted(0, 1),
                        "WaypointChanged"),
                row(
                        "waypoint attached to a plain service",
                        mesh(),
                        "10.96.0.3",
                        service("stock", "10.96.0.3").withWaypoint(gateway("first")),
                        "WaypointChanged"),
                row(
                        "service with a waypoint appears where nobody was",
                        mesh(),
                        "10.96.0.99",
                        service("new", "10.96.0.99").withWaypoint(gateway("first")),
                        "WaypointChanged"),
                row(
                        "block with a waypoint appears around what was dialled",
                        mesh(),
                        "192.0.2.7",
                        service("block", "192.0.2.0/24").withWaypoint(gateway("first")),
                        "WaypointChanged"),
                row("service appears where nobody was", mesh(), "10.96.0.99", service("new", "10.96.0.99"), GOES_ON),
                row("service goes", mesh(), "10.96.0.2", new MeshChange.ServiceRemoved(TestMesh.key("cart")), GOES_ON),
                row(
                        "waypoint's service goes",
                        mesh().with(cartThrough("first")),
                        "10.96.0.2",
                        new MeshChange.ServiceRemoved(TestMesh.key("first")),
                        GOES_ON));
    }

    private static Stream<Arguments> workloadWaypoints() {
        return Stream.of(
                row("attached to a workload", mesh(), "10.0.0.2", cart().waypoint(gateway("first")), "WaypointChanged"),
                row(
                        "attached to a workload, dialled by its service",
                        mesh(),
                        "10.96.0.2",
                        cart().waypoint(gateway("first")),
                        GOES_ON),
                row(
                        "removed from a workload",
                        mesh().with(cart().waypoint(gateway("first"))),
                        "10.0.0.2",
                        cart().waypoint(GatewayReference.none()),
                        "WaypointChanged"),
                row(
                        "the waypoint itself dials past a waypoint that is attached",
                        mesh().with(pod("client", "10.0.0.1").services(backing("first"))),
                        "10.0.0.2",
                        cart().waypoint(gateway("first")),
                        GOES_ON));
    }

    private static Stream<Arguments> identities() {
        return Stream.of(
                row("endpoint has another account", mesh(), "10.96.0.2", cart().serviceAccount("x"), "IdentityChanged"),
                row(
                        "endpoint has another trust domain",
                        mesh(),
                        "10.0.0.2",
                        cart().trustDomain(new TrustDomain("other.example")),
                        "IdentityChanged"),
                row(
                        "waypoint instance has another account",
                        mesh().with(cartThrough("first")),
                        "10.96.0.2",
                        instance("first", "10.0.0.11").serviceAccount("x"),
                        "IdentityChanged"),
                row(
                        "caller has another trust domain",
                        mesh(),
                        "10.0.0.2",
                        pod("client", "10.0.0.1").trustDomain(new TrustDomain("other.example")),
                        "IdentityChanged"),
                row(
                        "caller has another trust domain, without a tunnel",
                        mesh(),
                        "10.0.0.3",
                        pod("client", "10.0.0.1").trustDomain(new TrustDomain("other.example")),
                        GOES_ON),
                row("plain endpoint has another account", mesh(), "10.0.0.3", stock().serviceAccount("x"), GOES_ON),
                row(
                        "service declares one more identity",
                        mesh().with(cartPresenting("spiffe://a/ns/b/sa/c")),
                        "10.96.0.2",
                        cartPresenting("spiffe://a/ns/b/sa/c", "spiffe://a/ns/b/sa/d"),
                        GOES_ON),
                row(
                        "service withdraws an identity",
                        mesh().with(cartPresenting("spiffe://a/ns/b/sa/c")),
                        "10.96.0.2",
                        cartPresenting(),
                        "IdentityWithdrawn"));
    }

    private static Stream<Arguments> endpoints() {
        return Stream.of(
                row("endpoint unhealthy", mesh(), "10.96.0.2", cart().health(Health.UNHEALTHY), GOES_ON),
                row("endpoint without weight", mesh(), "10.96.0.2", cart().capacity(0), GOES_ON),
                row("endpoint leaves the service", mesh(), "10.96.0.2", pod("cart", "10.0.0.2"), GOES_ON),
                row("endpoint gone", mesh(), "10.96.0.2", removed("cart"), GOES_ON),
                row("dialled workload gone", mesh(), "10.0.0.2", removed("cart"), GOES_ON),
                row("caller gone", mesh(), "10.0.0.2", removed("client"), GOES_ON),
                row(
                        "another endpoint",
                        mesh(),
                        "10.96.0.2",
                        pod("cart2", "10.0.0.9").services(backing("cart")),
                        GOES_ON),
                row("another pod at a plain address", mesh(), "192.0.2.1", pod("elsewhere", "192.0.2.2"), GOES_ON));
    }

    private static Stream<Arguments> enrolments() {
        return Stream.of(
                row(
                        "plain workload joins",
                        mesh(),
                        "10.0.0.3",
                        stock().tunnelProtocol(TunnelProtocol.HBONE),
                        "JoinedMesh"),
                row(
                        "plain endpoint joins",
                        mesh(),
                        "10.96.0.3",
                        stock().tunnelProtocol(TunnelProtocol.HBONE),
                        "JoinedMesh"),
                row("unknown address joins", mesh(), "192.0.2.1", pod("new", "192.0.2.1"), "JoinedMesh"),
                row(
                        "unknown address is known, outside the mesh",
                        mesh(),
                        "192.0.2.1",
                        pod("new", "192.0.2.1").tunnelProtocol(TunnelProtocol.NONE),
                        GOES_ON),
                row(
                        "workload leaves the mesh",
                        mesh(),
                        "10.0.0.2",
                        cart().tunnelProtocol(TunnelProtocol.NONE),
                        GOES_ON));
    }

    private static Arguments row(String name, TestMesh mesh, String dialled, MeshService change, String verdict) {
        return row(name, mesh, dialled, new MeshChange.ServiceUpserted(change), verdict);
    }

    private static Arguments row(String name, TestMesh mesh, String dialled, Workload.Builder change, String verdict) {
        return row(name, mesh, dialled, new MeshChange.WorkloadUpserted(change.build()), verdict);
    }

    private static Arguments row(String name, TestMesh mesh, String dialled, MeshChange change, String verdict) {
        return Arguments.of(name, mesh, dial(dialled, 80), change, verdict);
    }

    private static MeshChange removed(String pod) {
        return new MeshChange.WorkloadRemoved(pod(pod, "10.0.0.1").build().uid());
    }

    @Test
    void whatIsRefusedRestsOnNothing() {
        MeshView view = mesh().with(service("empty", "10.96.0.50")).view();
        OutboundAttempt attempt = dial("10.96.0.50", 80);

        assertThat(REVIEW.basis(view, attempt, PLANNER.plan(view, attempt))).isEmpty();
    }

    @Test
    void theReasonsNameWhatChanged() {
        MeshView view = mesh().view();
        OutboundAttempt attempt = dial("10.96.0.2", 80);
        OutboundBasis basis =
                REVIEW.basis(view, attempt, PLANNER.plan(view, attempt)).orElseThrow();
        MeshView attached = view.apply(List.of(new MeshChange.ServiceUpserted(cartThrough("first"))));

        RefusalReason reason = REVIEW.review(attached, basis).orElseThrow();

        assertThat(reason.message()).contains("10.96.0.2", "attached", "first.shop");
        assertThat(reason.flag()).isEqualTo(ResponseFlag.NONE);
        assertThat(reason.hboneStatus()).isEqualTo(503);
        assertThat(basis.waypoints()).isEqualTo(Set.of());
    }
}
