package dev.ambit.adapters.istiodca;

import dev.ambit.domain.identity.TrustDomain;
import java.time.Duration;

/**
 * How the authority signs.
 *
 * @param trustDomain the only trust domain it signs for, and the organisation a new root is named after
 * @param validityMax longer requests get this (Istio's MAX_WORKLOAD_CERT_TTL); a second to the root's lifetime
 * @param validityUnseen how long certificates may live that were signed with a root before it was seen here, by istiod or
 *     before a restart with plugged-in certificates; a rotation waits for their end
 * @param rootLifetime of a root that is created here; an hour to 30 years
 * @param backdating how long before now certificates begin, for peers whose clocks are late; 0 to an hour
 * @param settle how long a stage of a rotation lasts at least: until the trust bundle is on the disks of those who read it
 *     before they talk to the control plane; a second to a week
 */
public record IstiodCaOptions(
        TrustDomain trustDomain,
        Duration validityMax,
        Duration validityUnseen,
        Duration rootLifetime,
        Duration backdating,
        Duration settle) {

    private static final Duration YEAR = Duration.ofDays(365);

    public IstiodCaOptions {
        inRange("validity of certificates signed elsewhere", validityUnseen, Duration.ZERO, YEAR.multipliedBy(30));
        inRange("root lifetime", rootLifetime, Duration.ofHours(1), YEAR.multipliedBy(30));
        inRange("longest validity", validityMax, Duration.ofSeconds(1), rootLifetime);
        inRange("back-dating", backdating, Duration.ZERO, Duration.ofHours(1));
        inRange("least time of a rotation's stage", settle, Duration.ofSeconds(1), Duration.ofDays(7));
    }

    /**
     * Istio's numbers: at most 90 days, a root of ten years, two minutes of back-dating; and ten minutes to settle, and Istio's 24 hours for
     * certificates signed elsewhere.
     */
    public static IstiodCaOptions defaults(TrustDomain trustDomain) {
        return new IstiodCaOptions(
                trustDomain,
                Duration.ofDays(90),
                Duration.ofHours(24),
                YEAR.multipliedBy(10),
                Duration.ofMinutes(2),
                Duration.ofMinutes(10));
    }

    private static void inRange(String name, Duration value, Duration min, Duration max) {
        if (value.compareTo(min) < 0 || value.compareTo(max) > 0) {
            throw new IllegalArgumentException(
                    name + " of the certificate authority is " + value + ", must be " + min + " to " + max);
        }
    }
}
