package dev.ambit.adapters.xds.discovery;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long to wait before the next stream: doubled each time a stream was of no use, back to the first pause when it was.
 *
 * <p>Istio's ztunnel decides by status code and reconnects at once when a stream ends well; a control plane that only
 * ever answers with such a code would be asked a hundred times a second.
 */
final class ReconnectBackoff {
    private static final double SPREAD = 0.2;

    private final Duration first;
    private final Duration longest;
    private final RandomGenerator random;
    private Duration next;

    ReconnectBackoff(Duration first, Duration longest, RandomGenerator random) {
        this.first = first;
        this.longest = longest;
        this.random = random;
        this.next = first;
    }

    /** The pause after a stream; spread by a fifth so that a fleet does not reconnect in step. */
    Duration pauseAfter(boolean usefulStream) {
        if (usefulStream) {
            next = first;
        }
        Duration pause = next;
        next = min(next.multipliedBy(2));
        double spread = 1 + (random.nextDouble() * 2 - 1) * SPREAD;
        return min(Duration.ofNanos((long) (pause.toNanos() * spread)));
    }

    private Duration min(Duration pause) {
        return pause.compareTo(longest) > 0 ? longest : pause;
    }
}
