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

    public RenewalBackoff {
        if (failures < 0) {
            throw new IllegalArgumentException("failures: " + failures);
        }
    }

    public RenewalBackoff afterFailure() {
        return new RenewalBackoff(Math.min(failures + 1, 30));
    }

    /** The pause before the next attempt; zero before the first failure. */
    public Duration pause(RandomGenerator random) {
        if (failures == 0) {
            return Duration.ZERO;
        }
        double doubled = FIRST.toMillis() * Math.pow(2, failures - 1.0);
        double spread = 1 + (random.nextDouble() * 2 - 1) * SPREAD;
        return Duration.ofMillis((long) Math.min(doubled * spread, (double) LONGEST.toMillis()));
    }
}
