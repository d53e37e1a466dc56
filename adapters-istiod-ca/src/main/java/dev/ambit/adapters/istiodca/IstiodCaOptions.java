package dev.ambit.adapters.istiodca;

import dev.ambit.domain.identity.TrustDomain;
import java.time.Duration;

/**
 * How the authority signs.
 *
 * @param trustDomain the only trust domain it signs for, and the organisation a new root is named after
 * @param validityDefault for requests that do not say (Istio's DEFAULT_WORKLOAD_CERT_TTL); at least a minute
 * @param validityMax longer requests get this (Istio's MAX_WORKLOAD_CERT_TTL); at most the root's lifetime
 * @param rootLifetime of a root that is created here; an hour to 30 years
 * @param backdating how long before now certificates begin, for peers whose clocks are late; 0 to an hour
 */
public record IstiodCaOptions(
        TrustDomain trustDomain,
        Duration validityDefault,
        Duration validityMax,
        Duration rootLifetime,
        Duration backdating) {

    private static final Duration YEAR = Duration.ofDays(365);

    public IstiodCaOptions {
        inRange("root lifetime", rootLifetime, Duration.ofHours(1), YEAR.multipliedBy(30));
        inRange("longest validity", validityMax, Duration.ofMinutes(1), rootLifetime);
        inRange("default validity", validityDefault, Duration.ofMinutes(1), validityMax);
        inRange("back-dating", backdating, Duration.ZERO, Duration.ofHours(1));
    }

    /** Istio's numbers: 24 hours, at most 90 days, a root of ten years, two minutes of back-dating. */
    public static IstiodCaOptions defaults(TrustDomain trustDomain) {
        return new IstiodCaOptions(
                trustDomain, Duration.ofHours(24), Duration.ofDays(90), YEAR.multipliedBy(10), Duration.ofMinutes(2));
    }

    private static void inRange(String name, Duration value, Duration min, Duration max) {
        if (value.compareTo(min) < 0 || value.compareTo(max) > 0) {
            throw new IllegalArgumentException(
                    name + " of the certificate authority is " + value + ", must be " + min + " to " + max);
        }
    }
}
