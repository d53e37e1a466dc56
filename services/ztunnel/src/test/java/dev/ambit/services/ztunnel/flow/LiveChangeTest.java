package dev.ambit.services.ztunnel.flow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.domain.address.Cidr;
import dev.ambit.domain.address.IpAddress;
import dev.ambit.domain.address.IpPort;
import dev.ambit.domain.address.NamespacedHostname;
import dev.ambit.domain.flow.FairShare;
import dev.ambit.domain.flow.FlowContext;
import dev.ambit.domain.flow.FlowOutcome;
import dev.ambit.domain.flow.FlowReport;
import dev.ambit.domain.flow.InboundAttempt;
import dev.ambit.domain.flow.InboundPlan;
import dev.ambit.domain.flow.InboundPlanner;
import dev.ambit.domain.flow.OutboundAttempt;
import dev.ambit.domain.flow.OutboundPlan;
import dev.ambit.domain.flow.OutboundPlanner;
import dev.ambit.domain.flow.OutboundReview;
import dev.ambit.domain.flow.RefusalReason;
import dev.ambit.domain.flow.Superseded;
import dev.ambit.domain.policy.AuthorizationPolicy;
import dev.ambit.domain.policy.AuthorizationPolicy.Scope;
import dev.ambit.domain.policy.PolicyName;
import dev.ambit.domain.service.AppProtocol;
import dev.ambit.domain.service.MeshService;
import dev.ambit.domain.service.ServicePort;
import dev.ambit.domain.service.VirtualAddress;
import dev.ambit.domain.view.MeshChange;
import dev.ambit.domain.workload.GatewayReference;
import dev.ambit.domain.workload.PodRef;
import dev.ambit.domain.workload.PortMap;
import dev.ambit.domain.workload.TunnelProtocol;
import dev.ambit.domain.workload.Workload;
import dev.ambit.domain.workload.WorkloadUid;
import dev.ambit.ports.telemetry.Counter;
import dev.ambit.ports.telemetry.RecordingTelemetry;
import dev.ambit.ports.time.ManualScheduler;
import dev.ambit.ports.transport.FlowDecisions.LiveFlow;
import dev.ambit.ports.transport.FlowDecisions.Plan;
import dev.ambit.services.ztunnel.mesh.CurrentMesh;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a change of the mesh does to connections that are being carried. */
@Timeout(60)
class LiveChangeTest {
    private static final int ENDINGS_PER_SECOND = 100;
    private static final GatewayReference WAYPOINT =
            new GatewayReference.ByHostname(new NamespacedHostname("shop", "waypoint.shop"), 15_008);

    private final CurrentMesh mesh = new CurrentMesh();
    private final RecordingTelemetry telemetry = new RecordingTelemetry();
    private final ManualScheduler scheduler = new ManualScheduler();
    private final Flows flows = new Flows(
            mesh,
            new Flows.Planning(new OutboundPlanner("", () -> 0L), new InboundPlanner(""), new OutboundReview("")),
            new FairShares(new FairShare(1_000_000, 1_000_000, 1_000_000, 1_000_000), this::nanos, telemetry),
            telemetry,
            telemetry,
            new Flows.Pace(Duration.ofSeconds(15), ENDINGS_PER_SECOND, this::nanos, scheduler));

    private long nanos() {
        return scheduler.instant().toEpochMilli() * 1_000_000;
    }

    @BeforeEach
    void isInSync() {
        mesh.changed(
                List.of(workload("client", "10.0.0.1"), workload("cart", "10.0.0.2"), workload("bank", "10.0.0.3")));
        mesh.changed(List.of(service("cart", "10.96.0.2"), service("bank", "10.96.0.3")));
        mesh.synced();
    }

    private static PodRef pod(String name) {
        return new PodRef("uid-" + name, "shop", name, name);
    }

    private static NamespacedHostname key(String name) {
        return new NamespacedHostname("shop", name + ".shop.svc.cluster.local");
    }

    private static Workload.Builder builder(String name, String ip) {
        return Workload.builder(WorkloadUid.ofPod("Kubernetes", "shop", name), "shop", name)
                .serviceAccount(name)
                .addresses(List.of(IpAddress.of(ip)))
                .services(Map.of(key(name), new PortMap(Map.of(80, 8080))))
                .tunnelProtocol(TunnelProtocol.HBONE);
    }

    private static MeshChange workload(String name, String ip) {
        return new MeshChange.WorkloadUpserted(builder(name, ip).build());
    }

