package dev.ambit.domain.federation;

import dev.ambit.domain.address.NamespacedHostname;
import dev.ambit.domain.collection.Groups;
import dev.ambit.domain.collection.PersistentMap;
import dev.ambit.domain.federation.Federation.FarGroup;
import dev.ambit.domain.federation.Federation.ServiceOf;
import dev.ambit.domain.federation.Federation.Tally;
import dev.ambit.domain.identity.TrustDomain;
import dev.ambit.domain.service.MeshService;
import dev.ambit.domain.service.ServicePort;
import dev.ambit.domain.service.VirtualAddress;
import dev.ambit.domain.workload.PortMap;
import dev.ambit.domain.workload.TunnelProtocol;
import dev.ambit.domain.workload.Workload;
import dev.ambit.domain.workload.WorkloadUid;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** One service, and what several clusters say of it. */
final class SharedService {
    private static final Comparator<VirtualAddress> ORDER =
            Comparator.comparing((VirtualAddress address) -> address.network() + "/" + address.block());

    private final String local;
    private final ClusterShare home;
    private final SortedMap<String, ClusterShare> others;
    private final NamespacedHostname key;
    private final List<String> remarks = new ArrayList<>();

    SharedService(String local, ClusterShare home, SortedMap<String, ClusterShare> others, NamespacedHostname key) {
        this.local = local;
        this.home = home;
        this.others = others;
        this.key = key;
    }

    List<String> remarks() {
        return List.copyOf(remarks);
    }

    /** As all who share it say together; empty if nobody has it. */
    Optional<MeshService> united(
            PersistentMap<FarGroup, Tally> far,
            Groups<VirtualAddress, NamespacedHostname, MeshService> localAddresses,
            Groups<VirtualAddress, ServiceOf, MeshService> otherAddresses) {
        @Nullable MeshService own = home.state().services().get(key);
        if (own != null && !home.isGlobal(key)) {
            return Optional.of(own);
        }
        Map<String, MeshService> all = new LinkedHashMap<>();
        if (own != null) {
            all.put(local, own);
        }
        others.forEach((cluster, share) -> {
            @Nullable MeshService theirs = share.state().services().get(key);
            if (theirs != null && share.isGlobal(key)) {
                all.put(cluster, theirs);
            }
        });
        if (all.isEmpty()) {
            return Optional.empty();
        }
        MeshService base = all.values().iterator().next();
        var addresses = new HashSet<VirtualAddress>();
        var names = new TreeSet<String>();
        all.forEach((cluster, service) -> {
            names.addAll(service.subjectAltNames());
            for (VirtualAddress address : service.addresses()) {
                Optional<String> owner = ownerBefore(cluster, address, localAddresses, otherAddresses);
                if (owner.isEmpty()) {
                    addresses.add(address);
                } else {
                    remarks.add("its address " + address.block().base() + " of cluster " + cluster
                            + " is left out: in that network it is the address of " + owner.get()
                            + "; give the clusters different blocks, or different networks");
                }
            }
            if (!ports(service).equals(ports(base))) {
                remarks.add("its ports in cluster " + cluster + " are others than those that count, of cluster "
                        + all.keySet().iterator().next());
            }
        });
        far.forEach((group, _) -> names.add(group.identity().toString()));
        boolean alone = all.size() == 1 && addresses.size() == base.addresses().size();
        List<VirtualAddress> ordered =
                alone ? base.addresses() : addresses.stream().sorted(ORDER).toList();
        return Optional.of(
                alone && far.isEmpty() ? base : base.withAddresses(ordered).withSubjectAltNames(List.copyOf(names)));
    }

    private static Map<Integer, Integer> ports(MeshService service) {
        Map<Integer, Integer> ports = new HashMap<>();
        service.ports().forEach(port -> ports.put(port.servicePort(), port.targetPort()));
        return ports;
    }

    /** The other service that had the address first: a local one, else one of a cluster with an earlier name. */
    private Optional<String> ownerBefore(
            String cluster,
            VirtualAddress address,
            Groups<VirtualAddress, NamespacedHostname, MeshService> localAddresses,
            Groups<VirtualAddress, ServiceOf, MeshService> otherAddresses) {
        if (cluster.equals(local)) {
            return Optional.empty();
        }
        var owners = new TreeSet<String>();
        localAddresses.of(address).forEach((owner, _) -> {
            if (!owner.equals(key)) {
                owners.add(owner + " of this cluster");
            }
        });
        otherAddresses.of(address).forEach((owner, _) -> {
            if (owner.cluster().compareTo(cluster) < 0 && !owner.service().equals(key)) {
                owners.add(owner.service() + " of cluster " + owner.cluster());
            }
        });
        return owners.isEmpty() ? Optional.empty() : Optional.of(owners.first());
    }

    /** For each other network with endpoints and a way into it, the workload that leads there. */
    List<Workload> standingFor(MeshService service, PersistentMap<FarGroup, Tally> far) {
        if (far.isEmpty() || isLone()) {
            return List.of();
        }
        Map<String, Long> capacities = new TreeMap<>();
        Map<String, TrustDomain> domains = new HashMap<>();
        far.forEach((group, tally) -> {
            capacities.merge(group.network(), tally.capacity(), Long::sum);
            domains.putIfAbsent(group.network(), group.identity().trustDomain());
        });
        var standing = new ArrayList<Workload>();
        capacities.forEach((network, capacity) -> wayInto(network)
                .ifPresentOrElse(
                        way -> standing.add(standing(
                                service, way, capacity, domains.getOrDefault(network, TrustDomain.CLUSTER_LOCAL))),
                        () -> remarks.add("its endpoints in network '" + network
                                + "' are not used: no gateway leads there; see istio-remote and istio-east-west")));
        return standing;
    }

    private boolean isLone() {
        return home.state().services().containsKey(key) && !home.isGlobal(key);
    }

    private Optional<NetworkWay> wayInto(String network) {
        Optional<NetworkWay> own = first(home, network);
        if (own.isPresent()) {
            return own;
        }
        return others.values().stream()
                .flatMap(other -> first(other, network).stream())
                .findFirst();
    }

    private static Optional<NetworkWay> first(ClusterShare share, String network) {
        return share.ways().stream()
                .filter(way -> way.network().equals(network))
                .findFirst();
    }

    private static Workload standing(MeshService service, NetworkWay way, long capacity, TrustDomain domain) {
        var uid = new WorkloadUid(way.network() + "/SplitHorizonWorkload/" + way.namespace() + "/" + way.gateway() + "/"
                + way.address() + "/" + service.namespace() + "/" + service.hostname());
        Map<Integer, Integer> ports = new HashMap<>();
        for (ServicePort port : service.ports()) {
            ports.put(port.servicePort(), port.targetPort());
        }
        return Workload.builder(uid, service.namespace(), uid.value())
                .trustDomain(domain)
                .network(way.network())
                .networkGateway(way.reference())
                .clusterId(way.cluster())
                .tunnelProtocol(TunnelProtocol.HBONE)
                .capacity((int) Math.min(capacity, Integer.MAX_VALUE))
                .services(Map.of(service.key(), new PortMap(ports)))
                .build();
    }
}
