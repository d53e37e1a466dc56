package dev.ambit.adapters.k8s.cluster;

import java.time.Duration;

/**
 * How other clusters of the mesh are followed.
 *
 * @param timeout how long the first state waits for those that are known by then; zero: until all have arrived
 * @param clustersMax further ones are not followed
 */
public record RemoteClusterOptions(Duration timeout, int clustersMax) {
    /** Istio's time; a cluster costs a connection and memory for its pods. */
    public static final RemoteClusterOptions DEFAULTS = new RemoteClusterOptions(Duration.ofSeconds(30), 64);

    public RemoteClusterOptions {
        if (timeout.isNegative() || clustersMax < 0) {
            throw new IllegalArgumentException("timeout " + timeout + ", clusters " + clustersMax);
        }
    }
}
