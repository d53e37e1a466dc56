package dev.ambit.domain.flow;

import static dev.ambit.domain.view.TestMesh.backing;
import static dev.ambit.domain.view.TestMesh.gateway;
import static dev.ambit.domain.view.TestMesh.pod;
import static dev.ambit.domain.view.TestMesh.service;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.ambit.domain.address.IpAddress;
import dev.ambit.domain.address.IpPort;
import dev.ambit.domain.address.NetworkAddress;
import dev.ambit.domain.flow.FlowExplainer.Source;
import dev.ambit.domain.flow.FlowExplanation.Candidate;
import dev.ambit.domain.flow.FlowExplanation.Outcome;
import dev.ambit.domain.flow.FlowExplanation.Owner;
import dev.ambit.domain.identity.SpiffeId;
import dev.ambit.domain.policy.Verdict;
import dev.ambit.domain.view.MeshView;
import dev.ambit.domain.view.TestMesh;
import dev.ambit.domain.workload.Health;
import dev.ambit.domain.workload.TunnelProtocol;
import dev.ambit.domain.workload.Workload;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class FlowExplainerTest {
    private static final FlowExplainer EXPLAINER =
            new FlowExplainer("", new OutboundPlanner("", new Random(1)), new InboundPlanner(""));
    private static final IpPort CART = IpPort.of("10.0.0.2", 80);
    private static final IpPort VIP = IpPort.of("10.96.0.1", 80);

    private final TestMesh mesh = new TestMesh()
            .with(pod("client", "10.0.0.1").tunnelProtocol(TunnelProtocol.HBONE))
            .with(pod("cart", "10.0.0.2").tunnelProtocol(TunnelProtocol.HBONE));

    @Test
    void aPodThatIsLetInAndOneThatIsNot() {
        FlowExplanation allowed = explain(mesh.view(), CART);
        assertThat(allowed.outcome()).isEqualTo(Outcome.ALLOWED);
        assertThat(allowed.outbound().orElseThrow().owner()).isEqualTo(new Owner("workload", "shop/cart"));
        assertThat(allowed.inbound().orElseThrow().workload()).isEqualTo("shop/cart");

        FlowExplanation denied = explain(mesh.with(TestMesh.denyAll("nobody")).view(), CART);
        assertThat(denied.outcome()).isEqualTo(Outcome.DENIED);
        assertThat(denied.summary()).isEqualTo("denied by shop/nobody, rule 1");
        assertThat(denied.inbound().orElseThrow().refusal().orElseThrow().word())
                .isEqualTo(RefusalWord.POLICY_DENY);
        assertThat(denied.inbound().orElseThrow().policies().orElseThrow().verdict())
                .isInstanceOf(Verdict.Denied.class);
    }

    @Test
    void aPodOfTheSameNodeIsAskedToo() {
        var explainer = new FlowExplainer("", new OutboundPlanner("", new Random(1), true), new InboundPlanner(""));
        MeshView view = new TestMesh()
                .with(pod("client", "10.0.0.1").node("a"))
                .with(pod("cart", "10.0.0.2").node("a"))
                .with(TestMesh.denyAll("nobody"))
                .view();

        FlowExplanation denied = explain(explainer, view, CART);

        assertThat(denied.outcome()).isEqualTo(Outcome.DENIED);
        assertThat(denied.outbound().orElseThrow().plan()).startsWith("without a tunnel, on one node");
    }

    @Test
    void endpointsSayWhyTheyWereLeftOut() {
        TestMesh services = mesh.with(service("cart", "10.96.0.1"))
                .with(pod("a-good", "10.0.1.1").services(backing("cart")).tunnelProtocol(TunnelProtocol.HBONE))
                .with(pod("b-sick", "10.0.1.2").services(backing("cart")).health(Health.UNHEALTHY))
                .with(pod("c-empty", "10.0.1.3").services(backing("cart")).capacity(0));

        FlowExplanation.Outbound outbound =
                explain(services.view(), VIP).outbound().orElseThrow();

        assertThat(outbound.owner().kind()).isEqualTo("service");
        assertThat(outbound.endpoints())
                .extracting(Candidate::workload, Candidate::usable, Candidate::standing)
                .containsExactly(
                        tuple("shop/a-good", true, "candidate"),
                        tuple("shop/b-sick", false, "not ready"),
                        tuple("shop/c-empty", false, "has no capacity"));
    }

    @Test
    void aWaypointThatIsUnknownIsTheReason() {
        FlowExplanation why = explain(
                mesh.with(service("cart", "10.96.0.1").withWaypoint(gateway("waypoint")))
                        .view(),
                VIP);

        assertThat(why.outcome()).isEqualTo(Outcome.REFUSED);
        assertThat(why.outbound().orElseThrow().waypoint()).endsWith("(used)");
        assertThat(why.outbound().orElseThrow().refusal().orElseThrow().word()).isEqualTo(RefusalWord.GATEWAY_UNKNOWN);
    }

    @Test
    void callersWithoutAPodAreHypothetical() {
        MeshView view = mesh.with(TestMesh.denyAll("nobody")).view();
        var identity =
                new Source.OfIdentity(SpiffeId.of("spiffe://cluster.local/ns/other/sa/x"), IpAddress.of("192.0.2.1"));

        assertThat(EXPLAINER.explain(view, identity, CART).outcome()).isEqualTo(Outcome.DENIED);
        var stranger = new Source.OfAddress(IpAddress.of("192.0.2.1"));
        assertThat(EXPLAINER.explain(view, stranger, CART).outcome()).isEqualTo(Outcome.DENIED);
        assertThat(EXPLAINER.explain(view, identity, IpPort.of("192.0.2.9", 80)).outcome())
                .isEqualTo(Outcome.BEYOND);
    }

    @Test
    void nobodyInTheMeshIsBeyondIt() {
        FlowExplanation why = explain(mesh.view(), IpPort.of("192.0.2.1", 443));

        assertThat(why.outcome()).isEqualTo(Outcome.BEYOND);
        assertThat(why.outbound().orElseThrow().owner()).isEqualTo(new Owner("nobody", ""));
    }

    private static FlowExplanation explain(MeshView view, IpPort to) {
        return explain(EXPLAINER, view, to);
    }

    private static FlowExplanation explain(FlowExplainer explainer, MeshView view, IpPort to) {
        Workload client = view.workloadAt(new NetworkAddress("", IpAddress.of("10.0.0.1")))
                .orElseThrow();
        return explainer.explain(view, new Source.OfWorkload(client), to);
    }
}
