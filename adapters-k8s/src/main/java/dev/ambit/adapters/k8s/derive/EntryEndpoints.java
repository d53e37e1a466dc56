package dev.ambit.adapters.k8s.derive;

import dev.ambit.adapters.k8s.derive.Waypoint.Traffic;
import dev.ambit.adapters.k8s.query.Reading;
import dev.ambit.adapters.k8s.translate.EndpointFacts;
import dev.ambit.adapters.k8s.translate.EntryFacts;
import dev.ambit.adapters.k8s.translate.FieldPath;
import dev.ambit.adapters.k8s.translate.WaypointRequest;
import dev.ambit.domain.address.NamespacedHostname;
import dev.ambit.domain.policy.PolicyName;
import dev.ambit.domain.workload.Locality;
import dev.ambit.domain.workload.PortMap;
import dev.ambit.domain.workload.Workload;
import dev.ambit.domain.workload.WorkloadUid;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The workloads that a ServiceEntry writes down itself, or that its hosts are, by name. */
final class EntryEndpoints {
    private static final FieldPath ENDPOINTS = FieldPath.of("spec", "endpoints");

    private final Rules rules;
    private final Reading reading;
    private final EntryFacts entry;
    private final Remarks remarks;

    EntryEndpoints(Rules rules, Reading reading, EntryFacts entry, Remarks remarks) {
        this.rules = rules;
        this.reading = reading;
        this.entry = entry;
        this.remarks = remarks;
    }

    /** Of the hosts that are the entry's. */
    List<Workload> workloads(List<NamespacedHostname> hosts) {
        if (entry.hostsAreEndpoints()) {
            return hosts.stream()
                    .map(host -> workload(byName(host.hostname()), List.of(host), Binding.NONE))
                    .toList();
        }
        Map<WorkloadUid, Workload> workloads = new LinkedHashMap<>();
        for (int i = 0; i < entry.endpoints().size(); i++) {
            EndpointFacts endpoint = entry.endpoints().get(i);
            Binding binding =
                    reading.read(new Bound(rules, entry.namespace(), endpoint.waypoint(), Traffic.WORKLOAD, false));
            Workload workload = new ForeignAddress(reading, remarks, ENDPOINTS.child(i))
                    .checked(endpoint, workload(endpoint, hosts, binding));
            if (workloads.putIfAbsent(workload.uid(), workload) != null) {
                remarks.warn(
                        ENDPOINTS.child(i),
                        "'" + endpoint.written() + "' is written more than once: only its first entry is used");
            }
        }
        return List.copyOf(workloads.values());
    }

    private static EndpointFacts byName(String host) {
        return new EndpointFacts(host, Optional.empty(), Map.of(), "", Locality.UNKNOWN, 0, "", WaypointRequest.NONE);
    }

    private Workload workload(EndpointFacts endpoint, List<NamespacedHostname> hosts, Binding binding) {
        String namespace = entry.namespace();
        var target = new Target(namespace, hosts, entry.ports(), true, entry.waypoint());
        PortMap ports = PortMaps.ofEndpoint(target, endpoint.ports());
        Map<NamespacedHostname, PortMap> services = new HashMap<>();
        hosts.forEach(host -> services.put(host, ports));
        var policies = new ArrayList<PolicyName>(Listed.of(rules, reading, namespace, entry.labels()));
        policies.addAll(GatewayPolicies.of(rules, reading, binding, List.of(target)));
        var uid = new WorkloadUid(rules.options().clusterId() + "/networking.istio.io/ServiceEntry/" + namespace + "/"
                + entry.name() + "/" + endpoint.written());
        return EndpointWorkload.start(rules, reading, uid, namespace, entry.name(), endpoint)
                .tunnelProtocol(entry.tunnel().protocol())
                .nativeTunnel(entry.tunnel().isNative())
                .workloadName(entry.name())
                .canonical(entry.canonical())
                .services(services)
                .policies(policies)
                .waypoint(binding.reference())
                .build();
    }
}
