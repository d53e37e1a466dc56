package dev.ambit.adapters.xds.discovery;

import dev.ambit.adapters.xds.channel.ControlPlane;
import java.time.Duration;
import java.util.Optional;

/**
 * What {@link XdsMeshDiscovery} needs to know.
 *
 * @param messageBytesMax the largest push to accept; a larger one ends the stream
 * @param backoffFirst pause before the first reconnection
 * @param backoffMax longest pause between reconnections
 * @param demand if workloads and services are asked for by name, within which bounds; else everything is subscribed to
 */
public record XdsClientOptions(
        ControlPlane controlPlane,
        NodeIdentity node,
        int messageBytesMax,
        Duration backoffFirst,
        Duration backoffMax,
        Optional<DemandLimits> demand) {

    /** As Istio's ztunnel. */
    public static final int MESSAGE_BYTES_MAX = 200 << 20;

    private static final Duration BACKOFF_FIRST = Duration.ofMillis(10);
    private static final Duration BACKOFF_MAX = Duration.ofSeconds(15);

    public XdsClientOptions {
        if (messageBytesMax <= 0 || !backoffFirst.isPositive() || backoffMax.compareTo(backoffFirst) < 0) {
            throw new IllegalArgumentException("discovery limits make no sense: messageBytesMax " + messageBytesMax
                    + ", back-off " + backoffFirst + " to " + backoffMax);
        }
    }

    /** Subscribes to everything. */
    public XdsClientOptions(
            ControlPlane controlPlane,
            NodeIdentity node,
            int messageBytesMax,
            Duration backoffFirst,
            Duration backoffMax) {
        this(controlPlane, node, messageBytesMax, backoffFirst, backoffMax, Optional.empty());
    }

    /** With Istio's figures for everything else. */
    public static XdsClientOptions of(ControlPlane controlPlane, NodeIdentity node) {
        return new XdsClientOptions(controlPlane, node, MESSAGE_BYTES_MAX, BACKOFF_FIRST, BACKOFF_MAX);
    }

    /** The same, asking by name instead of for everything. */
    public XdsClientOptions onDemand(DemandLimits limits) {
        return new XdsClientOptions(controlPlane, node, messageBytesMax, backoffFirst, backoffMax, Optional.of(limits));
    }
}
