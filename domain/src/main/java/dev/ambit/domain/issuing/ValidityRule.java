package dev.ambit.domain.issuing;

import java.time.Duration;

/**
 * How long a workload certificate lives, whoever signs it.
 *
 * @param normal for requests that do not say (Istio's DEFAULT_WORKLOAD_CERT_TTL); at least a second
 * @param longest longer requests get this (Istio's MAX_WORKLOAD_CERT_TTL); not less than {@code normal}
 */
public record ValidityRule(Duration normal, Duration longest) {

    private static final Duration SHORTEST = Duration.ofSeconds(1);

    /** Istio's figures. */
    public static final ValidityRule ISTIO = new ValidityRule(Duration.ofHours(24), Duration.ofDays(90));

    public ValidityRule {
        if (normal.compareTo(SHORTEST) < 0 || normal.compareTo(longest) > 0) {
            throw new IllegalArgumentException("default validity of certificates is " + normal
                    + ", must be a second to the longest, which is " + longest);
        }
    }

    /** What a request gets. Zero or less means that it does not say; less than a second gets a second. */
    public Duration granted(Duration asked) {
        if (!asked.isPositive()) {
            return normal;
        }
        Duration capped = asked.compareTo(longest) > 0 ? longest : asked;
        return capped.compareTo(SHORTEST) < 0 ? SHORTEST : capped;
    }
}
