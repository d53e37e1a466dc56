package dev.ambit.domain.flow;

import dev.ambit.domain.address.NamespacedHostname;
import dev.ambit.domain.address.NetworkAddress;
import dev.ambit.domain.identity.SpiffeId;
import dev.ambit.domain.workload.GatewayReference;
import dev.ambit.domain.workload.PodRef;
import dev.ambit.domain.workload.WorkloadUid;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/**
 * What the plan of an outbound connection rests on, as the mesh was when it was made. Connections with equal bases are
 * judged together.
 *
 * @param identity the calling pod's
 * @param dialled the address the application dialled, in this proxy's network
 * @param service the service there, if there is one
 * @param waypoints the waypoints in force of which the next hop is an instance; empty when there is no waypoint on the way
 * @param endpoint the workload at the next hop, if the mesh knows one there
 * @param tunnelled whether mutual TLS protects the connection from here on
 */
public record OutboundBasis(
        PodRef source,
        SpiffeId identity,
        NetworkAddress dialled,
        Optional<ServiceBasis> service,
        Set<GatewayReference> waypoints,
        Optional<EndpointBasis> endpoint,
        boolean tunnelled) {

    public OutboundBasis {
        waypoints = Set.copyOf(waypoints);
    }

    /**
     * A service as far as a live connection to it rests on it.
     *
     * @param identities further identities that its endpoints may present
     */
    public record ServiceBasis(NamespacedHostname key, Set<String> identities) {
        public ServiceBasis {
            identities = Set.copyOf(identities);
        }
    }

    /** A workload as far as a live connection to it rests on it. */
    public record EndpointBasis(WorkloadUid uid, SpiffeId identity) {}

    /** Changes of which parts of the mesh may make the plan another. */
    public Set<Dependency> dependencies() {
        var all = new LinkedHashSet<Dependency>();
        all.add(new Dependency.OnPod(source.namespace(), source.name()));
        all.add(new Dependency.OnAddress(dialled));
        service.ifPresent(known -> all.add(new Dependency.OnService(known.key())));
        endpoint.ifPresent(known -> all.add(new Dependency.OnWorkload(known.uid())));
        return all;
    }
}
