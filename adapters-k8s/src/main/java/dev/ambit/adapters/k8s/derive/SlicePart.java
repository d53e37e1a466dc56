package dev.ambit.adapters.k8s.derive;

import dev.ambit.adapters.k8s.query.Reading;
import dev.ambit.adapters.k8s.translate.ServiceFacts;
import dev.ambit.adapters.k8s.translate.SliceFacts;
import dev.ambit.adapters.k8s.translate.SliceFacts.EndpointAddress;
import dev.ambit.domain.address.NamespacedHostname;
import dev.ambit.domain.workload.NetworkMode;
import dev.ambit.domain.workload.PortMap;
import dev.ambit.domain.workload.Workload;
import dev.ambit.domain.workload.WorkloadType;
import dev.ambit.domain.workload.WorkloadUid;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The endpoints of an EndpointSlice that are no pods, as somebody wrote them by hand: workloads outside the mesh. */
record SlicePart(Rules rules, String namespace, String name) implements Part.Of {

    @Override
    public Part answer(Reading reading) {
        Optional<SliceFacts> slice = reading.read(Named.slice(namespace, name))
                .filter(each -> !each.endpoints().isEmpty());
        if (slice.isEmpty()) {
            return Part.NOTHING;
        }
        Optional<ServiceFacts> service = reading.read(
                        Named.service(namespace, slice.get().service()))
                .filter(each -> Sharing.counts(rules, reading, each));
        if (service.isEmpty()) {
            return Part.NOTHING;
        }
        var key = new NamespacedHostname(
                namespace, rules.options().hostname(service.get().name(), namespace));
        var services =
                Map.of(key, PortMaps.ofSlice(service.get().ports(), slice.get().ports()));
        String network = reading.read(new LocalNetwork(rules));
        List<Workload> workloads = slice.get().endpoints().stream()
                .map(endpoint -> workload(endpoint, network, services))
                .toList();
        return Part.of(workloads, List.of(), new Remarks(Keys.of("EndpointSlice", namespace, name)));
    }

    private Workload workload(EndpointAddress endpoint, String network, Map<NamespacedHostname, PortMap> services) {
        var uid = new WorkloadUid(rules.options().clusterId() + "/discovery.k8s.io/EndpointSlice/" + namespace + "/"
                + name + "/" + endpoint.address());
        return Workload.builder(uid, namespace, name)
                .trustDomain(rules.options().trustDomain())
                .addresses(List.of(endpoint.address()))
                .network(network)
                // The address may well be some other workload's: it must not be found by address.
                .networkMode(NetworkMode.HOST_NETWORK)
                .clusterId(rules.options().clusterId())
                .workloadType(WorkloadType.DEPLOYMENT)
                .health(endpoint.health())
                .services(services)
                .build();
    }
}