    private static MeshService plain(String name, String vip) {
        return MeshService.plain(
                key(name),
                name,
                List.of(new VirtualAddress("", Cidr.parse(vip).orElseThrow())),
                List.of(new ServicePort(80, 8080, AppProtocol.UNKNOWN)));
    }

    private static MeshChange service(String name, String vip) {
        return new MeshChange.ServiceUpserted(plain(name, vip));
    }

    private static MeshChange attached(String name, String vip) {
        return new MeshChange.ServiceUpserted(plain(name, vip).withWaypoint(WAYPOINT));
    }

    private static MeshChange deny(String name, Scope scope) {
        return new MeshChange.PolicyUpserted(new AuthorizationPolicy(
                new PolicyName("shop", name),
                scope,
                AuthorizationPolicy.Action.DENY,
                false,
                List.of(new AuthorizationPolicy.Rule(List.of()))));
    }

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

    private Connection dial(String ip) {
        OutboundPlan plan = flows.outbound(
                        new OutboundAttempt(pod("client"), IpPort.of("10.0.0.1", 40_000), IpPort.of(ip, 80)))
                .toCompletableFuture()
                .join();
        assertThat(plan).isNotInstanceOf(OutboundPlan.Refuse.class);
        return open(new Connection(plan.context(), new Plan.Outbound(plan), new ArrayList<>()));
    }

    private Connection arrive(String pod, String ip) {
        InboundPlan plan = flows.inbound(
                        new InboundAttempt.Plaintext(pod(pod), IpPort.of("10.0.0.9", 40_000), IpPort.of(ip, 8080)))
                .toCompletableFuture()
                .join();
        return open(new Connection(plan.context(), new Plan.Inbound((InboundPlan.Forward) plan), new ArrayList<>()));
    }

    private Connection open(Connection connection) {
        flows.opened(connection);
        return connection;
    }

    private void over(Connection connection) {
        flows.closed(new FlowReport(connection.context(), 0, 0, Duration.ZERO, new FlowOutcome.Completed()));
    }

    @Test
    void anAttachedWaypointEndsWhatGoesAroundIt() {
        Connection toCart = dial("10.96.0.2");
        Connection toBank = dial("10.96.0.3");
        Connection byAddress = dial("10.0.0.2");

        mesh.changed(List.of(attached("cart", "10.96.0.2")));
        scheduler.runDue();

        assertThat(toCart.ends()).singleElement().isInstanceOf(Superseded.WaypointChanged.class);
        assertThat(toBank.ends()).isEmpty();
        assertThat(byAddress.ends()).isEmpty();
        assertThat(telemetry.counted(Counter.LIVE_FLOWS_ENDED, "waypoint_changed"))
                .isEqualTo(1);
    }

    @Test
    void manyEndAtThePaceThatWasSetAndTheOthersWait() {
        var all = new ArrayList<Connection>();
        for (int i = 0; i < 50; i++) {
            all.add(dial("10.96.0.2"));
        }

        mesh.changed(List.of(attached("cart", "10.96.0.2")));
        scheduler.runDue();
        assertThat(ended(all)).isEqualTo(ENDINGS_PER_SECOND / 10);

        scheduler.advance(Duration.ofMillis(100));
        assertThat(ended(all)).isEqualTo(2 * ENDINGS_PER_SECOND / 10);
        assertThat(flows.endingCount()).isEqualTo(30);

        scheduler.advance(Duration.ofSeconds(1));
        assertThat(ended(all)).isEqualTo(50);
        assertThat(flows.endingCount()).isZero();
    }

    private static long ended(List<Connection> all) {
        assertThat(all).allSatisfy(connection -> assertThat(connection.ends()).hasSizeLessThan(2));
        return all.stream().filter(connection -> !connection.ends().isEmpty()).count();
    }

    @Test
    void aChangeThatIsTakenBackSparesThoseThatWait() {
        var all = new ArrayList<Connection>();
        for (int i = 0; i < 50; i++) {
            all.add(dial("10.96.0.2"));
        }
        mesh.changed(List.of(attached("cart", "10.96.0.2")));
        scheduler.runDue();

        mesh.changed(List.of(service("cart", "10.96.0.2")));
        scheduler.advance(Duration.ofSeconds(5));

        assertThat(ended(all)).isEqualTo(ENDINGS_PER_SECOND / 10);
        assertThat(scheduler.waiting()).isZero();
    }

