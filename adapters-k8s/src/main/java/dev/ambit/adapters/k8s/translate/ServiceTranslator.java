package dev.ambit.adapters.k8s.translate;

import dev.ambit.domain.address.Cidr;
import dev.ambit.domain.address.IpAddress;
import dev.ambit.domain.address.NamespacedHostname;
import dev.ambit.domain.service.IpFamilies;
import dev.ambit.domain.service.LoadBalancing;
import dev.ambit.domain.service.LoadBalancing.HealthPolicy;
import dev.ambit.domain.service.LoadBalancing.Mode;
import dev.ambit.domain.service.LoadBalancing.Scope;
import dev.ambit.domain.service.MeshService;
import dev.ambit.domain.service.ServicePort;
import dev.ambit.domain.service.VirtualAddress;
import dev.ambit.domain.service.Visibility;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceSpec;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Kubernetes Service to mesh service. */
final class ServiceTranslator {
    static final String TRAFFIC_DISTRIBUTION = "networking.istio.io/traffic-distribution";
    static final String HEADLESS = "None";

    private final DerivationOptions options;
    private final String network;
    private final WaypointLabels waypoints;

    ServiceTranslator(DerivationOptions options, String network) {
        this.options = options;
        this.network = network;
        this.waypoints = new WaypointLabels(options);
    }

    /** Empty for a service that is only a DNS alias. */
    Optional<MeshService> translate(
            Service service, Map<String, String> namespaceLabels, Map<String, String> namespaceAnnotations) {
        if (isAlias(service)) {
            return Optional.empty();
        }
        return Optional.of(new MeshService(
                key(service),
                Fields.name(service),
                clusterIps(service).stream()
                        .flatMap(text -> IpAddress.parse(text).stream())
                        .map(ip -> new VirtualAddress(network, Cidr.host(ip)))
                        .toList(),
                tcpPorts(service).map(ServiceTranslator::port).toList(),
                List.of(),
                waypoints.reference(service, namespaceLabels),
                List.of(),
                loadBalancing(service, namespaceAnnotations),
                ipFamilies(spec(service)),
                true,
                false,
                Visibility.PUBLIC));
    }

    NamespacedHostname key(Service service) {
        String namespace = Fields.namespace(service);
        return new NamespacedHostname(namespace, options.hostname(Fields.name(service), namespace));
    }

    static boolean isAlias(Service service) {
        return "ExternalName".equals(spec(service).getType());
    }

    /** The addresses as written; none for a headless service. */
    static List<String> clusterIps(Service service) {
        List<String> all = Fields.list(spec(service).getClusterIPs());
        List<String> texts = all.isEmpty() ? List.of(Fields.text(spec(service).getClusterIP())) : all;
        return texts.stream()
                .filter(text -> !text.isEmpty() && !text.equals(HEADLESS))
                .toList();
    }

    static Stream<io.fabric8.kubernetes.api.model.ServicePort> tcpPorts(Service service) {
        return Fields.list(spec(service).getPorts()).stream()
                .filter(port -> port.getPort() != null && isTcp(port.getProtocol()));
    }

    static boolean isTcp(@Nullable String protocol) {
        return protocol == null || protocol.isEmpty() || protocol.equals("TCP");
    }

    static ServiceSpec spec(Service service) {
        @Nullable ServiceSpec spec = service.getSpec();
        return spec == null ? new ServiceSpec() : spec;
    }

    private static ServicePort port(io.fabric8.kubernetes.api.model.ServicePort port) {
        return new ServicePort(
                port.getPort(), PortResolution.numericTarget(port).orElse(0), AppProtocols.of(port));
    }

    private static LoadBalancing loadBalancing(Service service, Map<String, String> namespaceAnnotations) {
        ServiceSpec spec = spec(service);
        HealthPolicy health =
                Fields.isTrue(spec.getPublishNotReadyAddresses()) ? HealthPolicy.ALLOW_ALL : HealthPolicy.ONLY_HEALTHY;
        if ("Local".equals(spec.getInternalTrafficPolicy())) {
            return new LoadBalancing(List.of(Scope.NODE), Mode.STRICT, health);
        }
        List<Scope> preference = preference(distribution(service, namespaceAnnotations));
        return new LoadBalancing(preference, preference.isEmpty() ? Mode.STANDARD : Mode.FAILOVER, health);
    }

    private static String distribution(Service service, Map<String, String> namespaceAnnotations) {
        return Stream.of(
                        Fields.text(spec(service).getTrafficDistribution()),
                        Fields.annotations(service).getOrDefault(TRAFFIC_DISTRIBUTION, ""),
                        namespaceAnnotations.getOrDefault(TRAFFIC_DISTRIBUTION, ""))
                .filter(text -> !text.isEmpty())
                .findFirst()
                .orElse("");
    }

    /** Empty also for a value that is not known. */
    static List<Scope> preference(String distribution) {
        return switch (distribution) {
            case "PreferClose", "PreferSameZone" -> List.of(Scope.NETWORK, Scope.REGION, Scope.ZONE);
            case "PreferSameNode" -> List.of(Scope.NETWORK, Scope.REGION, Scope.ZONE, Scope.SUBZONE, Scope.NODE);
            default -> List.of();
        };
    }

    private static IpFamilies ipFamilies(ServiceSpec spec) {
        List<String> families = Fields.list(spec.getIpFamilies());
        boolean v4 = families.contains("IPv4");
        boolean v6 = families.contains("IPv6");
        if (v4 && v6) {
            return IpFamilies.DUAL;
        }
        if (v4) {
            return IpFamilies.IPV4_ONLY;
        }
        return v6 ? IpFamilies.IPV6_ONLY : IpFamilies.AUTOMATIC;
    }
}
