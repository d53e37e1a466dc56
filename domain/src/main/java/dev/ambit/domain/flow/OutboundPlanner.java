package dev.ambit.domain.flow;

import dev.ambit.domain.address.IpAddress;
import dev.ambit.domain.address.IpPort;
import dev.ambit.domain.flow.OutboundDecision.NeedsAddress;
import dev.ambit.domain.flow.OutboundDecision.Planned;
import dev.ambit.domain.view.MeshView;
import java.util.List;
import java.util.random.RandomGenerator;

/** Decides what to do with a connection that a pod opens. Pure but for its randomness. */
public final class OutboundPlanner {
    private final String network;
    private final RandomGenerator random;
    private final boolean sameNode;
    private final ProxyPorts ports;

    /** As the other constructor, with a tunnel to every pod of the mesh, wherever it runs. */
    public OutboundPlanner(String network, RandomGenerator random) {
        this(network, random, false);
    }

    /**
     * Plans for pods in one network.
     *
     * @param network the network this proxy is in; empty is the default network
     * @param random must be safe for all threads that call {@link #decide}
     * @param sameNode whether a tunnel to a pod of the caller's own node is planned as {@link OutboundPlan.Local}
     */
    public OutboundPlanner(String network, RandomGenerator random, boolean sameNode) {
        this(network, random, sameNode, ProxyPorts.ISTIO);
    }

    /** As the other constructors, with these ports to which a pod's own connections are never sent. */
    public OutboundPlanner(String network, RandomGenerator random, boolean sameNode, ProxyPorts ports) {
        this.network = network;
        this.random = random;
        this.sameNode = sameNode;
        this.ports = ports;
    }

    /**
     * Never throws. A pod that the view does not know (yet) is refused as {@link RefusalReason.WorkloadUnknown}; the
     * caller may wait for a later view and ask again.
     */
    public OutboundDecision decide(MeshView view, OutboundAttempt attempt) {
        IpPort destination = attempt.destination();
        // By whatever address of its own the pod got here, what is sent there would come back and be sent again.
        boolean own = destination.ip().isLoopback()
                || destination.ip().equals(attempt.client().ip());
        if (own && ports.contains(destination.port())) {
            return new Planned(refused(attempt, new RefusalReason.RecursiveCall(destination)));
        }
        return view.workloadOf(attempt.source())
                .map(source -> new OutboundPlanning(view, network, random, sameNode, attempt, source).decide())
                .orElseGet(() -> new Planned(refused(attempt, new RefusalReason.WorkloadUnknown(attempt.source()))));
    }

    /** As {@link #decide}, for those who ask no resolver: what would need one is refused. */
    public OutboundPlan plan(MeshView view, OutboundAttempt attempt) {
        return switch (decide(view, attempt)) {
            case Planned(OutboundPlan plan) -> plan;
            case NeedsAddress needs -> unresolved(needs, "it has not been looked up");
        };
    }

    /**
     * The plan with one of these addresses: of the application's family if there is one, else any, at random so that load
     * is spread over them.
     */
    public OutboundPlan resolved(NeedsAddress needs, List<IpAddress> addresses) {
        List<IpAddress> matching = addresses.stream()
                .filter(address -> address.family() == needs.preferred())
                .toList();
        List<IpAddress> candidates = matching.isEmpty() ? addresses : matching;
        return candidates.isEmpty()
                ? unresolved(needs, "it has none")
                : needs.onward().apply(candidates.get((int) random.nextLong(candidates.size())));
    }

    /** The plan without any address: the connection is refused. */
    public OutboundPlan unresolved(NeedsAddress needs, String why) {
        return new OutboundPlan.Refuse(needs.context(), new RefusalReason.HostUnresolved(needs.hostname(), why));
    }

    private static OutboundPlan refused(OutboundAttempt attempt, RefusalReason reason) {
        var context = new FlowContext(
                Reporter.SOURCE,
                Party.UNKNOWN,
                Party.UNKNOWN,
                ServiceParty.UNKNOWN,
                attempt.client(),
                attempt.destination(),
                "",
                false);
        return new OutboundPlan.Refuse(context, reason);
    }
}
