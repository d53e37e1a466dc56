package dev.ambit.domain.federation;

import dev.ambit.domain.address.NamespacedHostname;
import dev.ambit.domain.collection.Groups;
import dev.ambit.domain.collection.PersistentMap;
import dev.ambit.domain.identity.SpiffeId;
import dev.ambit.domain.service.MeshService;
import dev.ambit.domain.service.VirtualAddress;
import dev.ambit.domain.view.MeshState;
import dev.ambit.domain.workload.Workload;
import dev.ambit.domain.workload.WorkloadUid;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The mesh of several clusters, seen from one of them, the local one. Immutable; a changed copy costs what changed in a
 * cluster, and is the same whatever the order in which clusters came and changed.
 *
 * <ul>
 *   <li>Policies and pods of the node check are the local cluster's.
 *   <li>Workloads in the local network are published, whichever cluster has them. Those in others are not: for a service that
 *       all share and a network into which there is a way, one workload stands for all of them and leads to the gateway.
 *   <li>A service that is there locally and not shared is the local cluster's alone. One that is shared is as the local
 *       cluster describes it, else the first by its name, with the addresses and names of all, and with the identities of
 *       endpoints in other networks.
 *   <li>Another cluster's address of a service is left out if it is that of another local service in the same network.
 * </ul>
 *
 * <p>So does Istio with {@code AMBIENT_ENABLE_MULTI_NETWORK} (pilot/pkg/serviceregistry/ambient), but for the last point,
 * and for endpoints elsewhere of a service that is not shared here, which Istio adds to it.
 */
public final class Federation {
    private final String local;
    private final SortedMap<String, ClusterShare> others;
    private final ClusterShare own;
    private final MeshState state;
    private final FederationIndex index;
    private final PersistentMap<NamespacedHostname, List<String>> remarks;

    private Federation(
            String local,
            ClusterShare own,
            SortedMap<String, ClusterShare> others,
            MeshState state,
            FederationIndex index,
            PersistentMap<NamespacedHostname, List<String>> remarks) {
        this.local = local;
        this.own = own;
        this.others = others;
        this.state = state;
        this.index = index;
        this.remarks = remarks;
    }

    /** No cluster has anything yet. */
    public static Federation seenFrom(String localCluster) {
        return new Federation(
                localCluster,
                ClusterShare.NOTHING,
                new TreeMap<>(),
                MeshState.EMPTY,
                FederationIndex.EMPTY,
                PersistentMap.empty());
    }

    /** With what a cluster has now, in place of what it had. */
    public Federation with(String cluster, ClusterShare share) {
        return changed(cluster, share);
    }

    /** Without a cluster. */
    public Federation without(String cluster) {
        return changed(cluster, ClusterShare.NOTHING);
    }

    private Federation changed(String cluster, ClusterShare share) {
        ClusterShare before = cluster.equals(local) ? own : others.getOrDefault(cluster, ClusterShare.NOTHING);
        if (share.equals(before)) {
            return this;
        }
        boolean sameNetwork = !cluster.equals(local) || share.network().equals(own.network());
        SortedMap<String, ClusterShare> all = new TreeMap<>(others);
        ClusterShare home = own;
        if (cluster.equals(local)) {
            home = share;
        } else if (share.equals(ClusterShare.NOTHING)) {
            all.remove(cluster);
        } else {
            all.put(cluster, share);
        }
        if (!sameNetwork) {
            // What is near and what is far has turned around.
            var uniting = new Uniting(local, home, all, seenFrom(local));
            uniting.change(local, ClusterShare.NOTHING, home);
            all.forEach((name, other) -> uniting.change(name, ClusterShare.NOTHING, other));
            return uniting.united();
        }
        var uniting = new Uniting(local, home, all, this);
        uniting.change(cluster, before, share);
        return uniting.united();
    }

    /** What the proxies of the local cluster are told. */
    public MeshState state() {
        return state;
    }

    /** What does not fit together, by service; a sentence each. */
    public Map<NamespacedHostname, List<String>> remarks() {
        return remarks;
    }

    FederationIndex index() {
        return index;
    }

    ClusterShare own() {
        return own;
    }

    PersistentMap<NamespacedHostname, List<String>> remarked() {
        return remarks;
    }

    static Federation of(
            String local,
            ClusterShare own,
            SortedMap<String, ClusterShare> others,
            MeshState state,
            FederationIndex index,
            PersistentMap<NamespacedHostname, List<String>> remarks) {
        return new Federation(local, own, others, state, index, remarks);
    }

    /**
     * What is looked up while clusters are united.
     *
     * @param far endpoints of services in other networks
     * @param near workloads of other clusters in the local network, by the services they back
     * @param leading the workloads that stand for endpoints in other networks
     * @param localAddresses whose they are
     * @param otherAddresses services that have them in other clusters
     */
    record FederationIndex(
            Groups<NamespacedHostname, FarGroup, Tally> far,
            Groups<NamespacedHostname, WorkloadUid, Workload> near,
            PersistentMap<NamespacedHostname, List<WorkloadUid>> leading,
            Groups<VirtualAddress, NamespacedHostname, MeshService> localAddresses,
            Groups<VirtualAddress, ServiceOf, MeshService> otherAddresses) {
        static final FederationIndex EMPTY = new FederationIndex(
                Groups.empty(), Groups.empty(), PersistentMap.empty(), Groups.empty(), Groups.empty());
    }

    /** Endpoints of one identity in one network. */
    record FarGroup(String network, SpiffeId identity) {}

    /** How many there are, and their weights together. */
    record Tally(int count, long capacity) {}

    /** A cluster's service. */
    record ServiceOf(String cluster, NamespacedHostname service) {}
}
