package dev.ambit.adapters.k8s.derive;

import dev.ambit.domain.address.NamespacedHostname;
import dev.ambit.domain.workload.GatewayReference;
import java.util.Optional;

/**
 * Behind which waypoint something stands.
 *
 * @param asked the waypoint that was asked for, as {@code namespace/name}; empty if none was
 * @param waypoint the one it got
 * @param failure why it got none
 * @param reference what proxies are told; present without a waypoint if traffic is to be refused until there is one
 */
record Binding(String asked, Optional<Waypoint> waypoint, Optional<Failure> failure, GatewayReference reference) {
    static final Binding NONE = new Binding("", Optional.empty(), Optional.empty(), GatewayReference.none());

    /** Why a waypoint cannot be used; the reason is Istio's word for it. */
    record Failure(String reason, String message) {
        static Failure notReady(String waypoint) {
            return new Failure(
                    "WaypointIsNotReady", "waypoint " + waypoint + " is not ready: its Gateway has no address yet");
        }

        static Failure unknown(String waypoint) {
            return new Failure(
                    "WaypointIsNotReady", "waypoint " + waypoint + " is not ready: there is no such Gateway");
        }

        static Failure denied(String waypoint, String namespace) {
            return new Failure(
                    "AttachmentDenied",
                    "waypoint " + waypoint + " does not admit the namespace " + namespace
                            + ": see allowedRoutes of its listener");
        }

        static Failure unsupported(String waypoint, Waypoint.Traffic traffic) {
            String kind = switch (traffic) {
                case SERVICE -> "services";
                case WORKLOAD -> "workloads";
            };
            return new Failure(
                    "UnsupportedTrafficType",
                    "waypoint " + waypoint + " does not take traffic to " + kind
                            + ": see its label istio.io/waypoint-for");
        }

        static Failure foreign(String waypoint) {
            return new Failure(
                    "CrossNamespaceWaypointForbidden",
                    "waypoint " + waypoint + " is in another namespace, to which this entry is not visible");
        }

        static Failure canaryIsPrimary(String waypoint) {
            return new Failure("CanarySameAsPrimary", "canary waypoint " + waypoint + " is the waypoint itself");
        }

        static Failure canaryWeight(String waypoint, String text) {
            return new Failure(
                    "CanaryInvalidWeight",
                    "the weight '" + text + "' of canary waypoint " + waypoint
                            + " is not a whole number from 0 to 100");
        }
    }

    static Binding to(Waypoint waypoint) {
        return new Binding(waypoint.toString(), Optional.of(waypoint), Optional.empty(), waypoint.address());
    }

    static Binding failed(String asked, Failure failure, GatewayReference reference) {
        return new Binding(asked, Optional.empty(), Optional.of(failure), reference);
    }

    /** A name that nothing can have (RFC 6761, 6.4). */
    static GatewayReference nowhere(String namespace, String name) {
        return new GatewayReference.ByHostname(
                new NamespacedHostname(namespace, name + ".unbound.invalid"), Rules.HBONE_PORT);
    }
}