    @Test
    void deniedConnectionsDoNotWaitForAPace() {
        var all = new ArrayList<Connection>();
        for (int i = 0; i < 500; i++) {
            all.add(arrive("cart", "10.0.0.2"));
        }

        mesh.changed(List.of(deny("closed", Scope.NAMESPACE)));

        assertThat(ended(all)).isEqualTo(500);
        assertThat(telemetry.counted(Counter.LIVE_FLOWS_ENDED, "policy_changed"))
                .isEqualTo(500);
    }

    @Test
    void aWorkloadThatGoesTakesItsInboundConnectionsWithIt() {
        Connection toCart = arrive("cart", "10.0.0.2");
        Connection toBank = arrive("bank", "10.0.0.3");

        mesh.changed(List.of(new MeshChange.WorkloadRemoved(
                builder("cart", "10.0.0.2").build().uid())));

        assertThat(toCart.ends()).singleElement().isInstanceOf(RefusalReason.WorkloadGone.class);
        assertThat(toBank.ends()).isEmpty();
    }

    @Test
    void aWaypointAttachedBetweenPlanAndOpeningCounts() {
        OutboundPlan plan = flows.outbound(
                        new OutboundAttempt(pod("client"), IpPort.of("10.0.0.1", 40_000), IpPort.of("10.96.0.2", 80)))
                .toCompletableFuture()
                .join();
        mesh.changed(List.of(attached("cart", "10.96.0.2")));

        Connection late = open(new Connection(plan.context(), new Plan.Outbound(plan), new ArrayList<>()));
        scheduler.runDue();

        assertThat(late.ends()).hasSize(1);
    }

    @Test
    void oneOfManyIsFoundWithoutLookingAtTheOthers() {
        var all = new ArrayList<Connection>();
        for (int i = 0; i < 20_000; i++) {
            all.add(dial("192.0." + (i >> 8) + "." + (i & 255)));
            all.add(arrive(i % 2 == 0 ? "client" : "bank", i % 2 == 0 ? "10.0.0.1" : "10.0.0.3"));
        }
        Connection toService = dial("10.96.0.2");
        Connection toCart = arrive("cart", "10.0.0.2");
        long before = flows.reviewCount();

        mesh.changed(List.of(new MeshChange.WorkloadUpserted(builder("cart", "10.0.0.2")
                .policies(List.of(new PolicyName("shop", "absent")))
                .build())));
        mesh.changed(List.of(attached("cart", "10.96.0.2")));
        scheduler.runDue();

        assertThat(toCart.ends()).hasSize(1);
        assertThat(toService.ends()).hasSize(1);
        assertThat(ended(all)).isZero();
        assertThat(flows.reviewCount() - before).as("judgements").isLessThan(10);
    }

    @Test
    void whatIsOverLeavesNothingBehind() {
        Connection out = dial("10.96.0.2");
        Connection in = arrive("cart", "10.0.0.2");
        assertThat(flows.liveCount()).isEqualTo(2);

        over(out);
        over(in);
        long before = flows.reviewCount();
        mesh.changed(List.of(attached("cart", "10.96.0.2"), deny("closed", Scope.NAMESPACE)));
        scheduler.runDue();

        assertThat(flows.liveCount()).isZero();
        assertThat(flows.rememberedCount()).isZero();
        assertThat(flows.reviewCount()).isEqualTo(before);
        assertThat(out.ends()).isEmpty();
    }

    /** Behind a gateway, who answers is known when it has answered. */
    @Test
    void aConnectionWhoseContextGrewIsTheSameConnection() {
        OutboundPlan plan = flows.outbound(
                        new OutboundAttempt(pod("client"), IpPort.of("10.0.0.1", 40_000), IpPort.of("10.96.0.2", 80)))
                .toCompletableFuture()
                .join();
        FlowContext reached = plan.context().withDestination(plan.context().source());
        Connection connection = open(new Connection(reached, new Plan.Outbound(plan), new ArrayList<>()));

        mesh.changed(List.of(attached("cart", "10.96.0.2")));
        scheduler.runDue();
        assertThat(connection.ends()).hasSize(1);
        over(connection);

        assertThat(flows.liveCount()).isZero();
        assertThat(flows.rememberedCount()).isZero();
    }

    @Test
    void aConnectionThatEndsWhileItWaitsIsLeftAlone() {
        var all = new ArrayList<Connection>();
        for (int i = 0; i < 20; i++) {
            all.add(dial("10.96.0.2"));
        }
        mesh.changed(List.of(attached("cart", "10.96.0.2")));
        all.forEach(this::over);

        scheduler.advance(Duration.ofSeconds(5));

        assertThat(ended(all)).isZero();
    }
}
