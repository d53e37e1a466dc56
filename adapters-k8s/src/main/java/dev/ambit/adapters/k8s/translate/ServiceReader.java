package dev.ambit.adapters.k8s.translate;

import dev.ambit.adapters.k8s.translate.ServiceFacts.PortFacts;
import dev.ambit.domain.address.IpAddress;
import dev.ambit.domain.service.IpFamilies;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.api.model.ServiceSpec;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Kubernetes Service to {@link ServiceFacts}. */
final class ServiceReader {
    static final String TRAFFIC_DISTRIBUTION = "networking.istio.io/traffic-distribution";
    static final String INGRESS_USE_WAYPOINT = "istio.io/ingress-use-waypoint";
    static final String HEADLESS = "None";

    private ServiceReader() {}

    /** Empty for a service that is only a DNS alias: its name is resolved by DNS, not by the mesh. */
    static Optional<ServiceFacts> read(Service service) {
        ServiceSpec spec = spec(service);
        if (isAlias(service)) {
            return Optional.empty();
        }
        return Optional.of(new ServiceFacts(
                Fields.namespace(service),
                Fields.name(service),
                clusterIps(service).stream()
                        .flatMap(text -> IpAddress.parse(text).stream())
                        .toList(),
                tcpPorts(service).map(ServiceReader::port).toList(),
                Fields.map(spec.getSelector()),
                "Local".equals(spec.getInternalTrafficPolicy()),
                Fields.isTrue(spec.getPublishNotReadyAddresses()),
                ipFamilies(spec),
                distribution(service),
                WaypointRequest.of(service),
                Fields.labels(service).getOrDefault(INGRESS_USE_WAYPOINT, ""),
                Fields.labels(service),
                Fields.created(service)));
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

    private static Stream<ServicePort> tcpPorts(Service service) {
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

    /** A port that says no target is served on its own number. */
    private static PortFacts port(ServicePort port) {
        @Nullable IntOrString target = port.getTargetPort();
        String name = target == null ? "" : Fields.text(target.getStrVal());
        @Nullable Integer number = target == null ? null : target.getIntVal();
        int numeric = number != null ? number : name.isEmpty() ? port.getPort() : 0;
        return new PortFacts(
                port.getPort(), Fields.text(port.getName()), numeric, numeric == 0 ? name : "", AppProtocols.of(port));
    }

    private static String distribution(Service service) {
        String spec = Fields.text(spec(service).getTrafficDistribution());
        return spec.isEmpty() ? Fields.annotations(service).getOrDefault(TRAFFIC_DISTRIBUTION, "") : spec;
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
