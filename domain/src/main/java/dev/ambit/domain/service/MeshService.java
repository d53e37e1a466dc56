package dev.ambit.domain.service;

import dev.ambit.domain.address.NamespacedHostname;
import dev.ambit.domain.workload.GatewayReference;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A service of the mesh as WDS describes it (istio.workload.Service). "Service" alone would mean one of our processes.
 *
 * @param name short name
 * @param addresses where it answers; empty for a headless service
 * @param subjectAltNames further SPIFFE identities that its endpoints may present
 * @param canonical whether this entry wins when several namespaces define the host name
 */
public record MeshService(
        NamespacedHostname key,
        String name,
        List<VirtualAddress> addresses,
        List<ServicePort> ports,
        List<String> subjectAltNames,
        GatewayReference waypoint,
        List<WeightedWaypoint> weightedWaypoints,
        LoadBalancing loadBalancing,
        IpFamilies ipFamilies,
        boolean canonical,
        boolean ingressUseWaypoint,
        Visibility visibility) {

    public MeshService {
        Objects.requireNonNull(key);
        addresses = List.copyOf(addresses);
        ports = List.copyOf(ports);
        subjectAltNames = List.copyOf(subjectAltNames);
        weightedWaypoints = List.copyOf(weightedWaypoints);
    }

    /** A service with defaults for everything a plain cluster-IP service does not say. */
    public static MeshService plain(
            NamespacedHostname key, String name, List<VirtualAddress> addresses, List<ServicePort> ports) {
        return new MeshService(
                key,
                name,
                addresses,
                ports,
                List.of(),
                GatewayReference.none(),
                List.of(),
                LoadBalancing.STANDARD,
                IpFamilies.AUTOMATIC,
                true,
                false,
                Visibility.PUBLIC);
    }

    public String namespace() {
        return key.namespace();
    }

    public String hostname() {
        return key.hostname();
    }

    public Optional<ServicePort> port(int servicePort) {
        for (ServicePort port : ports) {
            if (port.servicePort() == servicePort) {
                return Optional.of(port);
            }
        }
        return Optional.empty();
    }

    public MeshService withWaypoint(GatewayReference reference) {
        return new MeshService(
                key,
                name,
                addresses,
                ports,
                subjectAltNames,
                reference,
                weightedWaypoints,
                loadBalancing,
                ipFamilies,
                canonical,
                ingressUseWaypoint,
                visibility);
    }

    public MeshService withLoadBalancing(LoadBalancing balancing) {
        return new MeshService(
                key,
                name,
                addresses,
                ports,
                subjectAltNames,
                waypoint,
                weightedWaypoints,
                balancing,
                ipFamilies,
                canonical,
                ingressUseWaypoint,
                visibility);
    }

    public MeshService withAddresses(List<VirtualAddress> others) {
        return new MeshService(
                key,
                name,
                others,
                ports,
                subjectAltNames,
                waypoint,
                weightedWaypoints,
                loadBalancing,
                ipFamilies,
                canonical,
                ingressUseWaypoint,
                visibility);
    }

    public MeshService withSubjectAltNames(List<String> names) {
        return new MeshService(
                key,
                name,
                addresses,
                ports,
                names,
                waypoint,
                weightedWaypoints,
                loadBalancing,
                ipFamilies,
                canonical,
                ingressUseWaypoint,
                visibility);
    }
}
