package dev.ambit.adapters.xds.ca;

import dev.ambit.adapters.xds.channel.ControlPlane;
import java.time.Duration;

/**
 * What {@link XdsCertificateSource} needs to know.
 *
 * @param validity how long certificates should live; the authority may shorten it
 * @param deadline of one request
 * @param onBehalf whether requests are for workloads of our node, which the authority must be told, or for ourselves
 */
public record CaClientOptions(ControlPlane controlPlane, Duration validity, Duration deadline, boolean onBehalf) {

    private static final Duration VALIDITY = Duration.ofHours(24);
    private static final Duration DEADLINE = Duration.ofSeconds(10);

    public CaClientOptions {
        if (validity.toSeconds() <= 0 || !deadline.isPositive()) {
            throw new IllegalArgumentException(
                    "certificate request times make no sense: validity " + validity + ", deadline " + deadline);
        }
    }

    /** On behalf of workloads. */
    public CaClientOptions(ControlPlane controlPlane, Duration validity, Duration deadline) {
        this(controlPlane, validity, deadline, true);
    }

    /** With Istio's figures: certificates of 24 hours, answers within 10 seconds. */
    public static CaClientOptions of(ControlPlane controlPlane) {
        return new CaClientOptions(controlPlane, VALIDITY, DEADLINE);
    }
}
