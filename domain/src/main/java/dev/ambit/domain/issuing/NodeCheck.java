package dev.ambit.domain.issuing;

import dev.ambit.domain.identity.SpiffeId;
import dev.ambit.domain.workload.PodRef;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * The rule that keeps a stolen node proxy from taking over the mesh: another workload's certificate is issued only to a
 * configured node-proxy account, only when the caller's pod really exists where its token says, and only for an identity
 * that some live pod on that same node has. Immutable; rebuilt when pods change.
 */
public final class NodeCheck {

    /** A service account that may ask on behalf of pods, for example {@code istio-system/ztunnel}. */
    public record NodeProxyAccount(String namespace, String serviceAccount) {}

    private final Set<NodeProxyAccount> nodeProxies;
    private final Map<String, PodRecord> podsByUid = new HashMap<>();
    private final Map<String, Set<SpiffeId>> identitiesByNode = new HashMap<>();

    public NodeCheck(Set<NodeProxyAccount> nodeProxies, Collection<PodRecord> pods) {
        this.nodeProxies = Set.copyOf(nodeProxies);
        for (PodRecord pod : pods) {
            podsByUid.put(pod.ref().uid(), pod);
            if (!pod.node().isEmpty()) {
                identitiesByNode
                        .computeIfAbsent(pod.node(), _ -> new HashSet<>())
                        .add(pod.identity());
            }
        }
    }

    /** Decides about a caller that asks for a certificate of its own. */
    public IssuingDecision own(Caller caller) {
        return new IssuingDecision.Issue(caller.identity());
    }

    /** Decides about a caller that asks for the certificate of another workload. */
    public IssuingDecision impersonated(Caller caller, SpiffeId wanted) {
        var account = new NodeProxyAccount(
                caller.identity().namespace(), caller.identity().serviceAccount());
        if (!nodeProxies.contains(account)) {
            return new IssuingDecision.Refuse(caller.identity() + " is not a node proxy account " + nodeProxies);
        }
        PodRecord pod = podsByUid.get(caller.podUid());
        if (pod == null) {
            return new IssuingDecision.Refuse(
                    "no live pod has the uid '" + caller.podUid() + "' of the caller's token");
        }
        PodRef ref = pod.ref();
        if (!ref.name().equals(caller.pod()) || !pod.identity().equals(caller.identity())) {
            return new IssuingDecision.Refuse("pod " + ref + " does not match the caller's token (pod " + caller.pod()
                    + ", identity " + caller.identity() + ")");
        }
        if (!caller.node().isEmpty() && !caller.node().equals(pod.node())) {
            return new IssuingDecision.Refuse(
                    "pod " + ref + " runs on node " + pod.node() + ", its token is bound to node " + caller.node());
        }
        if (!identitiesByNode.getOrDefault(pod.node(), Set.of()).contains(wanted)) {
            return new IssuingDecision.Refuse("no live pod on node " + pod.node() + " has the identity " + wanted);
        }
        return new IssuingDecision.Issue(wanted);
    }
}
