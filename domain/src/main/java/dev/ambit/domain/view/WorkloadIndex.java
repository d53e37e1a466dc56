package dev.ambit.domain.view;

import dev.ambit.domain.address.NamespacedHostname;
import dev.ambit.domain.address.NetworkAddress;
import dev.ambit.domain.collection.Groups;
import dev.ambit.domain.collection.Hashes;
import dev.ambit.domain.collection.PersistentMap;
import dev.ambit.domain.identity.SpiffeId;
import dev.ambit.domain.workload.PodRef;
import dev.ambit.domain.workload.Workload;
import dev.ambit.domain.workload.WorkloadUid;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** The workloads of a view by everything they are looked up by. Immutable. */
record WorkloadIndex(
        PersistentMap<WorkloadUid, Workload> byUid,
        Groups<NetworkAddress, WorkloadUid, Workload> byAddress,
        Groups<NamespacedHostname, WorkloadUid, Workload> byHostname,
        Groups<NamespacedHostname, WorkloadUid, Workload> byService,
        Groups<PodKey, WorkloadUid, Workload> byPod,
        Groups<String, SpiffeId, Integer> identitiesByNode) {

    static final WorkloadIndex EMPTY = new WorkloadIndex(
            PersistentMap.empty(), Groups.empty(), Groups.empty(), Groups.empty(), Groups.empty(), Groups.empty());

    /** Which of several workloads with one address is meant: a pod, then one in the mesh; the uid makes it definite. */
    private static final Comparator<Workload> PREFERENCE = Comparator.comparing(
                    (Workload workload) -> !workload.uid().isPod())
            .thenComparing(workload -> !workload.isHbone())
            .thenComparing(workload -> workload.uid().value());

    WorkloadIndex with(Workload workload) {
        Workload before = byUid.get(workload.uid());
        if (workload.equals(before)) {
            return this;
        }
        return (before == null ? this : without(before)).including(workload);
    }

    WorkloadIndex without(WorkloadUid uid) {
        Workload before = byUid.get(uid);
        return before == null ? this : without(before);
    }

    private WorkloadIndex including(Workload workload) {
        WorkloadUid uid = workload.uid();
        var addresses = byAddress;
        for (NetworkAddress address : workload.networkAddresses()) {
            addresses = addresses.with(address, uid, workload);
        }
        var services = byService;
        for (NamespacedHostname service : workload.services().keySet()) {
            services = services.with(service, uid, workload);
        }
        var hostnames = byHostname;
        if (!workload.hostname().isEmpty()) {
            hostnames = hostnames.with(hostnameOf(workload), uid, workload);
        }
        return new WorkloadIndex(
                byUid.with(uid, workload),
                addresses,
                hostnames,
                services,
                uid.isPod() ? byPod.with(PodKey.of(workload), uid, workload) : byPod,
                counted(workload, 1));
    }

    private WorkloadIndex without(Workload workload) {
        WorkloadUid uid = workload.uid();
        var addresses = byAddress;
        for (NetworkAddress address : workload.networkAddresses()) {
            addresses = addresses.without(address, uid);
        }
        var services = byService;
        for (NamespacedHostname service : workload.services().keySet()) {
            services = services.without(service, uid);
        }
        var hostnames = byHostname;
        if (!workload.hostname().isEmpty()) {
            hostnames = hostnames.without(hostnameOf(workload), uid);
        }
        return new WorkloadIndex(
                byUid.without(uid),
                addresses,
                hostnames,
                services,
                uid.isPod() ? byPod.without(PodKey.of(workload), uid) : byPod,
                counted(workload, -1));
    }

    /** Only what takes part in the mesh needs a certificate. */
    private Groups<String, SpiffeId, Integer> counted(Workload workload, int change) {
        if (workload.node().isEmpty() || !(workload.isHbone() || workload.nativeTunnel())) {
            return identitiesByNode;
        }
        Integer before = identitiesByNode.get(workload.node(), workload.identity());
        int count = (before == null ? 0 : before) + change;
        return count == 0
                ? identitiesByNode.without(workload.node(), workload.identity())
                : identitiesByNode.with(workload.node(), workload.identity(), count);
    }

    Optional<Workload> at(NetworkAddress address) {
        return Preferred.of(byAddress.of(address), PREFERENCE);
    }

    Optional<Workload> named(NamespacedHostname hostname) {
        return Preferred.of(byHostname.of(hostname), PREFERENCE);
    }

    Optional<Workload> of(PodRef pod) {
        return Preferred.of(byPod.of(new PodKey(pod.namespace(), pod.name(), pod.serviceAccount())), PREFERENCE);
    }

    Set<SpiffeId> identitiesOn(String node) {
        var identities = new HashSet<SpiffeId>();
        identitiesByNode.of(node).forEach((identity, _) -> identities.add(identity));
        return Set.copyOf(identities);
    }

    private static NamespacedHostname hostnameOf(Workload workload) {
        return new NamespacedHostname(workload.namespace(), workload.hostname());
    }

    /** What {@link PodRef#is} compares. */
    record PodKey(String namespace, String name, String serviceAccount) {
        @Override
        public int hashCode() {
            return Hashes.all(namespace.hashCode(), name.hashCode(), serviceAccount.hashCode());
        }

        static PodKey of(Workload workload) {
            return new PodKey(
                    workload.namespace(), workload.name(), workload.identity().serviceAccount());
        }
    }
}
