package dev.ambit.domain.issuing;

import dev.ambit.domain.collection.Groups;
import dev.ambit.domain.collection.PersistentMap;
import dev.ambit.domain.identity.SpiffeId;
import dev.ambit.domain.workload.PodRef;
import java.util.Collection;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * The rule that keeps a stolen node proxy from taking over the mesh: another workload's certificate is issued only to a
 * configured node-proxy account, and only for an identity that some live pod on that same node has. Nobody gets anything
 * unless the caller's pod really exists where its token says. Immutable: when a pod changes there is a new one that shares
 * the rest.
 */
public final class NodeCheck {

    /** A service account that may ask on behalf of pods, for example {@code istio-system/ztunnel}. */
    public record NodeProxyAccount(String namespace, String serviceAccount) {}

    private final Set<NodeProxyAccount> nodeProxies;
    private final PersistentMap<String, PodRecord> podsByUid;
    /** How many pods of a node have an identity. */
    private final Groups<String, SpiffeId, Integer> identitiesByNode;

    private NodeCheck(
            Set<NodeProxyAccount> nodeProxies,
            PersistentMap<String, PodRecord> podsByUid,
            Groups<String, SpiffeId, Integer> identitiesByNode) {
        this.nodeProxies = nodeProxies;
        this.podsByUid = podsByUid;
        this.identitiesByNode = identitiesByNode;
    }

    public NodeCheck(Set<NodeProxyAccount> nodeProxies, Collection<PodRecord> pods) {
        PersistentMap<String, PodRecord> byUid = PersistentMap.empty();
        for (PodRecord pod : pods) {
            byUid = byUid.with(pod.ref().uid(), pod);
        }
        Groups<String, SpiffeId, Integer> byNode = Groups.empty();
        for (PodRecord pod : byUid.values()) {
            byNode = counted(byNode, pod, 1);
        }
        this(Set.copyOf(nodeProxies), byUid, byNode);
    }

    /** This check with a pod, instead of the one that had its uid before. */
    public NodeCheck with(PodRecord pod) {
        NodeCheck others = without(pod.ref().uid());
        return new NodeCheck(
                nodeProxies, others.podsByUid.with(pod.ref().uid(), pod), counted(others.identitiesByNode, pod, 1));
    }

    /** This check without the pod of a uid. */
    public NodeCheck without(String uid) {
        PodRecord pod = podsByUid.get(uid);
        return pod == null
                ? this
                : new NodeCheck(nodeProxies, podsByUid.without(uid), counted(identitiesByNode, pod, -1));
    }

    private static Groups<String, SpiffeId, Integer> counted(
            Groups<String, SpiffeId, Integer> identities, PodRecord pod, int change) {
        if (pod.node().isEmpty()) {
            return identities;
        }
        Integer before = identities.get(pod.node(), pod.identity());
        int count = (before == null ? 0 : before) + change;
        return count == 0
                ? identities.without(pod.node(), pod.identity())
                : identities.with(pod.node(), pod.identity(), count);
    }

    /**
     * Decides about a caller that asks for a certificate of its own: a proxy of one workload in dedicated mode, a waypoint, or
     * a machine outside the cluster, which proves an identity and is bound to no pod.
     */
    public IssuingDecision own(Caller caller) {
        if (caller.podUid().isEmpty() && caller.pod().isEmpty()) {
            return new IssuingDecision.Issue(caller.identity());
        }
        return refusal(caller).orElseGet(() -> new IssuingDecision.Issue(caller.identity()));
    }

    /** Whether the caller's account is one that may ask on behalf of pods. */
    public boolean isNodeProxy(Caller caller) {
        return nodeProxies.contains(new NodeProxyAccount(
                caller.identity().namespace(), caller.identity().serviceAccount()));
    }

    /** Decides about a caller that asks for the certificate of another workload. */
    public IssuingDecision impersonated(Caller caller, SpiffeId wanted) {
        if (!isNodeProxy(caller)) {
            return new IssuingDecision.Refuse(caller.identity() + " is not a node proxy account " + nodeProxies);
        }
        Optional<IssuingDecision> refusal = refusal(caller);
        if (refusal.isPresent()) {
            return refusal.get();
        }
        String node = Objects.requireNonNull(podsByUid.get(caller.podUid())).node();
        if (identitiesByNode.get(node, wanted) == null) {
            return new IssuingDecision.Refuse("no live pod on node " + node + " has the identity " + wanted);
        }
        return new IssuingDecision.Issue(wanted);
    }

    /** If the caller is not what its token says; empty if its pod lives, is called so, and runs there. */
    private Optional<IssuingDecision> refusal(Caller caller) {
        PodRecord pod = podsByUid.get(caller.podUid());
        if (pod == null) {
            return refuse("no live pod has the uid '" + caller.podUid() + "' of the caller's token");
        }
        PodRef ref = pod.ref();
        if (!ref.name().equals(caller.pod()) || !pod.identity().equals(caller.identity())) {
            return refuse("pod " + ref + " does not match the caller's token (pod " + caller.pod() + ", identity "
                    + caller.identity() + ")");
        }
        if (!caller.node().isEmpty() && !caller.node().equals(pod.node())) {
            return refuse(
                    "pod " + ref + " runs on node " + pod.node() + ", its token is bound to node " + caller.node());
        }
        return Optional.empty();
    }

    private static Optional<IssuingDecision> refuse(String why) {
        return Optional.of(new IssuingDecision.Refuse(why));
    }
}
