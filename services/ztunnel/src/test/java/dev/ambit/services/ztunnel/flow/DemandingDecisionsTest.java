package dev.ambit.services.ztunnel.flow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.domain.address.IpAddress;
import dev.ambit.domain.address.IpPort;
import dev.ambit.domain.address.NetworkAddress;
import dev.ambit.domain.flow.FairShare;
import dev.ambit.domain.flow.FlowOutcome;
import dev.ambit.domain.flow.FlowReport;
import dev.ambit.domain.flow.InboundAttempt;
import dev.ambit.domain.flow.InboundPlan;
import dev.ambit.domain.flow.InboundPlanner;
import dev.ambit.domain.flow.NeededNames;
import dev.ambit.domain.flow.OutboundAttempt;
import dev.ambit.domain.flow.OutboundPlan;
import dev.ambit.domain.flow.OutboundPlanner;
import dev.ambit.domain.flow.OutboundReview;
import dev.ambit.domain.flow.RefusalReason;
import dev.ambit.domain.view.MeshChange;
import dev.ambit.domain.view.MeshName;
import dev.ambit.domain.workload.PodRef;
import dev.ambit.domain.workload.TunnelProtocol;
import dev.ambit.domain.workload.Workload;
import dev.ambit.domain.workload.WorkloadUid;
import dev.ambit.ports.discovery.FakeMeshDiscovery;
import dev.ambit.ports.discovery.MeshDiscovery.Answer;
import dev.ambit.ports.telemetry.Counter;
import dev.ambit.ports.telemetry.RecordingTelemetry;
import dev.ambit.ports.time.ManualScheduler;
import dev.ambit.services.ztunnel.mesh.CurrentMesh;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class DemandingDecisionsTest {
    private static final PodRef CART = new PodRef("uid", "shop", "cart", "cart");
    private static final OutboundAttempt TO_PAY =
            new OutboundAttempt(CART, IpPort.of("10.0.0.1", 40_000), IpPort.of("10.0.0.2", 80));
    private static final MeshName PAY = name("10.0.0.2");

    private final FakeMeshDiscovery discovery = new FakeMeshDiscovery();
    private final CurrentMesh mesh = new CurrentMesh();
    private final RecordingTelemetry telemetry = new RecordingTelemetry();
    private final DemandingDecisions decisions = new DemandingDecisions(
            new Flows(
                    mesh,
                    new Flows.Planning(
                            new OutboundPlanner("", () -> 0L), new InboundPlanner(""), new OutboundReview("")),
                    new FairShares(FairShare.GENEROUS, () -> 0L, telemetry),
                    telemetry,
                    telemetry,
                    new Flows.Pace(Duration.ofMillis(50), 100, () -> 0L, new ManualScheduler())),
            new DemandedNames(discovery, mesh, telemetry),
            new NeededNames("", "Kubernetes"),
            mesh,
            new DemandingDecisions.Patience(Duration.ofMillis(50), Duration.ofMillis(50)));

    DemandingDecisionsTest() {
        discovery.start(mesh);
        mesh.changed(List.of(workload("cart", "10.0.0.1", TunnelProtocol.HBONE)));
    }

    private static MeshName name(String ip) {
        return new MeshName.OfAddress(new NetworkAddress("", IpAddress.of(ip)));
    }

    private static MeshChange workload(String name, String ip, TunnelProtocol protocol) {
        return new MeshChange.WorkloadUpserted(
                Workload.builder(WorkloadUid.ofPod("Kubernetes", "shop", name), "shop", name)
                        .serviceAccount(name)
                        .addresses(List.of(IpAddress.of(ip)))
                        .tunnelProtocol(protocol)
                        .build());
    }

    private CompletableFuture<OutboundPlan> plan() {
        return decisions.outbound(TO_PAY).toCompletableFuture();
    }

    @Test
    void aConnectionWaitsUntilItIsKnownWhomItMeans() {
        DemandingDecisions patient = decisions;
        discovery.answer(PAY, Answer.PRESENT, workload("pay", "10.0.0.2", TunnelProtocol.HBONE));

        OutboundPlan plan = patient.outbound(TO_PAY).toCompletableFuture().join();

        assertThat(plan).isInstanceOf(OutboundPlan.Tunnel.class);
        assertThat(discovery.held()).containsExactly(PAY);
        assertThat(telemetry.counted(Counter.NAMES_ASKED, "present")).isEqualTo(1);
    }

    /** As Istio's ztunnel: what nobody in the mesh knows is none of its business. */
    @Test
    void whatTheControlPlaneSaysIsNobodyPassesThrough() {
        discovery.answer(PAY, Answer.ABSENT);

        assertThat(plan().join()).isInstanceOf(OutboundPlan.Passthrough.class);
        assertThat(telemetry.counted(Counter.NAMES_ASKED, "absent")).isEqualTo(1);
    }

    /** Istio's ztunnel waits for ever. */
    @Test
    void silenceIsNotTakenForNobody() {
        var refused = (OutboundPlan.Refuse) plan().join();

        assertThat(refused.reason()).isInstanceOf(RefusalReason.NameUnanswered.class);
        assertThat(refused.reason().message())
                .isEqualTo("the control plane was asked what /10.0.0.2 is: no answer within 50 ms (is it connected?)");
        assertThat(refused.reason().word().label()).isEqualTo("name_unanswered");
        assertThat(telemetry.counted(Counter.NAMES_ASKED, "unanswered")).isEqualTo(1);
        assertThat(discovery.held()).isEmpty();
    }

    @Test
    void whatCannotBeUsedIsRefused() {
        discovery.answer(PAY, Answer.UNUSABLE);

        var refused = (OutboundPlan.Refuse) plan().join();

        assertThat(refused.reason().message()).contains("/10.0.0.2", "cannot use");
        assertThat(discovery.held()).isEmpty();
    }

    @Test
    void whatMayNotBeAskedIsRefused() {
        discovery.answer(PAY, Answer.TOO_MANY);

        assertThat(((OutboundPlan.Refuse) plan().join()).reason().message()).contains("too many names");
    }

    @Test
    void namesAreHeldUntilTheConnectionIsOver() {
        discovery.answer(PAY, Answer.ABSENT);
        OutboundPlan plan = plan().join();
        assertThat(decisions.holding()).isEqualTo(1);

        decisions.closed(new FlowReport(plan.context(), 0, 0, Duration.ZERO, new FlowOutcome.Completed()));

        assertThat(discovery.held()).isEmpty();
        assertThat(decisions.holding()).isZero();
    }

    /** Who calls is asked for too, but only labels rest on that: the pod's own policies are here. */
    @Test
    void whoeverArrivesIsPlannedWithWhatIsKnown() {
        InboundPlan plan = decisions
                .inbound(new InboundAttempt.Plaintext(CART, IpPort.of("10.0.0.7", 9), IpPort.of("10.0.0.1", 80)))
                .toCompletableFuture()
                .join();

        assertThat(plan).isInstanceOf(InboundPlan.Forward.class);
        assertThat(discovery.asked()).containsExactly(name("10.0.0.7"));
    }

    @Test
    void aPodThatIsNotKnownIsAskedForBeforeItsTunnelIsTaken() {
        var pay = new PodRef("uid-2", "shop", "pay", "pay");
        var uid = new MeshName.OfWorkload(WorkloadUid.ofPod("Kubernetes", "shop", "pay"));
        discovery.answer(uid, Answer.PRESENT, workload("pay", "10.0.0.2", TunnelProtocol.HBONE));

        assertThat(decisions.identity(pay).toCompletableFuture().join())
                .hasToString("spiffe://cluster.local/ns/shop/sa/pay");
    }
}
