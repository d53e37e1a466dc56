package dev.ambit.adapters.k8s.cluster;

import java.time.Duration;

/**
 * Which Lease decides who leads, and its times.
 *
 * @param identity of this candidate; no other may have it
 * @param duration how long a leader that says nothing more is still believed to lead
 * @param renewal how often a leader says that it is there, and others look
 */
public record LeaseTerms(String namespace, String name, String identity, Duration duration, Duration renewal) {
    /** Kubernetes' own components use 15 s and 2 s. */
    public static LeaseTerms of(String namespace, String name, String identity) {
        return new LeaseTerms(namespace, name, identity, Duration.ofSeconds(15), Duration.ofSeconds(2));
    }

    public LeaseTerms {
        if (renewal.multipliedBy(3).compareTo(duration) > 0) {
            throw new IllegalArgumentException(
                    "a lease of " + duration + " must be renewed at least three times as often, not every " + renewal);
        }
    }
}
