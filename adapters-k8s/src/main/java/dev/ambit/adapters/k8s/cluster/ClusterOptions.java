package dev.ambit.adapters.k8s.cluster;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * How the API server is reached.
 *
 * @param kubeconfig a file as {@code kubectl} reads it; without one, the service account that the pod was given
 * @param pageSize objects of one page when a kind is listed
 * @param reconnect how long to wait before the first of several attempts to list or watch again; later ones wait twice as
 *     long each, up to 32 times this
 * @param requestTimeout for one request that is no watch
 */
public record ClusterOptions(Optional<Path> kubeconfig, int pageSize, Duration reconnect, Duration requestTimeout) {
    /** 500 is what Kubernetes' own clients ask for; 250 ms to 8 s spare a server that is just coming back. */
    public static final ClusterOptions IN_CLUSTER =
            new ClusterOptions(Optional.empty(), 500, Duration.ofMillis(250), Duration.ofSeconds(30));

    public ClusterOptions withKubeconfig(Path file) {
        return new ClusterOptions(Optional.of(file), pageSize, reconnect, requestTimeout);
    }
}
