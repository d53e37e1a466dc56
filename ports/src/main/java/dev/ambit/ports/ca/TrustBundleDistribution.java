package dev.ambit.ports.ca;

/**
 * Puts the trust bundle where proxies look for it before they have talked to anybody: a file, a ConfigMap in every
 * namespace. Safe for use by several threads.
 */
public interface TrustBundleDistribution extends AutoCloseable {

    /**
     * From now on every place is to hold this bundle, places that come later too; a place that somebody else changes or
     * removes is put right. May return before it is done.
     */
    void publish(TrustBundle bundle);

    /** Whether every place known now holds the bundle published last. From memory; false before the first. */
    boolean isEverywhere();

    /** Ends the upkeep. What was put down stays. */
    @Override
    void close();
}
