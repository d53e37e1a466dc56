package dev.ambit.adapters.k8s.derive;

import dev.ambit.adapters.k8s.derive.Waypoint.Traffic;
import dev.ambit.adapters.k8s.query.Query;
import dev.ambit.adapters.k8s.query.Reading;
import dev.ambit.adapters.k8s.translate.WaypointRequest;
import dev.ambit.domain.workload.GatewayReference;
import java.util.Set;

/** What every pod of a namespace has in common: asked once per namespace, not once per pod. */
record Surroundings(Rules rules, String namespace) implements Query<Surroundings.Known> {

    /**
     * The common part.
     *
     * @param binding for a pod that asks for no waypoint itself
     * @param slicedPods pods that hand-written EndpointSlices name
     */
    record Known(String network, GatewayReference networkGateway, Binding binding, Set<String> slicedPods) {}

    @Override
    public Known answer(Reading reading) {
        String network = reading.read(new LocalNetwork(rules));
        return new Known(
                network,
                reading.read(new NetworkGateways(rules, network)),
                reading.read(new Bound(rules, namespace, WaypointRequest.NONE, Traffic.WORKLOAD, false)),
                Set.copyOf(reading.read(Members.slicedPods(namespace))));
    }

    @Override
    public int level() {
        return Rules.OF_NAMESPACES;
    }
}
