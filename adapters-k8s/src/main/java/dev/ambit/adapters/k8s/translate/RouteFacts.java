package dev.ambit.adapters.k8s.translate;

import java.util.List;

/**
 * What a route of the Gateway API refers to: HTTPRoute, GRPCRoute, TCPRoute or TLSRoute. What it does with requests is a
 * waypoint's to read.
 */
public record RouteFacts(String kind, String namespace, String name, List<Parent> parents, List<Backend> backends)
        implements ObjectFacts, ObjectFacts.OfSeveralKinds {
    public RouteFacts {
        parents = List.copyOf(parents);
        backends = List.copyOf(backends);
    }

    /**
     * What a route is attached to, as it is written.
     *
     * @param group of the kind; empty for the core kinds
     * @param namespace empty for the route's own
     * @param section empty for all of it
     * @param port 0 for all ports
     */
    public record Parent(String group, String kind, String namespace, String name, String section, int port) {}

    /**
     * Where a route sends something.
     *
     * @param at the reference in the object
     * @param namespace empty for the route's own
     * @param port 0 if none is written
     */
    public record Backend(FieldPath at, String group, String kind, String namespace, String name, int port) {}
}
