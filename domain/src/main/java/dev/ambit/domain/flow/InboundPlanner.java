package dev.ambit.domain.flow;

import dev.ambit.domain.policy.ConnectionFacts;
import dev.ambit.domain.view.MeshView;
import dev.ambit.domain.workload.PodRef;
import java.util.Optional;

/** Decides what to do with a connection that arrives at a pod. Pure. */
public final class InboundPlanner {
    private final String network;

    /** Plans for pods in the given network; empty is the default network. */
    public InboundPlanner(String network) {
        this.network = network;
    }

    /**
     * Never throws. A pod that the view does not know (yet) is refused as {@link RefusalReason.WorkloadUnknown}; the
     * caller may wait for a later view and ask again.
     */
    public InboundPlan plan(MeshView view, InboundAttempt attempt) {
        var context = new FlowContext(
                Reporter.DESTINATION,
                Party.UNKNOWN,
                Party.UNKNOWN,
                ServiceParty.UNKNOWN,
                attempt.client(),
                attempt.client(),
                network,
                false);
        return view.workloadOf(attempt.destination())
                .<InboundPlan>map(_ -> new InboundPlan.Refuse(context, new RefusalReason.Draining()))
                .orElseGet(() ->
                        new InboundPlan.Refuse(context, new RefusalReason.WorkloadUnknown(attempt.destination())));
    }

    /**
     * Asks again about a connection that is being carried, after policy changed.
     *
     * @param facts those of its plan
     * @return why it has to end now; empty if it may go on
     */
    public Optional<RefusalReason> reevaluate(MeshView view, PodRef pod, ConnectionFacts facts) {
        return view.workloadOf(pod)
                .map(workload -> view.policiesFor(workload).decide(facts))
                .map(verdict -> new RefusalReason.MalformedRequest(verdict.toString(), ""));
    }
}
