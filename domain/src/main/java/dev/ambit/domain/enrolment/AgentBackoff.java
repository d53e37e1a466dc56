package dev.ambit.domain.enrolment;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long a node proxy waits before it turns to the node agent again: doubled per failure up to 15 s, and spread by a fifth
 * either way so that proxies which lost an agent together do not come back in step. The figures are those of Istio's ztunnel.
 *
 * @param first the pause after the first failure
 * @param failures in a row
 */
public record AgentBackoff(Duration first, int failures) {
    private static final Duration LONGEST = Duration.ofSeconds(15);
    private static final double SPREAD = 0.2;
    private static final int COUNTED_MAX = 30;

    /** The agent's socket cannot be connected to. */
    public static final AgentBackoff CONNECTING = new AgentBackoff(Duration.ofMillis(20), 0);

    /** The agent was reached and the connection ended before its pods were known. */
    public static final AgentBackoff ANNOUNCING = new AgentBackoff(Duration.ofMillis(5), 0);

    public AgentBackoff {
        if (first.isNegative() || first.isZero() || first.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(
                    "first pause: " + first + ", must be more than nothing and at most " + LONGEST);
        }
        if (failures < 0) {
            throw new IllegalArgumentException("failures: " + failures);
        }
    }

    public AgentBackoff afterFailure() {
        return failures >= COUNTED_MAX ? this : new AgentBackoff(first, failures + 1);
    }

    /** The pause before the next attempt; zero before the first failure. */
    public Duration pause(RandomGenerator random) {
        if (failures == 0) {
            return Duration.ZERO;
        }
        // The limit holds before spreading: an outage that lasts must not bring the proxies back into step.
        double doubled = Math.min(first.toNanos() * Math.pow(2, failures - 1.0), LONGEST.toNanos() / (1 + SPREAD));
        double spread = 1 + (random.nextDouble() * 2 - 1) * SPREAD;
        return Duration.ofNanos(Math.round(doubled * spread));
    }
}
