package dev.ambit.services.ztunnel.flow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.domain.address.IpAddress;
import dev.ambit.domain.address.IpPort;
import dev.ambit.domain.flow.FairShare;
import dev.ambit.domain.flow.FlowContext;
import dev.ambit.domain.flow.InboundAttempt;
import dev.ambit.domain.flow.InboundPlan;
import dev.ambit.domain.flow.InboundPlanner;
import dev.ambit.domain.flow.OutboundAttempt;
import dev.ambit.domain.flow.OutboundPlan;
import dev.ambit.domain.flow.OutboundPlanner;
import dev.ambit.domain.flow.OutboundReview;
import dev.ambit.domain.flow.RefusalReason;
import dev.ambit.domain.policy.AuthorizationPolicy;
import dev.ambit.domain.policy.AuthorizationPolicy.Action;
import dev.ambit.domain.policy.AuthorizationPolicy.Scope;
import dev.ambit.domain.policy.PolicyName;
import dev.ambit.domain.view.MeshChange;
import dev.ambit.domain.workload.PodRef;
import dev.ambit.domain.workload.TunnelProtocol;
import dev.ambit.domain.workload.Workload;
import dev.ambit.domain.workload.WorkloadUid;
import dev.ambit.ports.telemetry.RecordingTelemetry;
import dev.ambit.ports.time.ManualScheduler;
import dev.ambit.ports.transport.FlowDecisions.LiveFlow;
import dev.ambit.ports.transport.FlowDecisions.Plan;
import dev.ambit.services.ztunnel.mesh.CurrentMesh;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a change costs while 100 000 connections are carried: 100 pods with 500 inbound and 500 outbound ones each, every
 * outbound one to an address of its own. Judgements are asserted; the times that it logs are for docs/performance.md.
 */
@Timeout(120)
class LiveChangeCostTest {
    private static final Logger LOG = LoggerFactory.getLogger(LiveChangeCostTest.class);
    private static final int PODS = 100;
    private static final int EACH_WAY = 500;
    private static final int ROUNDS = 51;

    private final CurrentMesh mesh = new CurrentMesh();
    private final Flows flows = new Flows(
            mesh,
            new Flows.Planning(new OutboundPlanner("", () -> 0L), new InboundPlanner(""), new OutboundReview("")),
            new FairShares(
                    new FairShare(1_000_000, 1_000_000, 1_000_000, 1_000_000), () -> 0, new RecordingTelemetry()),
            new RecordingTelemetry(),
            new RecordingTelemetry(),
            new Flows.Pace(Duration.ofSeconds(15), 100, () -> 0, new ManualScheduler()));

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

    private static PodRef pod(int number) {
        return new PodRef("uid-" + number, "shop", "pod-" + number, "pod");
    }

    private static IpAddress address(int network, int number) {
        return IpAddress.of("10." + network + "." + (number >> 8) + "." + (number & 255));
    }

    private static MeshChange workload(int network, int number, String revision) {
        return new MeshChange.WorkloadUpserted(Workload.builder(
                        WorkloadUid.ofPod("Kubernetes", "shop", "pod-" + (network == 1 ? "" : "far-") + number),
                        "shop",
                        "pod-" + (network == 1 ? "" : "far-") + number)
                .serviceAccount("pod")
                .workloadName(revision)
                .addresses(List.of(address(network, number)))
                .policies(number == 7 && network == 1 ? List.of(new PolicyName("shop", "one")) : List.of())
                .tunnelProtocol(TunnelProtocol.HBONE)
                .build());
    }

    private static MeshChange policy(String name, Scope scope, boolean dryRun) {
        return new MeshChange.PolicyUpserted(
                new AuthorizationPolicy(new PolicyName("shop", name), scope, Action.DENY, dryRun, List.of()));
    }

    private void carry() {
        var changes = new ArrayList<MeshChange>();
        changes.add(policy("one", Scope.WORKLOAD_SELECTOR, false));
        for (int i = 0; i < PODS; i++) {
            changes.add(workload(1, i, "first"));
        }
        for (int i = 0; i < PODS * EACH_WAY; i++) {
            changes.add(workload(2, i, "first"));
        }
        mesh.changed(changes);
        mesh.synced();
        for (int i = 0; i < PODS * EACH_WAY; i++) {
            int pod = i % PODS;
            OutboundPlan out = flows.outbound(new OutboundAttempt(
                            pod(pod), new IpPort(address(1, pod), 40_000), new IpPort(address(2, i), 80)))
                    .toCompletableFuture()
                    .join();
            flows.opened(new Connection(out.context(), new Plan.Outbound(out), new ArrayList<>()));
            if (pod != 7 || i == 7) {
                InboundPlan in = flows.inbound(new InboundAttempt.Plaintext(
                                pod(pod), new IpPort(address(2, i), 40_000), new IpPort(address(1, pod), 80)))
                        .toCompletableFuture()
                        .join();
                flows.opened(
                        new Connection(in.context(), new Plan.Inbound((InboundPlan.Forward) in), new ArrayList<>()));
            }
        }
    }

    /** The median, and how many connections or groups were judged in all rounds. */
    private long measure(String what, IntFunction<MeshChange> change) {
        long before = flows.reviewCount();
        long[] nanos = new long[ROUNDS];
        for (int i = 0; i < ROUNDS; i++) {
            List<MeshChange> changes = List.of(change.apply(i));
            long start = System.nanoTime();
            mesh.changed(changes);
            nanos[i] = System.nanoTime() - start;
        }
        Arrays.sort(nanos);
        long judged = flows.reviewCount() - before;
        LOG.info(
                "a change while {} connections are carried: {}: median {} us, worst {} us, judged {}",
                flows.liveCount(),
                what,
                nanos[ROUNDS / 2] / 1_000,
                nanos[ROUNDS - 1] / 1_000,
                judged / ROUNDS);
        return judged;
    }

    @Test
    void aChangeCostsWhatItAffects() {
        carry();
        assertThat(flows.liveCount()).isEqualTo(2 * PODS * EACH_WAY - EACH_WAY + 1);

        assertThat(measure("of a workload that nobody talks to", i -> workload(3, 60_000, "r" + i)))
                .isZero();
        assertThat(measure("of the endpoint of one connection", i -> workload(2, 4_711, "r" + i)))
                .isEqualTo(ROUNDS);
        assertThat(measure(
                        "of the policy of one connection's pod",
                        i -> policy("one", Scope.WORKLOAD_SELECTOR, i % 2 == 0)))
                .isEqualTo(ROUNDS);
        assertThat(measure("of a policy for all pods", i -> policy("all", Scope.GLOBAL, i % 2 == 0)))
                .isEqualTo((long) ROUNDS * (PODS * EACH_WAY - EACH_WAY + 1));
    }
}
