package dev.ambit.domain.identity;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long to wait before asking the certificate authority again: about 1 s, doubled per failure, at most 150 s, and
 * spread by a fifth either way so that a fleet does not ask in step (the figures of Istio's ztunnel).
 */
public record RenewalBackoff(int failures) {

    public static final RenewalBackoff NONE = new RenewalBackoff(0);

    private static final Duration FIRST = Duration.ofSeconds(1);
    private static final Duration LONGEST = Duration.ofSeconds(150);
    private static final double SPREAD = 0.2;
    private static final int COUNTED_MAX = 30;

    public RenewalBackoff {
        if (failures < 0) {
            throw new IllegalArgumentException("failures: " + failures);
        }
    }

    public RenewalBackoff afterFailure() {
        return failures >= COUNTED_MAX ? this : new RenewalBackoff(failures + 1);
    }

    /** The pause before the next attempt; zero before the first failure. */
    public Duration pause(RandomGenerator random) {
        if (failures == 0) {
            return Duration.ZERO;
        }
        // The limit holds before spreading: an outage that lasts must not bring the fleet back into step.
        double doubled = Math.min(FIRST.toMillis() * Math.pow(2, failures - 1.0), LONGEST.toMillis() / (1 + SPREAD));
        double spread = 1 + (random.nextDouble() * 2 - 1) * SPREAD;
        return Duration.ofMillis(Math.round(doubled * spread));
    }
}
