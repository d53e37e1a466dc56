package dev.ambit.adapters.k8s.derive;

import dev.ambit.adapters.k8s.translate.FieldPath;
import dev.ambit.adapters.k8s.translate.WaypointRequest;

/** Says what became of the waypoint that an object asks for: Istio's condition, and a problem if it went wrong. */
final class WaypointRemarks {
    private static final String BOUND = "istio.io/WaypointBound";
    private static final FieldPath LABEL = FieldPath.of("metadata", "labels", "istio.io/use-waypoint");
    private static final FieldPath CANARY_LABEL = FieldPath.of("metadata", "labels", "istio.io/use-waypoint-canary");

    private WaypointRemarks() {}

    /** Of a service: bound or not, what ingress does, and what is wrong with the canary. */
    static void ofService(Binding binding, Canary canary, Ingress ingress, WaypointRequest own, Remarks remarks) {
        binding.waypoint().ifPresent(waypoint -> {
            var message = new StringBuilder("attached to waypoint ").append(waypoint);
            message.append(ingress.message());
            canary.failure()
                    .ifPresent(failure -> message.append("; the canary waypoint is not attached: ")
                            .append(failure.message()));
            remarks.condition(BOUND, true, "WaypointAccepted", message.toString());
        });
        canary.failure().ifPresent(failure -> remarks.warn(CANARY_LABEL, failure.message()));
        ofFailure(binding, own, remarks);
    }

    /** Of a workload. */
    static void ofWorkload(Binding binding, WaypointRequest own, Remarks remarks) {
        binding.waypoint()
                .ifPresent(waypoint ->
                        remarks.condition(BOUND, true, "WaypointAccepted", "attached to waypoint " + waypoint));
        ofFailure(binding, own, remarks);
    }

    /** Of a pod, whose status is not ours to write. */
    static void ofPod(Binding binding, WaypointRequest own, Remarks remarks) {
        if (own.asks()) {
            binding.failure().ifPresent(failure -> remarks.warn(LABEL, failure.message() + consequence(binding)));
        }
    }

    private static void ofFailure(Binding binding, WaypointRequest own, Remarks remarks) {
        binding.failure().ifPresent(failure -> {
            String message = failure.message() + consequence(binding);
            remarks.condition(BOUND, false, failure.reason(), message);
            if (own.asks()) {
                remarks.warn(LABEL, message);
            }
        });
    }

    static String consequence(Binding binding) {
        return binding.reference().isPresent()
                ? "; until it is attached, traffic is refused"
                : "; until it is attached, traffic goes around it";
    }
}
