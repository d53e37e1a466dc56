package dev.ambit.adapters.k8s.translate;

import dev.ambit.adapters.k8s.translate.ServiceFacts.PortFacts;
import dev.ambit.domain.address.Cidr;
import dev.ambit.domain.address.IpAddress;
import dev.ambit.domain.workload.CanonicalService;
import java.util.List;
import java.util.Map;

/**
 * All that the mesh wants to know of a ServiceEntry.
 *
 * @param addresses as the spec says them; none if they are to be allocated
 * @param selector of workloads; empty if there is none
 * @param allocates whether hosts without an address get one
 * @param allocated addresses by host that an earlier allocation wrote into the status
 * @param created seconds since the epoch; 0 when unknown
 * @param races whether a connect strategy is asked that only a waypoint can follow
 */
public record EntryFacts(
        String namespace,
        String name,
        List<String> hosts,
        List<Cidr> addresses,
        List<PortFacts> ports,
        Resolution resolution,
        List<EndpointFacts> endpoints,
        Map<String, String> selector,
        List<String> subjectAltNames,
        Map<String, String> labels,
        Tunnel tunnel,
        CanonicalService canonical,
        WaypointRequest waypoint,
        String ingressUseWaypoint,
        String trafficDistribution,
        boolean allocates,
        Map<String, List<IpAddress>> allocated,
        boolean races,
        long created)
        implements ObjectFacts {
    public EntryFacts {
        hosts = List.copyOf(hosts);
        addresses = List.copyOf(addresses);
        ports = List.copyOf(ports);
        endpoints = List.copyOf(endpoints);
        selector = Map.copyOf(selector);
        subjectAltNames = List.copyOf(subjectAltNames);
        labels = Map.copyOf(labels);
        allocated = Map.copyOf(allocated);
    }

    /** How the address of an endpoint is found. */
    public enum Resolution {
        /** It is the one that the caller used. */
        NONE,
        /** It is written down. */
        STATIC,
        /** Its name is asked for. */
        DNS,
        /** The name that the caller used is asked for; needs a waypoint. */
        DYNAMIC_DNS
    }

    /** Whether a host stands for many names. */
    public static boolean isWildcard(String host) {
        return host.startsWith("*");
    }

    /** Whether hosts without endpoints are endpoints themselves, by name. */
    public boolean hostsAreEndpoints() {
        return endpoints.isEmpty()
                && selector.isEmpty()
                && (resolution == Resolution.DNS || resolution == Resolution.DYNAMIC_DNS);
    }

    /** The hosts that are to have an allocated address. */
    public List<String> allocatingHosts() {
        return allocates
                ? hosts.stream()
                        .filter(host -> !isWildcard(host) || resolution == Resolution.DYNAMIC_DNS)
                        .distinct()
                        .toList()
                : List.of();
    }
}
