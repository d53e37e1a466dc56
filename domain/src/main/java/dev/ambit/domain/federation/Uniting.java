package dev.ambit.domain.federation;

import dev.ambit.domain.address.NamespacedHostname;
import dev.ambit.domain.collection.Groups;
import dev.ambit.domain.collection.PersistentMap;
import dev.ambit.domain.federation.Federation.FarGroup;
import dev.ambit.domain.federation.Federation.FederationIndex;
import dev.ambit.domain.federation.Federation.ServiceOf;
import dev.ambit.domain.federation.Federation.Tally;
import dev.ambit.domain.service.MeshService;
import dev.ambit.domain.service.VirtualAddress;
import dev.ambit.domain.view.MeshState;
import dev.ambit.domain.workload.Workload;
import dev.ambit.domain.workload.WorkloadUid;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/** Makes one version of a federation from another: takes changes of clusters, then looks again at what they touched. */
final class Uniting {
    private static final String WAY = "NetworkGateway/";

    private final String local;
    private final ClusterShare home;
    private final SortedMap<String, ClusterShare> others;
    private final Federation before;

    private PersistentMap<WorkloadUid, Workload> workloads;
    private PersistentMap<NamespacedHostname, MeshService> services;
    private PersistentMap<NamespacedHostname, List<String>> remarks;
    private PersistentMap<NamespacedHostname, List<WorkloadUid>> leading;
    private Groups<NamespacedHostname, FarGroup, Tally> far;
    private Groups<NamespacedHostname, WorkloadUid, Workload> near;
    private Groups<VirtualAddress, NamespacedHostname, MeshService> localAddresses;
    private Groups<VirtualAddress, ServiceOf, MeshService> otherAddresses;

    private final Set<NamespacedHostname> touched = new HashSet<>();
    private final Set<WorkloadUid> touchedWays = new HashSet<>();
    /** Workloads of other clusters in the local network, to be published or, if empty, not any more. */
    private final Map<WorkloadUid, Optional<Workload>> touchedNear = new HashMap<>();

    Uniting(String local, ClusterShare home, SortedMap<String, ClusterShare> others, Federation before) {
        this.local = local;
        this.home = home;
        this.others = others;
        this.before = before;
        workloads = PersistentMap.copyOf(before.state().workloads());
        services = PersistentMap.copyOf(before.state().services());
        remarks = before.remarked();
        leading = before.index().leading();
        far = before.index().far();
        near = before.index().near();
        localAddresses = before.index().localAddresses();
        otherAddresses = before.index().otherAddresses();
    }

    /** What a cluster has instead of what it had. */
    void change(String cluster, ClusterShare was, ClusterShare now) {
        if (!was.ways().equals(now.ways())) {
            touched.addAll(home.state().services().keySet());
            others.values()
                    .forEach(other -> touched.addAll(other.state().services().keySet()));
        }
        PersistentMap.copyOf(now.state().services())
                .changesSince(PersistentMap.copyOf(was.state().services()), (key, gone, come) -> {
                    touched.add(key);
                    if (gone != null) {
                        unclaim(cluster, gone);
                    }
                    if (come != null) {
                        claim(cluster, come);
                    }
                });
        PersistentMap.copyOf(now.global())
                .changesSince(PersistentMap.copyOf(was.global()), (key, _, _) -> touched.add(key));
        PersistentMap.copyOf(now.state().workloads())
                .changesSince(PersistentMap.copyOf(was.state().workloads()), (_, gone, come) -> {
                    if (gone != null) {
                        takeOut(cluster, gone);
                    }
                    if (come != null) {
                        putIn(cluster, come);
                    }
                });
    }

    private void claim(String cluster, MeshService service) {
        for (VirtualAddress address : service.addresses()) {
            touchAt(address);
            if (cluster.equals(local)) {
                localAddresses = localAddresses.with(address, service.key(), service);
            } else {
                otherAddresses = otherAddresses.with(address, new ServiceOf(cluster, service.key()), service);
            }
        }
    }

    private void unclaim(String cluster, MeshService service) {
        for (VirtualAddress address : service.addresses()) {
            if (cluster.equals(local)) {
                localAddresses = localAddresses.without(address, service.key());
            } else {
                otherAddresses = otherAddresses.without(address, new ServiceOf(cluster, service.key()));
            }
            touchAt(address);
        }
    }

