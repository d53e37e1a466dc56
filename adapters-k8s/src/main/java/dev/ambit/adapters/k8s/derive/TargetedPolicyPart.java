package dev.ambit.adapters.k8s.derive;

import dev.ambit.adapters.k8s.derive.Waypoint.Traffic;
import dev.ambit.adapters.k8s.query.Reading;
import dev.ambit.adapters.k8s.translate.DerivationFeatures.Reach;
import dev.ambit.adapters.k8s.translate.FieldPath;
import dev.ambit.adapters.k8s.translate.GatewayFacts.ClassFacts;
import dev.ambit.adapters.k8s.translate.ObjectFacts.Target;
import dev.ambit.adapters.k8s.translate.ObjectFacts.TargetedPolicyFacts;
import dev.ambit.adapters.k8s.translate.ObjectKey;
import dev.ambit.adapters.k8s.translate.WaypointRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Says whether a policy for waypoints reaches any: node proxies do not enforce it. */
record TargetedPolicyPart(Rules rules, ObjectKey key) implements Part.Of {
    private static final String WAYPOINT_CONTROLLER = "istio.io/mesh-controller";
    private static final String ACCEPTED = "Accepted";
    private static final String NOT_FOUND = "TargetNotFound";

    /** What became of one reference. */
    private record Outcome(boolean bound, String reason, String message) {}

    @Override
    public Part answer(Reading reading) {
        Optional<TargetedPolicyFacts> policy = reading.read(Named.targetedPolicy(key));
        if (policy.isEmpty()) {
            return Part.NOTHING;
        }
        var remarks = new Remarks(key);
        var outcomes = new ArrayList<Outcome>();
        List<Target> targets = policy.get().targets();
        for (int i = 0; i < targets.size(); i++) {
            Outcome outcome = outcome(reading, targets.get(i));
            outcomes.add(outcome);
            if (!outcome.bound()) {
                remarks.warn(FieldPath.of("spec", "targetRefs").child(i), outcome.message());
            }
        }
        long bound = outcomes.stream().filter(Outcome::bound).count();
        String reason = bound == outcomes.size()
                ? ACCEPTED
                : bound > 0 ? "PartiallyInvalid" : outcomes.getFirst().reason();
        remarks.condition(
                "WaypointAccepted",
                bound > 0,
                reason,
                String.join("; ", outcomes.stream().map(Outcome::message).toList()));
        return Part.of(List.of(), List.of(), remarks);
    }

    private Outcome outcome(Reading reading, Target target) {
        String home = target.namespace().isEmpty() ? key.namespace() : target.namespace();
        String what = target.kind() + " " + home + "/" + target.name();
        return switch (target.kind()) {
            case "GatewayClass" -> ofClass(reading, target.name());
            case "Gateway" ->
                reading.read(new WaypointNamed(rules, home, target.name())) instanceof WaypointNamed.Found.Ready
                        ? new Outcome(true, ACCEPTED, "bound to " + home + "/" + target.name())
                        : new Outcome(false, NOT_FOUND, what + " is not there, or is no waypoint that is ready");
            case "Service" ->
                reading.read(Named.service(home, target.name()))
                        .map(service -> ofService(reading, what, home, service.waypoint(), false))
                        .orElseGet(() -> new Outcome(false, NOT_FOUND, what + " is not there"));
            case "ServiceEntry" ->
                reading.read(Named.serviceEntry(home, target.name()))
                        .map(entry -> ofService(
                                reading,
                                what,
                                home,
                                entry.waypoint(),
                                EntryReach.of(rules, reading, home) == Reach.NAMESPACE))
                        .orElseGet(() -> new Outcome(false, NOT_FOUND, what + " is not there"));
            default ->
                new Outcome(
                        false,
                        "Invalid",
                        "a policy cannot be attached to kind '" + target.kind()
                                + "': use Gateway, GatewayClass, Service or ServiceEntry");
        };
    }

    private Outcome ofClass(Reading reading, String className) {
        if (!key.namespace().equals(rules.options().rootNamespace())) {
            return new Outcome(
                    false,
                    "Invalid",
                    "a policy for GatewayClass " + className + " belongs into the namespace "
                            + rules.options().rootNamespace());
        }
        Optional<ClassFacts> found = reading.read(Named.gatewayClass(className));
        if (found.isEmpty()) {
            return new Outcome(false, NOT_FOUND, "GatewayClass " + className + " is not there");
        }
        return found.get().controller().equals(WAYPOINT_CONTROLLER)
                ? new Outcome(true, ACCEPTED, "bound to " + className)
                : new Outcome(
                        false,
                        "Invalid",
                        "GatewayClass " + className + " is not one of waypoints: its controller is not "
                                + WAYPOINT_CONTROLLER);
    }

    private Outcome ofService(Reading reading, String what, String home, WaypointRequest request, boolean confined) {
        Binding binding = reading.read(new Bound(rules, home, request, Traffic.SERVICE, confined));
        return binding.waypoint()
                .map(waypoint -> new Outcome(true, ACCEPTED, "bound to " + waypoint))
                .orElseGet(() -> new Outcome(false, "AncestorNotBound", what + " is not behind a waypoint"));
    }
}
