package dev.ambit.services.ztunnel.flow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.domain.address.IpAddress;
import dev.ambit.domain.address.IpPort;
import dev.ambit.domain.flow.FairShare;
import dev.ambit.domain.flow.FlowContext;
import dev.ambit.domain.flow.FlowOutcome;
import dev.ambit.domain.flow.FlowReport;
import dev.ambit.domain.flow.HboneHeaders;
import dev.ambit.domain.flow.InboundAttempt;
import dev.ambit.domain.flow.InboundPlan;
import dev.ambit.domain.flow.InboundPlanner;
import dev.ambit.domain.flow.OutboundAttempt;
import dev.ambit.domain.flow.OutboundPlan;
import dev.ambit.domain.flow.OutboundPlanner;
import dev.ambit.domain.flow.OutboundReview;
import dev.ambit.domain.flow.RefusalReason;
import dev.ambit.domain.flow.Reporter;
import dev.ambit.domain.identity.SpiffeId;
import dev.ambit.domain.identity.TrustDomain;
import dev.ambit.domain.policy.AuthorizationPolicy;
import dev.ambit.domain.policy.PolicyName;
import dev.ambit.domain.view.MeshChange;
import dev.ambit.domain.workload.PodRef;
import dev.ambit.domain.workload.Workload;
import dev.ambit.domain.workload.WorkloadUid;
import dev.ambit.ports.telemetry.FlowPath;
import dev.ambit.ports.telemetry.RecordingTelemetry;
import dev.ambit.ports.time.ManualScheduler;
import dev.ambit.ports.transport.FlowDecisions.LiveFlow;
import dev.ambit.ports.transport.FlowDecisions.Plan;
import dev.ambit.services.ztunnel.mesh.CurrentMesh;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class FlowsTest {
    private static final PodRef BANK = new PodRef("uid-bank", "money", "bank", "bank");
    private static final PodRef CART = new PodRef("uid-cart", "shop", "cart", "cart");
    private static final IpPort CLIENT = IpPort.of("10.0.0.9", 40_000);

    private final CurrentMesh mesh = new CurrentMesh();
    private final RecordingTelemetry telemetry = new RecordingTelemetry();
    private final ManualScheduler scheduler = new ManualScheduler();
    private final FairShares shares = new FairShares(FairShare.GENEROUS, this::nanos, telemetry);
    private final Flows patient = flows(Duration.ofSeconds(15));

    private long nanos() {
        return scheduler.instant().toEpochMilli() * 1_000_000;
    }

    private Flows flows(Duration wait) {
        return new Flows(
                mesh,
                new Flows.Planning(new OutboundPlanner("", () -> 0L), new InboundPlanner(""), new OutboundReview("")),
                shares,
                telemetry,
                telemetry,
                new Flows.Pace(wait, 100, this::nanos, scheduler));
    }

    @BeforeEach
    void isInSync() {
        mesh.synced();
    }

    private static MeshChange workload(PodRef pod, String ip) {
        return new MeshChange.WorkloadUpserted(Workload.builder(
                        WorkloadUid.ofPod("Kubernetes", pod.namespace(), pod.name()), pod.namespace(), pod.name())
                .serviceAccount(pod.serviceAccount())
                .addresses(List.of(IpAddress.of(ip)))
                .build());
    }

    private static MeshChange denyEverythingIn(String namespace) {
        return new MeshChange.PolicyUpserted(new AuthorizationPolicy(
                new PolicyName(namespace, "closed"),
                AuthorizationPolicy.Scope.NAMESPACE,
                AuthorizationPolicy.Action.DENY,
                false,
                List.of(new AuthorizationPolicy.Rule(List.of()))));
    }

    private static InboundAttempt inbound(PodRef to, String ip) {
        return new InboundAttempt.Plaintext(to, CLIENT, IpPort.of(ip, 8080));
    }

    private static <T> T now(CompletionStage<T> stage) {
        CompletableFuture<T> future = stage.toCompletableFuture();
        assertThat(future).isCompleted();
        return future.join();
    }

    private static FlowReport over(FlowContext context) {
        return new FlowReport(context, 1, 2, Duration.ofMillis(3), new FlowOutcome.Completed());
    }

    /** A connection that only remembers why it was ended. */
    private record Connection(FlowContext context, Plan plan, List<RefusalReason> ends) implements LiveFlow {
        @Override
        public long received() {
            return 0;
        }

        @Override
        public long sent() {
            return 0;
        }

        @Override
        public void end(RefusalReason reason) {
            ends.add(reason);
        }
    }

    private Connection open(Flows flows, PodRef to, String ip) {
        var forward = (InboundPlan.Forward) now(flows.inbound(inbound(to, ip)));
        var connection = new Connection(forward.context(), new Plan.Inbound(forward), new ArrayList<>());
        flows.opened(connection);
        return connection;
    }

    @Test
    void aPlanForAKnownWorkloadIsThereAtOnce() {
        mesh.changed(List.of(workload(BANK, "10.0.0.2")));

        assertThat(now(patient.inbound(inbound(BANK, "10.0.0.2")))).isInstanceOf(InboundPlan.Forward.class);
    }

    @Test
    void aPodsIdentityHasTheTrustDomainOfItsWorkload() {
        var identity = patient.identity(BANK).toCompletableFuture();
        assertThat(identity).isNotDone();

        mesh.changed(List.of(new MeshChange.WorkloadUpserted(Workload.builder(
                        WorkloadUid.ofPod("Kubernetes", BANK.namespace(), BANK.name()), BANK.namespace(), BANK.name())
                .serviceAccount(BANK.serviceAccount())
                .trustDomain(new TrustDomain("example.org"))
                .addresses(List.of(IpAddress.of("10.0.0.2")))
                .build())));

        assertThat(identity)
                .isCompletedWithValue(
                        new SpiffeId(new TrustDomain("example.org"), BANK.namespace(), BANK.serviceAccount()));
    }

    @Test
    void anUnknownWorkloadIsWaitedForAndPlannedAnew() {
        var in = patient.inbound(inbound(BANK, "10.0.0.2")).toCompletableFuture();
        var out = patient.outbound(new OutboundAttempt(CART, CLIENT, IpPort.of("192.0.2.1", 443)))
                .toCompletableFuture();
        assertThat(in).isNotDone();
        assertThat(out).isNotDone();

        mesh.changed(List.of(workload(BANK, "10.0.0.2")));
        assertThat(now(in)).isInstanceOf(InboundPlan.Forward.class);
        assertThat(out).as("another pod's").isNotDone();

        mesh.changed(List.of(workload(CART, "10.0.0.3")));
        assertThat(now(out)).isInstanceOf(OutboundPlan.Passthrough.class);
    }

    @Test
    void waitingPlansObeyPolicyThatCameMeanwhile() {
        var plan = patient.inbound(inbound(BANK, "10.0.0.2"));

        mesh.changed(List.of(denyEverythingIn("money"), workload(BANK, "10.0.0.2")));

        assertThat(now(plan))
                .isInstanceOfSatisfying(
                        InboundPlan.Refuse.class,
                        refused -> assertThat(refused.reason()).isInstanceOf(RefusalReason.PolicyDenied.class));
    }

    @Test
    void waitingHasAnEnd() {
        Flows hasty = flows(Duration.ofMillis(50));

        InboundPlan in =
                hasty.inbound(inbound(BANK, "10.0.0.2")).toCompletableFuture().join();
        OutboundPlan out = hasty.outbound(new OutboundAttempt(CART, CLIENT, IpPort.of("192.0.2.1", 443)))
                .toCompletableFuture()
                .join();

        assertThat(in)
                .isInstanceOfSatisfying(
                        InboundPlan.Refuse.class,
                        refused -> assertThat(refused.reason()).isEqualTo(new RefusalReason.WorkloadUnknown(BANK)));
        assertThat(out)
                .isInstanceOfSatisfying(
                        OutboundPlan.Refuse.class,
                        refused -> assertThat(refused.reason()).isEqualTo(new RefusalReason.WorkloadUnknown(CART)));
    }

    @Test
    void aCarriedConnectionIsToldOfOnceEachWay() {
        mesh.changed(List.of(workload(BANK, "10.0.0.2")));

        Connection connection = open(patient, BANK, "10.0.0.2");
        assertThat(telemetry.opened()).hasSize(1);
        assertThat(patient.liveCount()).isEqualTo(1);
        assertThat(patient.rememberedCount()).isEqualTo(1);
        FlowReport report = over(connection.context());
        patient.closed(report);

        assertThat(telemetry.opened()).hasSize(1);
        assertThat(telemetry.closed()).containsExactly(report);
        assertThat(patient.liveCount()).isZero();
        assertThat(patient.rememberedCount()).isZero();
    }

    @Test
    void aConnectionThatTakesNoTunnelIsToldOfAsSuch() {
        mesh.changed(List.of(workload(CART, "10.0.0.3")));
        OutboundPlan plan = now(patient.outbound(new OutboundAttempt(CART, CLIENT, IpPort.of("192.0.2.1", 443))));
        var identity = new SpiffeId(TrustDomain.CLUSTER_LOCAL, "shop", "cart");
        var tunnel = new OutboundPlan.Tunnel(
                plan.context(),
                IpPort.of("10.0.0.2", 15_008),
                "10.0.0.2:80",
                identity,
                Set.of(identity),
                new HboneHeaders("", "", ""));

        patient.opened(new Connection(
                plan.context(), new Plan.Outbound(new OutboundPlan.Local(tunnel, "money", "bank")), new ArrayList<>()));

        assertThat(telemetry.paths()).containsExactly(FlowPath.SAME_NODE);
    }

    @Test
    void aRefusedConnectionIsToldOfOnceEachWay() {
        mesh.changed(List.of(denyEverythingIn("money"), workload(BANK, "10.0.0.2")));
        InboundPlan plan = now(patient.inbound(inbound(BANK, "10.0.0.2")));

        patient.closed(over(plan.context()));

        assertThat(telemetry.opened()).hasSize(1);
        assertThat(telemetry.closed()).hasSize(1);
        assertThat(patient.rememberedCount()).isZero();
    }

    @Test
    void aPlanThatWasNeverCarriedOutLeavesNothingBehind() {
        mesh.changed(List.of(workload(BANK, "10.0.0.2")));
        InboundPlan plan = now(patient.inbound(inbound(BANK, "10.0.0.2")));

        patient.closed(over(plan.context()));

        assertThat(patient.rememberedCount()).isZero();
        assertThat(patient.liveCount()).isZero();
    }

    @Test
    void connectionsThatLookTheSameAreTwo() {
        mesh.changed(List.of(workload(BANK, "10.0.0.2")));
        Connection first = open(patient, BANK, "10.0.0.2");
        Connection second = open(patient, BANK, "10.0.0.2");
        assertThat(first.context()).isEqualTo(second.context());
        assertThat(patient.liveCount()).isEqualTo(2);

        patient.closed(over(first.context()));

        assertThat(patient.liveCount()).isEqualTo(1);
        mesh.changed(List.of(denyEverythingIn("money")));
        assertThat(first.ends()).isEmpty();
        assertThat(second.ends()).hasSize(1);
    }

    @Test
    void policyThatArrivesLaterEndsWhatItForbids() {
        mesh.changed(List.of(workload(BANK, "10.0.0.2"), workload(CART, "10.0.0.3")));
        Connection toBank = open(patient, BANK, "10.0.0.2");
        Connection toCart = open(patient, CART, "10.0.0.3");

        mesh.changed(List.of(denyEverythingIn("money")));

        assertThat(toBank.ends()).hasSize(1).first().isInstanceOf(RefusalReason.PolicyChanged.class);
        assertThat(toCart.ends()).isEmpty();
    }

    @Test
    void policyThatArrivesBetweenPlanAndOpeningCounts() {
        mesh.changed(List.of(workload(BANK, "10.0.0.2")));
        var forward = (InboundPlan.Forward) now(patient.inbound(inbound(BANK, "10.0.0.2")));
        mesh.changed(List.of(denyEverythingIn("money")));
        var connection = new Connection(forward.context(), new Plan.Inbound(forward), new ArrayList<>());

        patient.opened(connection);

        assertThat(connection.ends()).hasSize(1).first().isInstanceOf(RefusalReason.PolicyChanged.class);
    }

    @Test
    void rejectionsAreTold() {
        patient.rejected(Reporter.DESTINATION, CLIENT, IpPort.of("10.0.0.2", 15_008), "handshake failed");

        assertThat(telemetry.rejections()).containsExactly("handshake failed");
    }
}
