package dev.ambit.adapters.k8s.waypoint;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Whether somebody answers behind a Service, and where it is reached.
 *
 * @param waitsFor what is missing before it is of use
 */
record ServiceState(String host, Optional<String> waitsFor, List<GatewayObject.Address> addresses) {
    ServiceState {
        addresses = List.copyOf(addresses);
    }

    /**
     * Reads it from the Service and its EndpointSlices.
     *
     * @param host by which others know it
     */
    static ServiceState of(String host, Optional<JsonNode> service, Stream<JsonNode> slices) {
        if (service.isEmpty()) {
            return waiting(host, "there is no such Service in the Gateway's namespace");
        }
        boolean answers = slices.flatMap(slice -> slice.path("endpoints").valueStream())
                .anyMatch(endpoint -> endpoint.path("conditions").path("ready").asBoolean(true));
        if (!answers) {
            return waiting(host, "none of its pods is ready");
        }
        JsonNode spec = service.get().path("spec");
        boolean outside = spec.path("type").asText().equals("LoadBalancer");
        List<GatewayObject.Address> addresses = outside ? external(service.get()) : internal(host, spec);
        return outside && addresses.isEmpty()
                ? waiting(host, "its load balancer has no address yet")
                : new ServiceState(host, Optional.empty(), addresses);
    }

    private static ServiceState waiting(String host, String what) {
        return new ServiceState(host, Optional.of(what), List.of());
    }

    private static List<GatewayObject.Address> external(JsonNode service) {
        return service.path("status")
                .path("loadBalancer")
                .path("ingress")
                .valueStream()
                .flatMap(each -> each.path("ip").isTextual()
                        ? Stream.of(
                                new GatewayObject.Address(false, each.path("ip").asText()))
                        : each.path("hostname").isTextual()
                                ? Stream.of(new GatewayObject.Address(
                                        true, each.path("hostname").asText()))
                                : Stream.empty())
                .toList();
    }

    /** Both kinds, since different versions of Istio look for different ones. */
    private static List<GatewayObject.Address> internal(String host, JsonNode spec) {
        var addresses = new ArrayList<GatewayObject.Address>();
        spec.path("clusterIPs")
                .valueStream()
                .map(JsonNode::asText)
                .filter(ip -> !ip.isEmpty() && !ip.equals("None"))
                .forEach(ip -> addresses.add(new GatewayObject.Address(false, ip)));
        addresses.add(new GatewayObject.Address(true, host));
        return addresses;
    }
}
