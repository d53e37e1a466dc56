package dev.ambit.services.controlplane;

import dev.ambit.adapters.k8s.cluster.RemoteClusterOptions;
import io.micronaut.context.annotation.ConfigurationProperties;
import java.time.Duration;

/** How other clusters of the mesh are followed. */
@ConfigurationProperties("control-plane.remote")
public record RemoteConfig(Duration timeout, int clustersMax) {
    private static final int MOST = 1_000;

    public RemoteConfig {
        if (timeout.isNegative()) {
            throw new IllegalArgumentException("PILOT_REMOTE_CLUSTER_TIMEOUT is " + timeout
                    + "; it must be a duration such as 30s, or 0s to wait until every cluster has answered");
        }
        if (clustersMax < 1 || clustersMax > MOST) {
            throw new IllegalArgumentException(
                    "AMBIT_REMOTE_CLUSTERS_MAX is " + clustersMax + "; it must be from 1 to " + MOST);
        }
    }

    RemoteClusterOptions options() {
        return new RemoteClusterOptions(timeout, clustersMax);
    }
}
