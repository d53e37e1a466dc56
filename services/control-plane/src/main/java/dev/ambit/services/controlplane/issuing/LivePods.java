package dev.ambit.services.controlplane.issuing;

import dev.ambit.domain.collection.Difference;
import dev.ambit.domain.issuing.NodeCheck;
import dev.ambit.domain.issuing.NodeCheck.NodeProxyAccount;
import dev.ambit.domain.issuing.PodRecord;
import dev.ambit.domain.view.MeshState;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The pods of the mesh as the node check needs them, always as of the last derived state. */
public final class LivePods implements Consumer<MeshState> {
    private final Set<NodeProxyAccount> nodeProxies;
    private volatile NodeCheck nodeCheck;
    private final Set<PodName> ownProxies;
    private volatile List<PodRecord> callers = List.of();
    private MeshState last = MeshState.EMPTY;

    /** A pod, by its names. */
    public record PodName(String namespace, String name) {}

    /**
     * No pods yet.
     *
     * @param nodeProxies accounts whose pods ask on behalf of others
     * @param ownProxies pods that ask for themselves
     */
    public LivePods(Set<NodeProxyAccount> nodeProxies, Set<PodName> ownProxies) {
        this.nodeProxies = Set.copyOf(nodeProxies);
        this.ownProxies = Set.copyOf(ownProxies);
        this.nodeCheck = new NodeCheck(nodeProxies, List.of());
    }

    public NodeCheck nodeCheck() {
        return nodeCheck;
    }

    /** The pods that ask for certificates: node proxies, and those that have a proxy of their own. */
    public List<PodRecord> callers() {
        return callers;
    }

    /** Called one at a time. Costs what changed since the state before, not what there is. */
    @Override
    public synchronized void accept(MeshState state) {
        var changed = new Changed(nodeCheck);
        state.podChangesSince(last, changed);
        last = state;
        nodeCheck = changed.check;
        if (changed.callers) {
            callers = state.pods().values().stream().filter(this::asks).toList();
        }
    }

    private boolean asks(PodRecord pod) {
        var account =
                new NodeProxyAccount(pod.identity().namespace(), pod.identity().serviceAccount());
        return nodeProxies.contains(account)
                || ownProxies.contains(
                        new PodName(pod.ref().namespace(), pod.ref().name()));
    }

    /** What becomes of the check, and whether any pod that asks was concerned. */
    private final class Changed implements Difference<String, PodRecord> {
        private NodeCheck check;
        private boolean callers;

        Changed(NodeCheck check) {
            this.check = check;
        }

        @Override
        public void of(String uid, @Nullable PodRecord before, @Nullable PodRecord after) {
            check = after == null ? check.without(uid) : check.with(after);
            callers |= (before != null && asks(before)) || (after != null && asks(after));
        }
    }
}
