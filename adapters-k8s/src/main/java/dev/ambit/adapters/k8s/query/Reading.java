package dev.ambit.adapters.k8s.query;

/** Lets a query read the answers of others; what it reads is what it depends on. */
public interface Reading {

    /**
     * The answer as of now.
     *
     * @throws RuntimeException if finding that answer failed: the same for everyone who reads it
     */
    <V> V read(Query<V> query);
}
