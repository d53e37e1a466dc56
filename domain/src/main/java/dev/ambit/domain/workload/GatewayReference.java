package dev.ambit.domain.workload;

import dev.ambit.domain.address.NamespacedHostname;
import dev.ambit.domain.address.NetworkAddress;

/** How a workload or service names the waypoint or network gateway that stands before it. */
public sealed interface GatewayReference {

    /** No gateway. */
    static GatewayReference none() {
        return new None();
    }

    /** No gateway. */
    record None() implements GatewayReference {}

    /** A gateway found by host name: a service first, else a workload. */
    record ByHostname(NamespacedHostname hostname, int hbonePort) implements GatewayReference {}

    /** A gateway found by address: a service VIP or a workload address. */
    record ByAddress(NetworkAddress address, int hbonePort) implements GatewayReference {}

    default boolean isPresent() {
        return !(this instanceof None);
    }
}
