package dev.ambit.adapters.k8s.translate;

import dev.ambit.domain.address.IpAddress;
import dev.ambit.domain.workload.Health;
import java.util.List;
import java.util.Map;

/**
 * What an EndpointSlice says that pods do not say themselves.
 *
 * @param service the service it belongs to
 * @param ports TCP ports by the name of the service's port
 * @param endpoints those that are no pods
 * @param pods those that are, unless a selector put them there
 */
public record SliceFacts(
        String namespace,
        String name,
        String service,
        Map<String, Integer> ports,
        List<EndpointAddress> endpoints,
        List<PodTarget> pods)
        implements ObjectFacts {
    public SliceFacts {
        ports = Map.copyOf(ports);
        endpoints = List.copyOf(endpoints);
        pods = List.copyOf(pods);
    }

    /** An address that somebody wrote by hand. */
    public record EndpointAddress(IpAddress address, Health health) {}

    /** A pod by name; the uid is empty when the slice does not say it. */
    public record PodTarget(String namespace, String name, String uid) {}
}
