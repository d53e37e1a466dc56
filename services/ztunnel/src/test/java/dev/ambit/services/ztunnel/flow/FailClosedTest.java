package dev.ambit.services.ztunnel.flow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.domain.address.Cidr;
import dev.ambit.domain.address.IpAddress;
import dev.ambit.domain.address.IpPort;
import dev.ambit.domain.address.NamespacedHostname;
import dev.ambit.domain.flow.FairShare;
import dev.ambit.domain.flow.HboneHeaders;
import dev.ambit.domain.flow.InboundAttempt;
import dev.ambit.domain.flow.InboundPlan;
import dev.ambit.domain.flow.InboundPlanner;
import dev.ambit.domain.flow.OutboundAttempt;
import dev.ambit.domain.flow.OutboundPlan;
import dev.ambit.domain.flow.OutboundPlanner;
import dev.ambit.domain.flow.OutboundReview;
import dev.ambit.domain.flow.RefusalReason;
import dev.ambit.domain.flow.RefusalWord;
import dev.ambit.domain.identity.SpiffeId;
import dev.ambit.domain.policy.PolicyName;
import dev.ambit.domain.service.MeshService;
import dev.ambit.domain.service.VirtualAddress;
import dev.ambit.domain.view.MeshChange;
import dev.ambit.domain.workload.GatewayReference;
import dev.ambit.domain.workload.PodRef;
import dev.ambit.domain.workload.TunnelProtocol;
import dev.ambit.domain.workload.Workload;
import dev.ambit.domain.workload.WorkloadUid;
import dev.ambit.ports.telemetry.RecordingTelemetry;
import dev.ambit.ports.time.ManualScheduler;
import dev.ambit.services.ztunnel.mesh.CurrentMesh;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whatever is missing, nothing is let through that a complete state would refuse: the table of docs/fail-closed.md. */
@Timeout(30)
class FailClosedTest {
    private static final PodRef CART = new PodRef("uid-cart", "shop", "cart", "cart");
    private static final IpPort CALLER = IpPort.of("10.0.0.9", 40_000);
    private static final GatewayReference WAYPOINT =
            new GatewayReference.ByHostname(new NamespacedHostname("shop", "waypoint.shop"), 15_008);

    private final CurrentMesh mesh = new CurrentMesh();
    private final ManualScheduler scheduler = new ManualScheduler();
    private final RecordingTelemetry telemetry = new RecordingTelemetry();

    private Flows flows(Duration patience) {
        return new Flows(
                mesh,
                new Flows.Planning(new OutboundPlanner("", () -> 0L), new InboundPlanner(""), new OutboundReview("")),
                new FairShares(FairShare.GENEROUS, () -> 0, telemetry),
                telemetry,
                telemetry,
                new Flows.Pace(patience, 100, () -> 0, scheduler));
    }

    private static MeshChange cart(UnaryOperator<Workload.Builder> with) {
        return new MeshChange.WorkloadUpserted(
                with.apply(Workload.builder(WorkloadUid.ofPod("Kubernetes", "shop", "cart"), "shop", "cart")
                                .serviceAccount("cart")
                                .addresses(List.of(IpAddress.of("10.0.0.2")))
                                .tunnelProtocol(TunnelProtocol.HBONE))
                        .build());
    }

    private static MeshChange serviceThroughWaypoint() {
        return new MeshChange.ServiceUpserted(MeshService.plain(
                        new NamespacedHostname("shop", "bank.shop"),
                        "bank",
                        List.of(new VirtualAddress("", Cidr.parse("10.96.0.2").orElseThrow())),
                        List.of())
                .withWaypoint(WAYPOINT));
    }

    /** How a connection reaches the proxy. */
    enum Way {
        OUTBOUND,
        INBOUND_PLAINTEXT,
        INBOUND_HBONE
    }

    private static RefusalReason refusal(Flows flows, Way way) {
        return switch (way) {
            case OUTBOUND ->
                refusal(flows.outbound(new OutboundAttempt(CART, IpPort.of("10.0.0.2", 1), IpPort.of("10.96.0.2", 80)))
                        .toCompletableFuture());
            case INBOUND_PLAINTEXT ->
                inbound(flows, new InboundAttempt.Plaintext(CART, CALLER, IpPort.of("10.0.0.2", 8080)));
            case INBOUND_HBONE ->
                inbound(
                        flows,
                        new InboundAttempt.Hbone(
                                CART,
                                CALLER,
                                IpPort.of("10.0.0.2", 15_008),
                                SpiffeId.of("spiffe://cluster.local/ns/shop/sa/caller"),
                                "10.0.0.2:8080",
                                new HboneHeaders("", "", "")));
        };
    }

