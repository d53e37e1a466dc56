package dev.ambit.adapters.k8s.translate;

import io.fabric8.kubernetes.api.model.gatewayapi.v1.Gateway;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.Listener;
import java.util.List;
import java.util.Set;

/** What is wrong with a Gateway by itself, as far as it is a waypoint or a way into another network. */
final class GatewayChecks {
    private static final Set<String> TRAFFIC = Set.of("", "service", "workload", "all", "none");
    private static final int LISTENERS_MAX = 64;

    private GatewayChecks() {}

    static void check(Gateway gateway, Findings findings) {
        String traffic = Fields.labels(gateway).getOrDefault(GatewayReader.WAYPOINT_FOR, "");
        if (!TRAFFIC.contains(traffic)) {
            findings.warn(
                    FieldPath.of("metadata", "labels", GatewayReader.WAYPOINT_FOR),
                    "'" + Names.shortened(traffic)
                            + "' is not one of [all, none, service, workload]: nothing can be attached");
        }
        List<Listener> listeners = gateway.getSpec() == null
                ? List.of()
                : Fields.list(gateway.getSpec().getListeners());
        ObjectLimits.size(FieldPath.of("spec", "listeners"), listeners.size(), LISTENERS_MAX, findings);
    }
}
