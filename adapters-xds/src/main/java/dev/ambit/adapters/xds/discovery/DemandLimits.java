package dev.ambit.adapters.xds.discovery;

import java.time.Duration;

/**
 * The bounds of discovery on demand.
 *
 * @param namesMax how many names may be followed at once; from three quarters of them on, those that nobody is interested
 *     in are taken back, down to a half
 * @param unansweredMax how many names may wait for an answer at once
 * @param absentTrust how long it is believed that nothing goes by a name before it is asked for again
 */
public record DemandLimits(int namesMax, int unansweredMax, Duration absentTrust) {

    /** A node's pods rarely talk to more; the control plane allows a proxy 10 000. */
    public static final DemandLimits USUAL = new DemandLimits(8_192, 1_024, Duration.ofSeconds(30));

    public DemandLimits {
        if (namesMax < 4 || unansweredMax < 1 || absentTrust.isNegative()) {
            throw new IllegalArgumentException("limits of discovery on demand make no sense: names " + namesMax
                    + ", unanswered " + unansweredMax + ", absent " + absentTrust);
        }
    }
}
