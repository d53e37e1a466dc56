package dev.ambit.adapters.xds.discovery;

import dev.ambit.domain.service.MeshService;
import dev.ambit.domain.workload.GatewayReference;
import dev.ambit.domain.workload.Workload;
import java.util.LinkedHashSet;
import java.util.Set;

/** The xDS names of the waypoints and network gateways that a resource refers to. */
final class GatewayNames {

    static Set<String> of(Workload workload) {
        var names = new LinkedHashSet<String>();
        add(workload.waypoint(), names);
        add(workload.networkGateway(), names);
        return Set.copyOf(names);
    }

    static Set<String> of(MeshService service) {
        var names = new LinkedHashSet<String>();
        add(service.waypoint(), names);
        service.weightedWaypoints().forEach(weighted -> add(weighted.destination(), names));
        return Set.copyOf(names);
    }

    private static void add(GatewayReference reference, Set<String> names) {
        switch (reference) {
            case GatewayReference.None() -> {}
            case GatewayReference.ByHostname(var hostname, int _) -> names.add(hostname.toString());
            case GatewayReference.ByAddress(var address, int _) -> names.add(address.toString());
        }
    }

    private GatewayNames() {}
}
