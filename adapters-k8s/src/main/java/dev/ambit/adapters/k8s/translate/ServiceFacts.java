package dev.ambit.adapters.k8s.translate;

import dev.ambit.domain.address.IpAddress;
import dev.ambit.domain.service.AppProtocol;
import dev.ambit.domain.service.IpFamilies;
import java.util.List;
import java.util.Map;

/**
 * All that the mesh wants to know of a Kubernetes Service.
 *
 * @param addresses none for a headless service
 * @param selector empty if its endpoints are written by hand
 * @param trafficDistribution of the spec, else of the annotation; empty if neither says
 * @param ingressUseWaypoint the label's text; empty if there is none
 * @param created seconds since the epoch; 0 when unknown
 */
public record ServiceFacts(
        String namespace,
        String name,
        List<IpAddress> addresses,
        List<PortFacts> ports,
        Map<String, String> selector,
        boolean nodeLocal,
        boolean publishNotReady,
        IpFamilies families,
        String trafficDistribution,
        WaypointRequest waypoint,
        String ingressUseWaypoint,
        Map<String, String> labels,
        long created)
        implements ObjectFacts {
    public ServiceFacts {
        addresses = List.copyOf(addresses);
        ports = List.copyOf(ports);
        selector = Map.copyOf(selector);
        labels = Map.copyOf(labels);
    }

    /**
     * A TCP port.
     *
     * @param target the endpoints' port; 0 if it is named
     * @param targetName empty if the target is a number
     */
    public record PortFacts(int port, String name, int target, String targetName, AppProtocol protocol) {}
}
