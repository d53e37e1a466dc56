package dev.ambit.adapters.k8s.derive;

import dev.ambit.adapters.k8s.query.Query;
import dev.ambit.adapters.k8s.query.Reading;
import dev.ambit.adapters.k8s.translate.EntryFacts;
import dev.ambit.adapters.k8s.translate.ServiceFacts;
import dev.ambit.adapters.k8s.translate.ServiceFacts.PortFacts;
import dev.ambit.adapters.k8s.translate.WaypointRequest;
import dev.ambit.domain.address.NamespacedHostname;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a workload has to know of a service that it backs.
 *
 * @param keys the service's names; a ServiceEntry may have several, or none that is its own
 * @param entry whether it is a ServiceEntry, of which ports are matched by their own names
 */
record Target(
        String namespace,
        List<NamespacedHostname> keys,
        List<PortFacts> ports,
        boolean entry,
        WaypointRequest waypoint) {

    /** Of a Service. */
    record OfService(Rules rules, String namespace, String name) implements Query<Optional<Target>> {
        @Override
        public Optional<Target> answer(Reading reading) {
            return reading.read(Named.service(namespace, name))
                    .filter(service -> Sharing.counts(rules, reading, service))
                    .map(this::target);
        }

        private Target target(ServiceFacts service) {
            var key = new NamespacedHostname(namespace, rules.options().hostname(name, namespace));
            return new Target(namespace, List.of(key), service.ports(), false, service.waypoint());
        }

        @Override
        public int level() {
            return Rules.OF_ONE_KIND;
        }
    }

    /** Of a ServiceEntry. */
    record OfEntry(Rules rules, String namespace, String name) implements Query<Optional<Target>> {
        @Override
        public Optional<Target> answer(Reading reading) {
            Optional<EntryFacts> entry = reading.read(Named.serviceEntry(namespace, name));
            return entry.map(facts -> {
                var keys = new ArrayList<NamespacedHostname>();
                for (String host : facts.hosts()) {
                    if (reading.read(new Hosts(rules, host)).isOwner(Keys.of(facts))) {
                        keys.add(new NamespacedHostname(namespace, host));
                    }
                }
                return new Target(namespace, keys, facts.ports(), true, facts.waypoint());
            });
        }

        @Override
        public int level() {
            return Rules.OF_SEVERAL;
        }
    }
}
