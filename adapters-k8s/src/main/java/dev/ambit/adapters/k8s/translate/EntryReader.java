package dev.ambit.adapters.k8s.translate;

import dev.ambit.adapters.k8s.translate.EntryFacts.Resolution;
import dev.ambit.adapters.k8s.translate.ServiceFacts.PortFacts;
import dev.ambit.domain.address.Cidr;
import dev.ambit.domain.address.IpAddress;
import dev.ambit.domain.workload.Locality;
import io.fabric8.istio.api.api.networking.v1alpha3.ServiceEntryAddress;
import io.fabric8.istio.api.api.networking.v1alpha3.ServiceEntryResolution;
import io.fabric8.istio.api.api.networking.v1alpha3.ServicePort;
import io.fabric8.istio.api.networking.v1.ServiceEntry;
import io.fabric8.istio.api.networking.v1.WorkloadEntry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** ServiceEntry and WorkloadEntry to their facts. */
final class EntryReader {
    static final String AUTO_ALLOCATE = "networking.istio.io/enable-autoallocate-ip";
    private static final String CONNECT_STRATEGY = "istio.io/connect-strategy";
    private static final String RACE = "RACE_FIRST_TCP_CONNECT";
    private static final String AUTO_REGISTRATION_GROUP = "istio.io/autoRegistrationGroup";
    private static final String WORKLOAD_NAME = "service.istio.io/workload-name";

    private EntryReader() {}

    static EntryFacts read(ServiceEntry entry) {
        var spec = spec(entry);
        Map<String, String> labels = Fields.labels(entry);
        Map<String, String> annotations = Fields.annotations(entry);
        return new EntryFacts(
                Fields.namespace(entry),
                Fields.name(entry),
                Fields.list(spec.getHosts()).stream()
                        .map(host -> host.toLowerCase(Locale.ROOT))
                        .distinct()
                        .toList(),
                Fields.list(spec.getAddresses()).stream()
                        .flatMap(text -> Cidr.parse(text).stream())
                        .distinct()
                        .toList(),
                Fields.list(spec.getPorts()).stream()
                        .filter(port -> port.getNumber() != null && !"UDP".equalsIgnoreCase(port.getProtocol()))
                        .map(EntryReader::port)
                        .toList(),
                resolution(spec.getResolution()),
                Fields.list(spec.getEndpoints()).stream()
                        .map(endpoint -> endpoint(endpoint, Fields.map(endpoint.getLabels())))
                        .toList(),
                selector(spec),
                Fields.list(spec.getSubjectAltNames()),
                labels,
                Tunnel.of(labels, annotations),
                PodReader.canonical(labels, Fields.name(entry)),
                WaypointRequest.of(entry),
                labels.getOrDefault(ServiceReader.INGRESS_USE_WAYPOINT, ""),
                annotations.getOrDefault(ServiceReader.TRAFFIC_DISTRIBUTION, ""),
                allocates(spec, labels),
                allocated(entry),
                RACE.equals(annotations.get(CONNECT_STRATEGY)),
                Fields.created(entry));
    }

    static WorkloadEntryFacts read(WorkloadEntry entry) {
        var written = entry.getSpec();
        var spec = written == null ? new io.fabric8.istio.api.api.networking.v1alpha3.WorkloadEntry() : written;
        Map<String, String> labels = new HashMap<>(Fields.map(spec.getLabels()));
        labels.putAll(Fields.labels(entry));
        Map<String, String> annotations = Fields.annotations(entry);
        String workloadName = annotations.getOrDefault(
                AUTO_REGISTRATION_GROUP, labels.getOrDefault(WORKLOAD_NAME, Fields.name(entry)));
        return new WorkloadEntryFacts(
                Fields.namespace(entry),
                Fields.name(entry),
                endpoint(spec, labels),
                labels,
                Tunnel.of(labels, annotations),
                workloadName,
                PodReader.canonical(labels, workloadName));
    }

    static io.fabric8.istio.api.api.networking.v1alpha3.ServiceEntry spec(ServiceEntry entry) {
        var spec = entry.getSpec();
        return spec == null ? new io.fabric8.istio.api.api.networking.v1alpha3.ServiceEntry() : spec;
    }

    static Map<String, String> selector(io.fabric8.istio.api.api.networking.v1alpha3.ServiceEntry spec) {
        return spec.getWorkloadSelector() == null
                ? Map.of()
                : Fields.map(spec.getWorkloadSelector().getLabels());
    }

    /** Nothing written means NONE, as in the API. */
    static Resolution resolution(@Nullable ServiceEntryResolution written) {
        return switch (written) {
            case null -> Resolution.NONE;
            case NONE -> Resolution.NONE;
            case STATIC -> Resolution.STATIC;
            case DNS, DNS_ROUND_ROBIN -> Resolution.DNS;
            case DYNAMIC_DNS -> Resolution.DYNAMIC_DNS;
        };
    }

    private static PortFacts port(ServicePort port) {
        int number = port.getNumber().intValue();
        int target = port.getTargetPort() == null || port.getTargetPort() == 0
                ? number
                : port.getTargetPort().intValue();
        return new PortFacts(
                number,
                Fields.text(port.getName()),
                target,
                "",
                AppProtocols.named(Fields.text(port.getProtocol()).toLowerCase(Locale.ROOT)));
    }

    private static EndpointFacts endpoint(
            io.fabric8.istio.api.api.networking.v1alpha3.WorkloadEntry endpoint, Map<String, String> labels) {
        String address = Fields.text(endpoint.getAddress());
        Map<String, Integer> ports = new HashMap<>();
        Fields.map(endpoint.getPorts()).forEach((name, port) -> ports.put(name, port.intValue()));
        return new EndpointFacts(
                address,
                IpAddress.parse(address),
                ports,
                Fields.text(endpoint.getNetwork()),
                locality(Fields.text(endpoint.getLocality())),
                endpoint.getWeight() == null ? 0 : endpoint.getWeight().intValue(),
                Fields.text(endpoint.getServiceAccount()),
                WaypointRequest.ofLabels(labels));
    }

    /** {@code region/zone/subzone}, of which the later parts may be missing. */
    private static Locality locality(String text) {
        String[] parts = text.split("/", -1);
        return new Locality(parts[0], parts.length > 1 ? parts[1] : "", parts.length > 2 ? parts[2] : "");
    }

    private static boolean allocates(
            io.fabric8.istio.api.api.networking.v1alpha3.ServiceEntry spec, Map<String, String> labels) {
        return resolution(spec.getResolution()) != Resolution.NONE
                && Fields.list(spec.getAddresses()).isEmpty()
                && !"false".equalsIgnoreCase(labels.get(AUTO_ALLOCATE));
    }

    private static Map<String, List<IpAddress>> allocated(ServiceEntry entry) {
        Map<String, List<IpAddress>> byHost = new LinkedHashMap<>();
        if (entry.getStatus() != null) {
            for (ServiceEntryAddress address : Fields.list(entry.getStatus().getAddresses())) {
                IpAddress.parse(Fields.text(address.getValue()))
                        .ifPresent(ip -> byHost.computeIfAbsent(
                                        Fields.text(address.getHost()).toLowerCase(Locale.ROOT), _ -> new ArrayList<>())
                                .add(ip));
            }
        }
        byHost.replaceAll((_, addresses) -> List.copyOf(addresses));
        return byHost;
    }
}
