package dev.ambit.services.controlplane.issuing;

import dev.ambit.domain.issuing.NodeCheck;
import dev.ambit.domain.issuing.NodeCheck.NodeProxyAccount;
import dev.ambit.domain.issuing.PodRecord;
import dev.ambit.domain.view.MeshState;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** The pods of the mesh as the node check needs them, always as of the last derived state. */
public final class LivePods implements Consumer<MeshState> {
    private final Set<NodeProxyAccount> nodeProxies;
    private volatile NodeCheck nodeCheck;
    private volatile List<PodRecord> proxies = List.of();

    public LivePods(Set<NodeProxyAccount> nodeProxies) {
        this.nodeProxies = Set.copyOf(nodeProxies);
        this.nodeCheck = new NodeCheck(nodeProxies, List.of());
    }

    public NodeCheck nodeCheck() {
        return nodeCheck;
    }

    /** The pods that run under a node-proxy account. */
    public List<PodRecord> nodeProxies() {
        return proxies;
    }

    @Override
    public void accept(MeshState state) {
        nodeCheck = new NodeCheck(nodeProxies, state.pods());
        proxies = state.pods().stream()
                .filter(pod -> nodeProxies.contains(new NodeProxyAccount(
                        pod.identity().namespace(), pod.identity().serviceAccount())))
                .toList();
    }
}
