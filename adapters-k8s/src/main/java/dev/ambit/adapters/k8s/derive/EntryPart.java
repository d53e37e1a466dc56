package dev.ambit.adapters.k8s.derive;

import dev.ambit.adapters.k8s.derive.Waypoint.Traffic;
import dev.ambit.adapters.k8s.query.Reading;
import dev.ambit.adapters.k8s.translate.DerivationFeatures.Reach;
import dev.ambit.adapters.k8s.translate.EntryFacts;
import dev.ambit.adapters.k8s.translate.EntryFacts.Resolution;
import dev.ambit.adapters.k8s.translate.FieldPath;
import dev.ambit.adapters.k8s.translate.NamespaceFacts;
import dev.ambit.adapters.k8s.translate.ObjectKey;
import dev.ambit.domain.address.NamespacedHostname;
import dev.ambit.domain.service.IpFamilies;
import dev.ambit.domain.service.LoadBalancing;
import dev.ambit.domain.service.LoadBalancing.HealthPolicy;
import dev.ambit.domain.service.LoadBalancing.Mode;
import dev.ambit.domain.service.MeshService;
import dev.ambit.domain.service.Visibility;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The services that a ServiceEntry is, one per host, and the workloads of the endpoints written in it. */
record EntryPart(Rules rules, String namespace, String name) implements Part.Of {
    private static final FieldPath HOSTS = FieldPath.of("spec", "hosts");
    private static final String VISIBILITY = "istio.io/VisibilityApplied";
    private static final String WAYPOINT_MISSING = "istio.io/WaypointMissing";
    private static final LoadBalancing AS_CALLED =
            new LoadBalancing(List.of(), Mode.PASSTHROUGH, HealthPolicy.ALLOW_ALL);

    @Override
    public Part answer(Reading reading) {
        Optional<EntryFacts> found = reading.read(Named.serviceEntry(namespace, name));
        Reach reach = EntryReach.of(rules, reading, namespace);
        if (found.isEmpty() || reach == Reach.NONE) {
            return Part.NOTHING;
        }
        EntryFacts entry = found.get();
        var remarks = new Remarks(Keys.of(entry));
        List<MeshService> services = services(reading, entry, reach, remarks);
        List<NamespacedHostname> keys = services.stream().map(MeshService::key).toList();
        var workloads = keys.isEmpty()
                ? List.<dev.ambit.domain.workload.Workload>of()
                : new EntryEndpoints(rules, reading, entry, remarks).workloads(keys);
        return Part.of(workloads, services, remarks);
    }

    private List<MeshService> services(Reading reading, EntryFacts entry, Reach reach, Remarks remarks) {
        NamespaceFacts home = reading.read(Named.namespace(namespace)).orElse(NamespaceFacts.SILENT);
        boolean confined = reach == Reach.NAMESPACE;
        Binding binding = reading.read(new Bound(rules, namespace, entry.waypoint(), Traffic.SERVICE, confined));
        Canary canary = Canary.of(rules, reading, namespace, entry.waypoint(), binding);
        Ingress ingress = Ingress.of(entry.ingressUseWaypoint(), home.labels().getOrDefault(Ingress.LABEL, ""));
        WaypointRemarks.ofService(binding, canary, ingress, entry.waypoint(), remarks);
        remarkOnNeeds(entry, binding, reach, remarks);
        var addresses = new EntryAddresses(rules, reading, entry, remarks);
        var services = new ArrayList<MeshService>();
        for (int i = 0; i < entry.hosts().size(); i++) {
            String host = entry.hosts().get(i);
            Hosts.Owners owners = reading.read(new Hosts(rules, host));
            ObjectKey key = Keys.of(entry);
            if (!owners.isOwner(key)) {
                remarks.reject(
                        HOSTS.child(i),
                        "'" + host + "' is already that of "
                                + owners.byNamespace().get(namespace)
                                + " in this namespace, which is older or a Service: take it out of one of them");
                continue;
            }
            services.add(new MeshService(
                    new NamespacedHostname(namespace, host),
                    name,
                    addresses.of(host),
                    ServicePart.ports(entry.ports()),
                    entry.subjectAltNames(),
                    binding.reference(),
                    canary.weights(),
                    entry.resolution() == Resolution.NONE
                            ? AS_CALLED
                            : ServicePart.preferring(entry.trafficDistribution(), home, HealthPolicy.ONLY_HEALTHY),
                    IpFamilies.AUTOMATIC,
                    owners.isCanonical(key),
                    binding.waypoint().isPresent() && ingress == Ingress.THROUGH,
                    confined ? Visibility.NAMESPACE : Visibility.PUBLIC));
        }
        return services;
    }

    private void remarkOnNeeds(EntryFacts entry, Binding binding, Reach reach, Remarks remarks) {
        if (binding.waypoint().isEmpty()) {
            if (entry.hosts().stream().anyMatch(EntryFacts::isWildcard)
                    && entry.resolution() == Resolution.DYNAMIC_DNS) {
                remarks.condition(
                        WAYPOINT_MISSING,
                        true,
                        "NoWaypointForWildcardService",
                        "names below a wildcard are found by a waypoint only: the entry does nothing without one");
            }
            if (entry.races()) {
                remarks.condition(
                        WAYPOINT_MISSING,
                        true,
                        "NoWaypointForRacingConnectStrategy",
                        "a connect strategy is followed by a waypoint only: it does nothing without one");
            }
        }
        if (!rules.options().features().entryVisibility().isEmpty()) {
            boolean everybody = reach == Reach.PUBLIC;
            remarks.condition(
                    VISIBILITY,
                    true,
                    everybody ? "Public" : "Namespace",
                    everybody ? "visible to the whole mesh" : "visible in its own namespace only");
        }
    }
}