    private static RefusalReason refusal(CompletableFuture<OutboundPlan> plan) {
        return ((OutboundPlan.Refuse) plan.join()).reason();
    }

    private static RefusalReason inbound(Flows flows, InboundAttempt attempt) {
        return ((InboundPlan.Refuse)
                        flows.inbound(attempt).toCompletableFuture().join())
                .reason();
    }

    @ParameterizedTest
    @EnumSource
    void aStateThatIsNotInSync(Way way) {
        Flows hasty = flows(Duration.ofMillis(30));
        mesh.changed(List.of(cart(cart -> cart)));

        RefusalReason reason = refusal(hasty, way);

        assertThat(reason).isEqualTo(new RefusalReason.NotSynced());
        assertThat(reason.message()).startsWith("not synced");
        assertThat(reason.hboneStatus()).isEqualTo(503);
        assertThat(hasty.rememberedCount()).isZero();
    }

    @Test
    void syncingLetsThoseInWhoWait() {
        Flows patient = flows(Duration.ofSeconds(20));
        mesh.changed(List.of(cart(cart -> cart)));
        var waiting = patient.inbound(new InboundAttempt.Plaintext(CART, CALLER, IpPort.of("10.0.0.2", 8080)))
                .toCompletableFuture();
        assertThat(waiting).isNotDone();

        mesh.synced();

        assertThat(waiting).isCompletedWithValueMatching(InboundPlan.Forward.class::isInstance);
    }

    @ParameterizedTest
    @EnumSource
    void aPodThatIsNotKnown(Way way) {
        mesh.synced();

        assertThat(refusal(flows(Duration.ofMillis(30)), way)).isEqualTo(new RefusalReason.WorkloadUnknown(CART));
    }

    @ParameterizedTest
    @EnumSource(names = "OUTBOUND", mode = EnumSource.Mode.EXCLUDE)
    void aPolicyThatIsNamedAndAbsent(Way way) {
        mesh.changed(List.of(cart(cart -> cart.policies(List.of(new PolicyName("shop", "late"))))));
        mesh.synced();

        RefusalReason reason = refusal(flows(Duration.ofSeconds(20)), way);

        assertThat(reason.word()).isEqualTo(RefusalWord.POLICY_MISSING);
        assertThat(reason.message()).contains("shop/late", "not known here");
    }

    @Test
    void aWaypointThatIsNotKnown() {
        mesh.changed(List.of(cart(cart -> cart), serviceThroughWaypoint()));
        mesh.synced();

        assertThat(refusal(flows(Duration.ofSeconds(20)), Way.OUTBOUND))
                .isEqualTo(new RefusalReason.GatewayUnknown(WAYPOINT));
    }

    @Test
    void aPolicyThatGoesWhileItIsNamed() {
        Flows flows = flows(Duration.ofSeconds(20));
        mesh.changed(List.of(cart(cart -> cart)));
        mesh.synced();
        var ends = new ArrayList<RefusalReason>();
        InboundPlan plan = flows.inbound(new InboundAttempt.Plaintext(CART, CALLER, IpPort.of("10.0.0.2", 8080)))
                .toCompletableFuture()
                .join();
        flows.opened(new Carried((InboundPlan.Forward) plan, ends));

        mesh.changed(List.of(cart(cart -> cart.policies(List.of(new PolicyName("shop", "late"))))));

        assertThat(ends).singleElement().satisfies(end -> {
            assertThat(end.word()).isEqualTo(RefusalWord.POLICY_CHANGED);
            assertThat(end.message()).contains("shop/late");
        });
    }

    private record Carried(InboundPlan.Forward forward, List<RefusalReason> ends)
            implements dev.ambit.ports.transport.FlowDecisions.LiveFlow {
        @Override
        public dev.ambit.domain.flow.FlowContext context() {
            return forward.context();
        }

        @Override
        public dev.ambit.ports.transport.FlowDecisions.Plan plan() {
            return new dev.ambit.ports.transport.FlowDecisions.Plan.Inbound(forward);
        }

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
}