    private void touchAt(VirtualAddress address) {
        otherAddresses.of(address).forEach((other, _) -> touched.add(other.service()));
    }

    private boolean isNear(Workload workload) {
        return workload.network().equals(home.network());
    }

    private static boolean isWay(Workload workload) {
        return workload.uid().value().startsWith(WAY);
    }

    private void putIn(String cluster, Workload workload) {
        if (isWay(workload)) {
            touchedWays.add(workload.uid());
        } else if (!isNear(workload)) {
            tally(workload, 1);
        } else if (cluster.equals(local)) {
            workloads = workloads.with(workload.uid(), workload);
        } else {
            workload.services().keySet().forEach(service -> near = near.with(service, workload.uid(), workload));
            touchedNear.put(workload.uid(), Optional.of(workload));
        }
    }

    private void takeOut(String cluster, Workload workload) {
        if (isWay(workload)) {
            touchedWays.add(workload.uid());
        } else if (!isNear(workload)) {
            tally(workload, -1);
        } else if (cluster.equals(local)) {
            workloads = workloads.without(workload.uid());
        } else {
            workload.services().keySet().forEach(service -> near = near.without(service, workload.uid()));
            touchedNear.put(workload.uid(), Optional.empty());
        }
    }

    private void tally(Workload workload, int change) {
        var group = new FarGroup(workload.network(), workload.identity());
        long capacity = (long) change * workload.capacity();
        for (NamespacedHostname service : workload.services().keySet()) {
            @Nullable Tally now = far.get(service, group);
            int count = (now == null ? 0 : now.count()) + change;
            far = count == 0
                    ? far.without(service, group)
                    : far.with(service, group, new Tally(count, (now == null ? 0 : now.capacity()) + capacity));
            touched.add(service);
        }
    }

    Federation united() {
        touched.forEach(this::unite);
        touchedWays.forEach(this::publishWay);
        touchedNear.forEach((uid, workload) ->
                workload.ifPresentOrElse(this::publishNear, () -> workloads = workloads.without(uid)));
        var state = new MeshState(
                workloads, services, home.state().policies(), home.state().pods());
        var index = new FederationIndex(far, near, leading, localAddresses, otherAddresses);
        return Federation.of(local, home, others, state, index, remarks);
    }

    private void unite(NamespacedHostname key) {
        for (WorkloadUid uid : leading.getOrDefault(key, List.of())) {
            workloads = workloads.without(uid);
        }
        var one = new SharedService(local, home, others, key);
        Optional<MeshService> service = one.united(far.of(key), localAddresses, otherAddresses);
        services = service.map(found -> services.with(key, found)).orElseGet(() -> services.without(key));
        List<Workload> standing =
                service.map(found -> one.standingFor(found, far.of(key))).orElse(List.of());
        for (Workload workload : standing) {
            workloads = workloads.with(workload.uid(), workload);
        }
        leading = standing.isEmpty()
                ? leading.without(key)
                : leading.with(key, standing.stream().map(Workload::uid).toList());
        remarks = one.remarks().isEmpty() ? remarks.without(key) : remarks.with(key, one.remarks());
        if (isLone(before.own(), key) != isLone(home, key)) {
            near.of(key).forEach((uid, workload) -> touchedNear.putIfAbsent(uid, Optional.of(workload)));
        }
    }

    /** Whether a service is there, and not for others. */
    private static boolean isLone(ClusterShare share, NamespacedHostname key) {
        return share.state().services().containsKey(key) && !share.isGlobal(key);
    }

    /** Of gateways with one name for a way, the local cluster's is meant, else that of the first cluster. */
    private void publishWay(WorkloadUid uid) {
        @Nullable Workload way = home.state().workloads().get(uid);
        for (ClusterShare other : others.values()) {
            way = way == null ? other.state().workloads().get(uid) : way;
        }
        workloads = way == null ? workloads.without(uid) : workloads.with(uid, way);
    }

    /** It backs no service that is the local cluster's alone. */
    private void publishNear(Workload workload) {
        Workload published = workload;
        if (workload.services().keySet().stream().anyMatch(key -> isLone(home, key))) {
            var kept = new HashMap<>(workload.services());
            kept.keySet().removeIf(key -> isLone(home, key));
            published = workload.toBuilder().services(kept).build();
        }
        workloads = workloads.with(workload.uid(), published);
    }
}
