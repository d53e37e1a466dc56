package dev.ambit.ports.ca;

/**
 * Puts the trust bundle where proxies look for it before they have talked to anybody: a file, a ConfigMap in every
 * namespace. Safe for use by several threads.
 */
public interface TrustBundleDistribution extends AutoCloseable {

    /**
     * From now on every place is to hold this bundle, places that come later too. May return before it is done. Callers
     * repeat it at least once a minute; then at the latest a place that somebody else has changed or removed is put right.
     */
    void publish(TrustBundle bundle);

    /** Whether every place known now holds this bundle. From memory. */
    boolean isEverywhere(TrustBundle bundle);

    /** Ends the upkeep. What was put down stays. */
    @Override
    void close();
}
