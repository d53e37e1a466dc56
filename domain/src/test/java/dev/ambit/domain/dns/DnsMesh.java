package dev.ambit.domain.dns;

import dev.ambit.domain.address.Cidr;
import dev.ambit.domain.address.IpAddress;
import dev.ambit.domain.address.NamespacedHostname;
import dev.ambit.domain.service.IpFamilies;
import dev.ambit.domain.service.LoadBalancing;
import dev.ambit.domain.service.MeshService;
import dev.ambit.domain.service.VirtualAddress;
import dev.ambit.domain.service.Visibility;
import dev.ambit.domain.view.MeshChange;
import dev.ambit.domain.view.MeshView;
import dev.ambit.domain.workload.GatewayReference;
import dev.ambit.domain.workload.PodRef;
import dev.ambit.domain.workload.PortMap;
import dev.ambit.domain.workload.Workload;
import dev.ambit.domain.workload.WorkloadUid;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Services in several namespaces and networks, and a client {@code ns1/client} on network {@code nw1}. */
final class DnsMesh {
    static final PodRef CLIENT = new PodRef("uid", "ns1", "client", "client");

    private final List<MeshChange> changes = new ArrayList<>();

    DnsMesh() {
        changes.add(new MeshChange.WorkloadUpserted(pod("client").build()));
    }

    static Workload.Builder pod(String name) {
        return Workload.builder(WorkloadUid.ofPod("Kubernetes", "ns1", name), "ns1", name)
                .serviceAccount(name)
                .network("nw1");
    }

    /** Addresses are {@code network/ip}. */
    static MeshService service(String namespace, String hostname, String... addresses) {
        return service(namespace, hostname, false, Visibility.PUBLIC, IpFamilies.AUTOMATIC, addresses);
    }

    static MeshService service(
            String namespace,
            String hostname,
            boolean canonical,
            Visibility visibility,
            IpFamilies families,
            String... addresses) {
        return new MeshService(
                new NamespacedHostname(namespace, hostname),
                hostname,
                Arrays.stream(addresses).map(DnsMesh::address).toList(),
                List.of(),
                List.of(),
                GatewayReference.none(),
                List.of(),
                LoadBalancing.STANDARD,
                families,
                canonical,
                false,
                visibility);
    }

    private static VirtualAddress address(String text) {
        int slash = text.indexOf('/');
        return new VirtualAddress(
                text.substring(0, slash), Cidr.parse(text.substring(slash + 1)).orElseThrow());
    }

    DnsMesh with(MeshService service) {
        changes.add(new MeshChange.ServiceUpserted(service));
        return this;
    }

    DnsMesh with(Workload.Builder workload) {
        changes.add(new MeshChange.WorkloadUpserted(workload.build()));
        return this;
    }

    /** A service of {@code ns1} or another namespace, by its full name. */
    DnsMesh kubernetes(String name, String namespace, String... addresses) {
        return with(service(namespace, name + "." + namespace + ".svc.cluster.local", addresses));
    }

    DnsMesh endpoint(String name, String namespacedHostname, String... ips) {
        return with(pod(name)
                .addresses(Arrays.stream(ips).map(IpAddress::of).toList())
                .services(Map.of(NamespacedHostname.parse(namespacedHostname).orElseThrow(), new PortMap(Map.of()))));
    }

    MeshView view() {
        return MeshView.EMPTY.apply(changes);
    }
}
