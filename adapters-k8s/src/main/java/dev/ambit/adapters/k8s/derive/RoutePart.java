package dev.ambit.adapters.k8s.derive;

import dev.ambit.adapters.k8s.derive.Waypoint.Traffic;
import dev.ambit.adapters.k8s.query.Reading;
import dev.ambit.adapters.k8s.translate.DerivationFeatures.Reach;
import dev.ambit.adapters.k8s.translate.EntryFacts;
import dev.ambit.adapters.k8s.translate.FieldPath;
import dev.ambit.adapters.k8s.translate.GatewayFacts;
import dev.ambit.adapters.k8s.translate.ObjectKey;
import dev.ambit.adapters.k8s.translate.RouteFacts;
import dev.ambit.adapters.k8s.translate.RouteFacts.Parent;
import dev.ambit.adapters.k8s.translate.ServiceFacts;
import dev.ambit.adapters.k8s.translate.ServiceFacts.PortFacts;
import dev.ambit.adapters.k8s.translate.WaypointRequest;
import java.util.List;
import java.util.Optional;

/**
 * Says whether a route reaches a waypoint, and whether what it refers to is there: node proxies follow no routes. About
 * parents that are Gateways of somebody else nothing is said.
 */
record RoutePart(Rules rules, ObjectKey key) implements Part.Of {
    static final String GATEWAY_GROUP = "gateway.networking.k8s.io";
    static final String ENTRY_GROUP = "networking.istio.io";
    private static final String WAYPOINT_CONTROLLER = "istio.io/mesh-controller";
    private static final FieldPath PARENTS = FieldPath.of("spec", "parentRefs");

    /** What became of one reference. */
    record Outcome(boolean fine, String reason, String message) {
        static Outcome fine(String reason, String message) {
            return new Outcome(true, reason, message);
        }

        static Outcome not(String reason, String message) {
            return new Outcome(false, reason, message);
        }
    }

    @Override
    public Part answer(Reading reading) {
        Optional<RouteFacts> found = reading.read(Named.route(key));
        if (found.isEmpty()) {
            return Part.NOTHING;
        }
        RouteFacts route = found.get();
        var remarks = new Remarks(key);
        Outcome resolved = new RouteBackends(reading, route).resolved(remarks);
        for (int i = 0; i < route.parents().size(); i++) {
            Parent parent = route.parents().get(i);
            Optional<Outcome> accepted = accepted(reading, parent);
            if (accepted.isPresent()) {
                Outcome outcome = accepted.get();
                if (!outcome.fine()) {
                    remarks.warn(PARENTS.child(i), outcome.message());
                }
                remarks.condition(parent, "Accepted", outcome.fine(), outcome.reason(), outcome.message());
                remarks.condition(parent, "ResolvedRefs", resolved.fine(), resolved.reason(), resolved.message());
            }
        }
        return Part.of(List.of(), List.of(), remarks);
    }

    /** Empty if somebody else is to say it. */
    private Optional<Outcome> accepted(Reading reading, Parent parent) {
        String home = parent.namespace().isEmpty() ? key.namespace() : parent.namespace();
        String what = parent.kind() + " " + home + "/" + parent.name();
        return switch (parent.group() + "/" + parent.kind()) {
            case "/Service" ->
                Optional.of(reading.read(Named.service(home, parent.name()))
                        .map(service -> ofService(reading, service, parent, home, what))
                        .orElseGet(() -> missing(what)));
            case ENTRY_GROUP + "/ServiceEntry" ->
                Optional.of(reading.read(Named.serviceEntry(home, parent.name()))
                        .map(entry -> ofEntry(reading, entry, parent, home, what))
                        .orElseGet(() -> missing(what)));
            case GATEWAY_GROUP + "/Gateway" -> ofGateway(reading, home, parent.name());
            default -> Optional.empty();
        };
    }

    private static Outcome missing(String what) {
        return Outcome.not("NoMatchingParent", what + " is not there");
    }

    private Outcome ofService(Reading reading, ServiceFacts service, Parent parent, String home, String what) {
        return through(reading, service.ports(), service.waypoint(), false, parent, home, what);
    }

    private Outcome ofEntry(Reading reading, EntryFacts entry, Parent parent, String home, String what) {
        boolean confined = EntryReach.of(rules, reading, home) == Reach.NAMESPACE;
        return through(reading, entry.ports(), entry.waypoint(), confined, parent, home, what);
    }

    private Outcome through(
            Reading reading,
            List<PortFacts> ports,
            WaypointRequest request,
            boolean confined,
            Parent parent,
            String home,
            String what) {
        if (ports.stream().noneMatch(port -> isMeant(port, parent))) {
            return Outcome.not("NoMatchingParent", what + " has no port that is meant by " + written(parent));
        }
        if (!home.equals(key.namespace())) {
            return Outcome.not(
                    "NotAllowedByListeners",
                    what + " is in another namespace: a waypoint follows the routes of the service's own only");
        }
        Binding binding = reading.read(new Bound(rules, home, request, Traffic.SERVICE, confined));
        return binding.waypoint()
                .map(waypoint -> Outcome.fine("Accepted", "followed by waypoint " + waypoint))
                .orElseGet(() ->
                        Outcome.not("NoWaypoint", what + " is behind no waypoint, and node proxies follow no routes"));
    }

    private static boolean isMeant(PortFacts port, Parent parent) {
        return (parent.port() == 0 || port.port() == parent.port())
                && (parent.section().isEmpty() || port.name().equals(parent.section()));
    }

    private static String written(Parent parent) {
        if (parent.port() == 0 && parent.section().isEmpty()) {
            return "the route";
        }
        return (parent.port() == 0 ? "" : "port " + parent.port())
                + (parent.section().isEmpty() ? "" : " sectionName " + parent.section());
    }

    /** Only a waypoint is ours; what is behind it is routed by being a route's parent itself. */
    private static Optional<Outcome> ofGateway(Reading reading, String home, String name) {
        return reading.read(Named.gateway(home, name))
                .map(GatewayFacts::className)
                .flatMap(className -> reading.read(Named.gatewayClass(className)))
                .filter(ofClass -> ofClass.controller().equals(WAYPOINT_CONTROLLER))
                .map(_ -> Outcome.not(
                        "NotAllowedByListeners",
                        "Gateway " + home + "/" + name
                                + " is a waypoint: attach the route to the Service or ServiceEntry behind it"));
    }
}
