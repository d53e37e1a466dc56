package dev.ambit.services.ztunnel.flow;

import dev.ambit.domain.flow.FlowContext;
import dev.ambit.domain.flow.FlowReport;
import dev.ambit.domain.flow.InboundAttempt;
import dev.ambit.domain.flow.InboundPlan;
import dev.ambit.domain.flow.NeededNames;
import dev.ambit.domain.flow.OutboundAttempt;
import dev.ambit.domain.flow.OutboundPlan;
import dev.ambit.domain.flow.RefusalReason;
import dev.ambit.domain.flow.Refusals;
import dev.ambit.domain.identity.SpiffeId;
import dev.ambit.domain.view.MeshView;
import dev.ambit.domain.workload.PodRef;
import dev.ambit.ports.transport.FlowDecisions;
import dev.ambit.services.ztunnel.flow.DemandedNames.Learnt;
import dev.ambit.services.ztunnel.mesh.CurrentMesh;
import java.time.Duration;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Decides only after what the decision rests on has been asked for ({@code XDS_ON_DEMAND}), and holds on to that as long
 * as the connection lives, so that making room never ends one.
 *
 * <p>A pod's own connection is refused when the control plane does not answer in time: to take silence for "nobody" would
 * send in plaintext what belongs into a tunnel. What arrives is planned with what is known then: its policies and its own
 * pod are always there, and who is missing is at worst missing in labels.
 */
public final class DemandingDecisions extends ForwardingDecisions {
    /**
     * How long a connection may wait for the names it needs.
     *
     * @param outbound of a pod's own, which then is refused
     * @param inbound of those that arrive, which then go on
     */
    public record Patience(Duration outbound, Duration inbound) {
        /** A pod's own connection waits as long as for its own workload. */
        public static final Patience USUAL = new Patience(Flows.WORKLOAD_WAIT, Duration.ofSeconds(1));
    }

    private final DemandedNames names;
    private final NeededNames needed;
    private final CurrentMesh mesh;
    private final Patience patience;
    private final Map<FlowContext, Learnt> held = Collections.synchronizedMap(new IdentityHashMap<>());

    /** Prepares what {@code decisions} decide. */
    public DemandingDecisions(
            FlowDecisions decisions, DemandedNames names, NeededNames needed, CurrentMesh mesh, Patience patience) {
        super(decisions);
        this.names = names;
        this.needed = needed;
        this.mesh = mesh;
        this.patience = patience;
    }

    @Override
    public CompletionStage<SpiffeId> identity(PodRef pod) {
        if (mesh.view().workloadOf(pod).isPresent()) {
            return super.identity(pod);
        }
        return names.learn(_ -> Set.of(needed.of(pod)), patience.outbound())
                .thenCompose(learnt -> super.identity(pod).whenComplete((_, _) -> learnt.close()));
    }

    @Override
    public CompletionStage<OutboundPlan> outbound(OutboundAttempt attempt) {
        return names.learn(view -> needed.outbound(view, attempt), patience.outbound())
                .thenCompose(learnt -> {
                    Optional<RefusalReason> problem = learnt.problem();
                    if (problem.isPresent()) {
                        learnt.close();
                        MeshView view = mesh.view();
                        return CompletableFuture.completedStage(Refusals.outbound(view, attempt, problem.get()));
                    }
                    return super.outbound(attempt).whenComplete((plan, error) -> {
                        if (error != null || plan instanceof OutboundPlan.Refuse) {
                            learnt.close();
                        } else {
                            held.put(plan.context(), learnt);
                        }
                    });
                });
    }

    @Override
    public CompletionStage<InboundPlan> inbound(InboundAttempt attempt) {
        return names.learn(view -> needed.inbound(view, attempt), patience.inbound())
                .thenCompose(learnt -> super.inbound(attempt).whenComplete((plan, error) -> {
                    if (error != null || plan instanceof InboundPlan.Refuse) {
                        learnt.close();
                    } else {
                        held.put(plan.context(), learnt);
                    }
                }));
    }

    /** Who answers may be known by now, and then it is in the context, with which the end will be reported. */
    @Override
    public void opened(LiveFlow flow) {
        FlowContext planned = switch (flow.plan()) {
            case Plan.Outbound(OutboundPlan plan) -> plan.context();
            case Plan.Inbound(InboundPlan.Forward plan) -> plan.context();
        };
        Learnt learnt = held.remove(planned);
        if (learnt != null) {
            held.put(flow.context(), learnt);
        }
        super.opened(flow);
    }

    @Override
    public void closed(FlowReport report) {
        super.closed(report);
        Learnt learnt = held.remove(report.context());
        if (learnt != null) {
            learnt.close();
        }
    }

    /** How many connections hold names. */
    int holding() {
        return held.size();
    }
}
