package dev.ambit.domain.flow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.domain.address.IpPort;
import dev.ambit.domain.identity.SpiffeId;
import dev.ambit.domain.policy.Verdict;
import dev.ambit.domain.view.MeshView;
import dev.ambit.domain.view.RandomMesh;
import dev.ambit.domain.workload.Workload;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Whatever the mesh and whatever is asked: there is a plan, and what must never be planned is not. */
class PlannersPropertyTest {

    @Property(tries = 500)
    void outboundNeverThrowsNorClaimsAnotherIdentity(@ForAll long seed) {
        var mesh = new RandomMesh(seed);
        var planner = new OutboundPlanner("", mesh.random());
        MeshView view = MeshView.EMPTY.apply(mesh.changes(40));
        for (int i = 0; i < 20; i++) {
            var attempt =
                    new OutboundAttempt(mesh.pod(), new IpPort(mesh.ip(), 40_000), new IpPort(mesh.ip(), mesh.port()));
            OutboundPlan plan = planner.plan(view, attempt);
            Optional<Workload> own = view.workloadOf(attempt.source());

            assertThat(plan.context().reporter()).isEqualTo(Reporter.SOURCE);
            if (own.isEmpty()) {
                assertThat(plan).isInstanceOf(OutboundPlan.Refuse.class);
            }
            switch (plan) {
                case OutboundPlan.Tunnel tunnel -> claimsOnly(own.orElseThrow(), tunnel);
                case OutboundPlan.DoubleTunnel twice -> {
                    claimsOnly(own.orElseThrow(), twice.outer());
                    assertThat(twice.expected()).isNotEmpty();
                    assertThat(twice.headers().network()).contains("");
                }
                default -> assertThat(plan.context().source().identity()).isEmpty();
            }
        }
    }

    private static void claimsOnly(Workload own, OutboundPlan.Tunnel tunnel) {
        assertThat(tunnel.source()).isEqualTo(own.identity());
        assertThat(tunnel.expected()).isNotEmpty();
        assertThat(tunnel.headers().network()).isEmpty();
        assertThat(tunnel.context().mutualTls()).isTrue();
    }

    @Property(tries = 500)
    void inboundNeverThrowsNorLeavesThePodNorAsksTheWrongPolicy(@ForAll long seed) {
        var mesh = new RandomMesh(seed);
        var planner = new InboundPlanner("");
        MeshView view = MeshView.EMPTY.apply(mesh.changes(40));
        for (int i = 0; i < 20; i++) {
            InboundAttempt attempt = attempt(mesh);
            InboundPlan plan = planner.plan(view, attempt);

            assertThat(plan.context().reporter()).isEqualTo(Reporter.DESTINATION);
            if (plan instanceof InboundPlan.Forward forward) {
                Workload own = view.workloadOf(attempt.destination()).orElseThrow();
                assertThat(ProxyPorts.ISTIO.contains(forward.destination().port()))
                        .isFalse();
                assertThat(forward.facts().destination().port())
                        .isEqualTo(forward.destination().port());
                assertThat(view.policiesFor(own).decide(forward.facts())).isInstanceOf(Verdict.Allowed.class);
                assertThat(planner.reevaluate(view, attempt.destination(), forward.facts()))
                        .isEmpty();
                if (attempt instanceof InboundAttempt.Hbone) {
                    assertThat(own.addresses())
                            .contains(forward.facts().destination().ip());
                    assertThat(forward.destination().ip().isLoopback()
                                    && forward.header().isEmpty()
                                    && !forward.facts().destination().ip().isLoopback())
                            .isFalse();
                }
            }
        }
    }

    private static InboundAttempt attempt(RandomMesh mesh) {
        var client = new IpPort(mesh.ip(), 40_000);
        if (mesh.random().nextBoolean()) {
            return new InboundAttempt.Plaintext(mesh.pod(), client, new IpPort(mesh.ip(), mesh.port()));
        }
        var local = new IpPort(mesh.ip(), 15_008);
        String host = mesh.of(local.ip().toString(), mesh.ip().toString(), "one.mesh", "two.mesh", "\u0000", "");
        String authority = (host.contains("::") ? "[" + host + "]" : host) + mesh.of(":80", ":80", ":15008", "", ":x");
        var headers = new HboneHeaders(
                mesh.of("", "service.name=a", "=%,;"), mesh.of("", "for=x;host=one.mesh", ";;host"), "");
        var peer = SpiffeId.of("spiffe://cluster.local/ns/" + mesh.namespace() + "/sa/robot");
        return new InboundAttempt.Hbone(mesh.pod(), client, local, peer, authority, headers);
    }
}
