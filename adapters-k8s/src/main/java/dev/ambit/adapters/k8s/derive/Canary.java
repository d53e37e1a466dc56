package dev.ambit.adapters.k8s.derive;

import dev.ambit.adapters.k8s.derive.Binding.Failure;
import dev.ambit.adapters.k8s.derive.Waypoint.Traffic;
import dev.ambit.adapters.k8s.derive.WaypointNamed.Found;
import dev.ambit.adapters.k8s.query.Reading;
import dev.ambit.adapters.k8s.translate.NamespaceFacts;
import dev.ambit.adapters.k8s.translate.WaypointRequest;
import dev.ambit.domain.service.WeightedWaypoint;
import java.util.List;
import java.util.Optional;

/**
 * A second waypoint that takes a part of a service's traffic. Whatever is wrong with it, all traffic stays with the first.
 *
 * @param weights none without a canary
 */
record Canary(List<WeightedWaypoint> weights, Optional<Failure> failure) {
    private static final int WHOLE = 100;
    private static final Canary NONE = new Canary(List.of(), Optional.empty());

    /** The namespace's canary counts for whoever names no waypoint of its own. */
    static Canary of(Rules rules, Reading reading, String namespace, WaypointRequest own, Binding primary) {
        if (primary.waypoint().isEmpty()) {
            return NONE;
        }
        NamespaceFacts home = reading.read(Named.namespace(namespace)).orElse(NamespaceFacts.SILENT);
        WaypointRequest inherited = own.asks() ? WaypointRequest.NONE : home.waypoint();
        WaypointRequest request = own.canary().isEmpty() ? inherited : own;
        if (request.canary().isEmpty()) {
            return NONE;
        }
        String gatewayNamespace = request.canaryNamespace().isEmpty() ? namespace : request.canaryNamespace();
        String asked = gatewayNamespace + "/" + request.canary();
        if (asked.equals(primary.asked())) {
            return failed(Failure.canaryIsPrimary(asked));
        }
        String text = own.canaryWeight().isEmpty() ? inherited.canaryWeight() : own.canaryWeight();
        Optional<Integer> weight = weight(text);
        if (weight.isEmpty()) {
            return failed(Failure.canaryWeight(asked, text));
        }
        Found found = reading.read(new WaypointNamed(rules, gatewayNamespace, request.canary()));
        if (!(found instanceof Found.Ready(Waypoint waypoint))) {
            return failed(found instanceof Found.NotReady ? Failure.notReady(asked) : Failure.unknown(asked));
        }
        if (!waypoint.admits(namespace, home.labels())) {
            return failed(Failure.denied(asked, namespace));
        }
        if (!waypoint.takes(Traffic.SERVICE)) {
            return failed(Failure.unsupported(asked, Traffic.SERVICE));
        }
        return new Canary(
                List.of(
                        new WeightedWaypoint(primary.reference(), WHOLE - weight.get()),
                        new WeightedWaypoint(waypoint.address(), weight.get())),
                Optional.empty());
    }

    private static Canary failed(Failure failure) {
        return new Canary(List.of(), Optional.of(failure));
    }

    /** Nothing written is 0. */
    private static Optional<Integer> weight(String text) {
        if (text.isEmpty()) {
            return Optional.of(0);
        }
        boolean digits = text.length() <= 3 && text.chars().allMatch(c -> c >= '0' && c <= '9');
        return digits ? Optional.of(Integer.parseInt(text)).filter(weight -> weight <= WHOLE) : Optional.empty();
    }
}
