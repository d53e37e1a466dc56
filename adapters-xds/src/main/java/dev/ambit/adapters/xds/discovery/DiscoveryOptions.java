package dev.ambit.adapters.xds.discovery;

import dev.ambit.domain.view.ChangePacing;

/**
 * How hard the control plane pushes.
 *
 * @param pacing when changes go out
 * @param pushesMax large pushes at a time
 * @param pushBytesMax bytes of large pushes that the network has not taken yet
 */
public record DiscoveryOptions(ChangePacing pacing, int pushesMax, long pushBytesMax) {
    private static final long PUSH_BYTES = 96L << 20;

    public DiscoveryOptions {
        if (pushesMax < 1 || pushBytesMax < 1) {
            throw new IllegalArgumentException(
                    "at least one push and one byte must be allowed: " + pushesMax + ", " + pushBytesMax);
        }
    }

    /** Istio's rule for how many: 15, and 5 for each processor, but no more than 100. */
    public static DiscoveryOptions of(ChangePacing pacing, int processors) {
        return new DiscoveryOptions(pacing, Math.min(15 + 5 * processors, 100), PUSH_BYTES);
    }
}
