package dev.ambit.domain.federation;

import dev.ambit.domain.address.NamespacedHostname;
import dev.ambit.domain.collection.PersistentMap;
import dev.ambit.domain.view.MeshState;
import java.util.List;
import java.util.Map;

/**
 * What one cluster has, as if it were the only one.
 *
 * @param network the one that its own pods are in; may be empty
 * @param global its services that all clusters share, each to {@code true}
 * @param ways into other networks if this is the local cluster, into its own if not; the first into a network counts
 */
public record ClusterShare(
        MeshState state, String network, Map<NamespacedHostname, Boolean> global, List<NetworkWay> ways) {
    public static final ClusterShare NOTHING = new ClusterShare(MeshState.EMPTY, "", Map.of(), List.of());

    public ClusterShare {
        global = PersistentMap.copyOf(global);
        ways = List.copyOf(ways);
    }

    boolean isGlobal(NamespacedHostname service) {
        return global.containsKey(service);
    }
}
