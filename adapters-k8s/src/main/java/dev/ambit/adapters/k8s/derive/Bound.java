package dev.ambit.adapters.k8s.derive;

import dev.ambit.adapters.k8s.derive.Binding.Failure;
import dev.ambit.adapters.k8s.derive.Waypoint.Traffic;
import dev.ambit.adapters.k8s.derive.WaypointNamed.Found;
import dev.ambit.adapters.k8s.query.Query;
import dev.ambit.adapters.k8s.query.Reading;
import dev.ambit.adapters.k8s.translate.DerivationFeatures.UnboundWaypoint;
import dev.ambit.adapters.k8s.translate.NamespaceFacts;
import dev.ambit.adapters.k8s.translate.WaypointRequest;
import dev.ambit.domain.address.NamespacedHostname;
import dev.ambit.domain.workload.GatewayReference;

/**
 * Behind which waypoint an object of a namespace stands. What it asks for itself counts before what its namespace asks
 * for; who asks for a waypoint that cannot be had does not get the namespace's instead.
 *
 * <p>By default who asks and does not get is refused: see {@link UnboundWaypoint}. A workload that merely inherits a
 * waypoint for services asks for nothing.
 *
 * @param confined whether a waypoint of another namespace must not learn of the object
 */
record Bound(Rules rules, String namespace, WaypointRequest own, Traffic traffic, boolean confined)
        implements Query<Binding> {

    @Override
    public Binding answer(Reading reading) {
        if (own.excluded() || own.optsOut()) {
            return Binding.NONE;
        }
        NamespaceFacts home = reading.read(Named.namespace(namespace)).orElse(NamespaceFacts.SILENT);
        boolean inherited = own.isSilent();
        WaypointRequest request = inherited ? home.waypoint() : own;
        if (!request.asks()) {
            return Binding.NONE;
        }
        String gatewayNamespace = request.namespace().isEmpty() ? namespace : request.namespace();
        String asked = gatewayNamespace + "/" + request.name();
        GatewayReference nowhere = refusal(Binding.nowhere(gatewayNamespace, request.name()));
        // Where it will be found as soon as it is there.
        GatewayReference later = refusal(new GatewayReference.ByHostname(
                new NamespacedHostname(gatewayNamespace, rules.options().hostname(request.name(), gatewayNamespace)),
                Rules.HBONE_PORT));
        return switch (reading.read(new WaypointNamed(rules, gatewayNamespace, request.name()))) {
            case Found.Ready(Waypoint waypoint) -> {
                if (!waypoint.admits(namespace, home.labels())) {
                    yield Binding.failed(asked, Failure.denied(asked, namespace), nowhere);
                }
                if (!waypoint.takes(traffic)) {
                    yield inherited && traffic == Traffic.WORKLOAD
                            ? Binding.NONE
                            : Binding.failed(asked, Failure.unsupported(asked, traffic), nowhere);
                }
                yield confined && !gatewayNamespace.equals(namespace)
                        ? Binding.failed(asked, Failure.foreign(asked), nowhere)
                        : Binding.to(waypoint);
            }
            case Found.NotReady(String waypointFor) ->
                inherited && traffic == Traffic.WORKLOAD && !traffic.isIn(waypointFor)
                        ? Binding.NONE
                        : Binding.failed(asked, Failure.notReady(asked), later);
            // What is not there takes services only, as waypoints do that say nothing else.
            case Found.Unknown _ ->
                inherited && traffic == Traffic.WORKLOAD
                        ? Binding.NONE
                        : Binding.failed(asked, Failure.unknown(asked), later);
        };
    }

    private GatewayReference refusal(GatewayReference reference) {
        return rules.options().features().unboundWaypoint() == UnboundWaypoint.REFUSE
                ? reference
                : GatewayReference.none();
    }

    @Override
    public int level() {
        return Rules.OF_LABELS;
    }
}
