package dev.ambit.adapters.k8s.derive;

import dev.ambit.adapters.k8s.derive.Waypoint.Traffic;
import dev.ambit.adapters.k8s.derive.WaypointNamed.Found;
import dev.ambit.adapters.k8s.query.Reading;
import dev.ambit.adapters.k8s.translate.FieldPath;
import dev.ambit.adapters.k8s.translate.WaypointRequest;
import dev.ambit.adapters.k8s.translate.WorkloadEntryFacts;
import dev.ambit.domain.address.NamespacedHostname;
import dev.ambit.domain.policy.PolicyName;
import dev.ambit.domain.workload.ApplicationTunnel;
import dev.ambit.domain.workload.PortMap;
import dev.ambit.domain.workload.WorkloadUid;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The workload that a WorkloadEntry is. */
record WorkloadEntryPart(Rules rules, String namespace, String name) implements Part.Of {

    @Override
    public Part answer(Reading reading) {
        Optional<WorkloadEntryFacts> found = reading.read(Named.workloadEntry(namespace, name));
        if (found.isEmpty()) {
            return Part.NOTHING;
        }
        WorkloadEntryFacts entry = found.get();
        var remarks = new Remarks(Keys.of("WorkloadEntry", namespace, name));
        List<Target> targets = targets(reading, entry);
        Map<NamespacedHostname, PortMap> services = new HashMap<>();
        for (Target target : targets) {
            PortMap ports = PortMaps.ofEndpoint(target, entry.endpoint().ports());
            target.keys().forEach(key -> services.putIfAbsent(key, ports));
        }
        WaypointRequest own = WaypointRequest.ofLabels(entry.labels());
        Optional<Waypoint> itself = waypointOf(reading, entry);
        Binding binding = itself.isPresent()
                ? Binding.NONE
                : reading.read(new Bound(rules, namespace, own, Traffic.WORKLOAD, false));
        WaypointRemarks.ofWorkload(binding, own, remarks);
        var policies = new ArrayList<PolicyName>(Listed.of(rules, reading, namespace, entry.labels()));
        policies.addAll(GatewayPolicies.of(rules, reading, binding, targets));
        var uid = new WorkloadUid(
                rules.options().clusterId() + "/networking.istio.io/WorkloadEntry/" + namespace + "/" + name);
        var workload = EndpointWorkload.start(rules, reading, uid, namespace, name, entry.endpoint())
                .tunnelProtocol(entry.tunnel().protocol())
                .nativeTunnel(entry.tunnel().isNative())
                .applicationTunnel(itself.map(Waypoint::tunnel).orElse(ApplicationTunnel.ABSENT))
                .workloadName(entry.workloadName())
                .canonical(entry.canonical())
                .services(services)
                .policies(policies)
                .waypoint(binding.reference())
                .build();
        return Part.of(
                List.of(new ForeignAddress(reading, remarks, FieldPath.of("spec")).checked(entry.endpoint(), workload)),
                List.of(),
                remarks);
    }

    private List<Target> targets(Reading reading, WorkloadEntryFacts entry) {
        List<Target> targets = Backed.entries(rules, reading, namespace, entry.labels());
        if (rules.options().features().servicesSelectEntries()) {
            targets.addAll(Backed.services(rules, reading, namespace, entry.labels()));
        }
        return targets;
    }

    /** The waypoint of which this is a part, if it is of any. */
    private Optional<Waypoint> waypointOf(Reading reading, WorkloadEntryFacts entry) {
        String gateway = entry.labels().getOrDefault(Claims.GATEWAY_NAME, "");
        return !gateway.isEmpty()
                        && reading.read(new WaypointNamed(rules, namespace, gateway))
                                instanceof Found.Ready(Waypoint waypoint)
                ? Optional.of(waypoint)
                : Optional.empty();
    }
}
