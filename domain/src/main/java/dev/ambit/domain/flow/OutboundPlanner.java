package dev.ambit.domain.flow;

import dev.ambit.domain.view.MeshView;
import java.util.random.RandomGenerator;

/** Decides what to do with a connection that a pod opens. Pure but for its randomness. */
public final class OutboundPlanner {
    private final String network;
    private final RandomGenerator random;

    /**
     * Plans for pods in one network.
     *
     * @param network the network this proxy is in; empty is the default network
     * @param random must be safe for all threads that call {@link #plan}
     */
    public OutboundPlanner(String network, RandomGenerator random) {
        this.network = network;
        this.random = random;
    }

    /**
     * Never throws. A pod that the view does not know (yet) is refused as {@link RefusalReason.WorkloadUnknown}; the
     * caller may wait for a later view and ask again.
     */
    public OutboundPlan plan(MeshView view, OutboundAttempt attempt) {
        var context = new FlowContext(
                Reporter.SOURCE,
                Party.UNKNOWN,
                Party.UNKNOWN,
                ServiceParty.UNKNOWN,
                attempt.client(),
                attempt.destination(),
                network,
                random.nextBoolean());
        return view.workloadOf(attempt.source())
                .<OutboundPlan>map(_ -> new OutboundPlan.Passthrough(context, attempt.destination()))
                .orElseGet(() -> new OutboundPlan.Refuse(context, new RefusalReason.WorkloadUnknown(attempt.source())));
    }
}
