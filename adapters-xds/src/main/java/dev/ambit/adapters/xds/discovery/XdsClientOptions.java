package dev.ambit.adapters.xds.discovery;

import dev.ambit.adapters.xds.channel.ControlPlane;
import java.time.Duration;

/**
 * What {@link XdsMeshDiscovery} needs to know.
 *
 * @param messageBytesMax the largest push to accept; a larger one ends the stream
 * @param backoffFirst pause before the first reconnection
 * @param backoffMax longest pause between reconnections
 */
public record XdsClientOptions(
        ControlPlane controlPlane, NodeIdentity node, int messageBytesMax, Duration backoffFirst, Duration backoffMax) {

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

    /** With Istio's figures for everything else. */
    public static XdsClientOptions of(ControlPlane controlPlane, NodeIdentity node) {
        return new XdsClientOptions(controlPlane, node, MESSAGE_BYTES_MAX, BACKOFF_FIRST, BACKOFF_MAX);
    }
}
