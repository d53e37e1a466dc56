package dev.ambit.adapters.k8s.derive;

import dev.ambit.adapters.k8s.derive.Waypoint.Traffic;
import dev.ambit.adapters.k8s.query.Reading;
import dev.ambit.adapters.k8s.translate.NamespaceFacts;
import dev.ambit.adapters.k8s.translate.ServiceFacts;
import dev.ambit.adapters.k8s.translate.ServiceFacts.PortFacts;
import dev.ambit.adapters.k8s.translate.TrafficDistribution;
import dev.ambit.domain.address.Cidr;
import dev.ambit.domain.address.NamespacedHostname;
import dev.ambit.domain.service.LoadBalancing;
import dev.ambit.domain.service.LoadBalancing.HealthPolicy;
import dev.ambit.domain.service.LoadBalancing.Mode;
import dev.ambit.domain.service.LoadBalancing.Scope;
import dev.ambit.domain.service.MeshService;
import dev.ambit.domain.service.ServicePort;
import dev.ambit.domain.service.VirtualAddress;
import dev.ambit.domain.service.Visibility;
import java.util.List;
import java.util.Optional;

/** The mesh service that a Kubernetes Service is. */
record ServicePart(Rules rules, String namespace, String name) implements Part.Of {

    @Override
    public Part answer(Reading reading) {
        Optional<ServiceFacts> found = reading.read(Named.service(namespace, name));
        if (found.isEmpty() || !Sharing.counts(rules, reading, found.get())) {
            return Part.NOTHING;
        }
        ServiceFacts service = found.get();
        NamespaceFacts home = reading.read(Named.namespace(namespace)).orElse(NamespaceFacts.SILENT);
        var remarks = new Remarks(Keys.of("Service", namespace, name));
        Binding binding = reading.read(new Bound(rules, namespace, service.waypoint(), Traffic.SERVICE, false));
        Canary canary = Canary.of(rules, reading, namespace, service.waypoint(), binding);
        Ingress ingress = Ingress.of(service.ingressUseWaypoint(), home.labels().getOrDefault(Ingress.LABEL, ""));
        WaypointRemarks.ofService(binding, canary, ingress, service.waypoint(), remarks);
        String network = reading.read(new LocalNetwork(rules));
        var derived = new MeshService(
                new NamespacedHostname(namespace, rules.options().hostname(name, namespace)),
                name,
                service.addresses().stream()
                        .map(ip -> new VirtualAddress(network, Cidr.host(ip)))
                        .toList(),
                ports(service.ports()),
                List.of(),
                binding.reference(),
                canary.weights(),
                loadBalancing(service, home),
                service.families(),
                true,
                binding.waypoint().isPresent() && ingress == Ingress.THROUGH,
                Visibility.PUBLIC);
        Part part = Part.of(List.of(), List.of(derived), remarks);
        return Sharing.isGlobal(rules, reading, service) ? part.withSharedServices() : part;
    }

    static List<ServicePort> ports(List<PortFacts> ports) {
        return ports.stream()
                .map(port -> new ServicePort(port.port(), port.target(), port.protocol()))
                .toList();
    }

    private static LoadBalancing loadBalancing(ServiceFacts service, NamespaceFacts home) {
        HealthPolicy health = service.publishNotReady() ? HealthPolicy.ALLOW_ALL : HealthPolicy.ONLY_HEALTHY;
        if (service.nodeLocal()) {
            return new LoadBalancing(List.of(Scope.NODE), Mode.STRICT, health);
        }
        return preferring(service.trafficDistribution(), home, health);
    }

    /** What the service says, else what its namespace says. */
    static LoadBalancing preferring(String own, NamespaceFacts home, HealthPolicy health) {
        List<Scope> preference = TrafficDistribution.preference(own.isEmpty() ? home.trafficDistribution() : own);
        return new LoadBalancing(preference, preference.isEmpty() ? Mode.STANDARD : Mode.FAILOVER, health);
    }
}
