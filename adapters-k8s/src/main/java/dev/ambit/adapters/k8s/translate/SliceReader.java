package dev.ambit.adapters.k8s.translate;

import dev.ambit.adapters.k8s.translate.SliceFacts.EndpointAddress;
import dev.ambit.adapters.k8s.translate.SliceFacts.PodTarget;
import dev.ambit.domain.address.IpAddress;
import dev.ambit.domain.workload.Health;
import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointConditions;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointPort;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** EndpointSlice to {@link SliceFacts}. */
final class SliceReader {
    private static final String SERVICE_NAME = "kubernetes.io/service-name";
    private static final String MANAGED_BY = "endpointslice.kubernetes.io/managed-by";
    /** Writes down what selectors select, which is known from the pods themselves. */
    private static final String SELECTOR_CONTROLLER = "endpointslice-controller.k8s.io";

    private SliceReader() {}

    /** Empty for a slice of no service, and for one of host names. */
    static Optional<SliceFacts> read(EndpointSlice slice) {
        String service = Fields.labels(slice).getOrDefault(SERVICE_NAME, "");
        String type = Fields.text(slice.getAddressType());
        if (service.isEmpty() || (!type.equals("IPv4") && !type.equals("IPv6"))) {
            return Optional.empty();
        }
        return Optional.of(new SliceFacts(
                Fields.namespace(slice), Fields.name(slice), service, ports(slice), endpoints(slice), pods(slice)));
    }

    private static Map<String, Integer> ports(EndpointSlice slice) {
        Map<String, Integer> ports = new HashMap<>();
        for (EndpointPort port : Fields.list(slice.getPorts())) {
            if (port.getPort() != null && ServiceReader.isTcp(port.getProtocol())) {
                ports.putIfAbsent(Fields.text(port.getName()), port.getPort());
            }
        }
        return ports;
    }

    /** Kubernetes gives an endpoint's addresses no order beyond the first. An address that comes again is left out. */
    private static List<EndpointAddress> endpoints(EndpointSlice slice) {
        Map<IpAddress, EndpointAddress> endpoints = new LinkedHashMap<>();
        for (Endpoint endpoint : Fields.list(slice.getEndpoints())) {
            if (!isPod(endpoint.getTargetRef())) {
                Fields.list(endpoint.getAddresses()).stream()
                        .findFirst()
                        .flatMap(IpAddress::parse)
                        .ifPresent(ip ->
                                endpoints.putIfAbsent(ip, new EndpointAddress(ip, health(endpoint.getConditions()))));
            }
        }
        return List.copyOf(endpoints.values());
    }

    private static List<PodTarget> pods(EndpointSlice slice) {
        if (SELECTOR_CONTROLLER.equals(Fields.labels(slice).get(MANAGED_BY))) {
            return List.of();
        }
        return Fields.list(slice.getEndpoints()).stream()
                .map(Endpoint::getTargetRef)
                .filter(SliceReader::isPod)
                .map(target -> new PodTarget(
                        Fields.namespace(slice), Fields.text(target.getName()), Fields.text(target.getUid())))
                .distinct()
                .toList();
    }

    private static boolean isPod(@Nullable ObjectReference target) {
        return target != null && "Pod".equals(target.getKind());
    }

    private static Health health(@Nullable EndpointConditions conditions) {
        boolean ready = conditions == null || conditions.getReady() == null || conditions.getReady();
        return ready ? Health.HEALTHY : Health.UNHEALTHY;
    }
}
