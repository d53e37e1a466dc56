package dev.ambit.adapters.k8s.translate;

import dev.ambit.domain.address.IpAddress;
import dev.ambit.domain.workload.Health;
import dev.ambit.domain.workload.NetworkMode;
import dev.ambit.domain.workload.Workload;
import dev.ambit.domain.workload.WorkloadUid;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointConditions;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** EndpointSlice endpoints that are no pods, as someone wrote them by hand, to workloads outside the mesh. */
final class EndpointSliceTranslator {
    private final DerivationOptions options;
    private final String network;
    private final ServiceTranslator services;

    EndpointSliceTranslator(DerivationOptions options, String network, ServiceTranslator services) {
        this.options = options;
        this.network = network;
        this.services = services;
    }

    List<Workload> translate(EndpointSlice slice, Service service) {
        String type = Fields.text(slice.getAddressType());
        if (!type.equals("IPv4") && !type.equals("IPv6")) {
            return List.of();
        }
        return Fields.list(slice.getEndpoints()).stream()
                .filter(endpoint -> !ServiceMembership.isPod(endpoint.getTargetRef()))
                .flatMap(endpoint -> address(endpoint).map(ip -> workload(slice, service, endpoint, ip)).stream())
                .toList();
    }

    /** Kubernetes gives an endpoint's addresses no order beyond the first. */
    private static Optional<IpAddress> address(Endpoint endpoint) {
        return Fields.list(endpoint.getAddresses()).stream().findFirst().flatMap(IpAddress::parse);
    }

    private Workload workload(EndpointSlice slice, Service service, Endpoint endpoint, IpAddress ip) {
        String namespace = Fields.namespace(slice);
        String name = Fields.name(slice);
        var uid = new WorkloadUid(
                options.clusterId() + "/discovery.k8s.io/EndpointSlice/" + namespace + "/" + name + "/" + ip);
        return Workload.builder(uid, namespace, name)
                .trustDomain(options.trustDomain())
                .addresses(List.of(ip))
                .network(network)
                // The address may well be some other workload's: it must not be found by address.
                .networkMode(NetworkMode.HOST_NETWORK)
                .clusterId(options.clusterId())
                .health(isReady(endpoint.getConditions()) ? Health.HEALTHY : Health.UNHEALTHY)
                .services(Map.of(services.key(service), PortResolution.ofSlice(service, slice)))
                .build();
    }

    private static boolean isReady(@Nullable EndpointConditions conditions) {
        return conditions == null || conditions.getReady() == null || conditions.getReady();
    }
}
