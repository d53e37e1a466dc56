package dev.ambit.services.ztunnel.config;

import java.time.Duration;

/**
 * How this process stops.
 *
 * @param deadline until which connections may finish
 * @param upgradeDeadline the same for pods that another proxy serves by then: it takes the new connections
 */
public record DrainConfig(Duration deadline, Duration upgradeDeadline) {
    private static final Duration DEFAULT = Duration.ofSeconds(5);
    private static final Duration MOST = Duration.ofDays(7);

    /** Kubernetes kills at the end of the grace period: these seconds are left to close what remains in good order. */
    private static final int RESERVE_SECONDS = 5;

    private static final int GRACE_SHORT_SECONDS = 10;

    static DrainConfig read(Settings settings) {
        Duration deadline = settings.optionalDuration("CONNECTION_TERMINATION_DEADLINE", Duration.ZERO, MOST)
                .or(() -> settings.optionalNumber("TERMINATION_GRACE_PERIOD_SECONDS", 0, (int) MOST.toSeconds())
                        .map(DrainConfig::within))
                .orElse(DEFAULT);
        return new DrainConfig(deadline, settings.duration("AMBIT_UPGRADE_DEADLINE", Duration.ZERO, MOST));
    }

    private static Duration within(int graceSeconds) {
        int reserve = graceSeconds > GRACE_SHORT_SECONDS ? RESERVE_SECONDS : 1;
        return Duration.ofSeconds(Math.max(graceSeconds - reserve, 1));
    }
}
