package dev.ambit.adapters.k8s.translate;

import dev.ambit.domain.address.IpAddress;
import dev.ambit.domain.workload.Locality;
import java.util.Map;
import java.util.Optional;

/**
 * An endpoint outside Kubernetes: a WorkloadEntry, or one written inside a ServiceEntry.
 *
 * @param written the address as it is written, an IP address or a host name
 * @param ip the address, if it is one
 * @param ports by the name of the service's port, or of its target
 * @param network empty for the cluster's own
 * @param weight 0 if it does not say
 * @param waypoint what its labels ask for
 */
public record EndpointFacts(
        String written,
        Optional<IpAddress> ip,
        Map<String, Integer> ports,
        String network,
        Locality locality,
        int weight,
        String serviceAccount,
        WaypointRequest waypoint) {
    public EndpointFacts {
        ports = Map.copyOf(ports);
    }
}
