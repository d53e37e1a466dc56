package dev.ambit.services.controlplane;

import io.micronaut.context.annotation.ConfigurationProperties;
import java.util.Locale;

/**
 * Where the configuration is read from.
 *
 * @param source {@code kubernetes} or {@code manifests}; empty is the former in a pod of a cluster, the latter elsewhere
 * @param kubeconfig file that says how to reach the API server; empty is the pod's own service account
 * @param serviceHost what Kubernetes tells every pod about its API server; empty outside a cluster
 * @param podName this replica's pod, the beginning of its name among those that may lead; may be empty
 * @param manifests folder of Kubernetes YAML
 * @param podStatus folder into which node agents report on pods
 */
@ConfigurationProperties("control-plane")
public record SourceConfig(
        String source, String kubeconfig, String serviceHost, String podName, String manifests, String podStatus) {

    /** The kinds of source there are. */
    public enum Kind {
        KUBERNETES,
        MANIFESTS
    }

    public SourceConfig {
        kind(source, serviceHost);
    }

    public Kind kind() {
        return kind(source, serviceHost);
    }

    private static Kind kind(String source, String serviceHost) {
        return switch (source.toLowerCase(Locale.ROOT)) {
            case "" -> serviceHost.isEmpty() ? Kind.MANIFESTS : Kind.KUBERNETES;
            case "kubernetes" -> Kind.KUBERNETES;
            case "manifests" -> Kind.MANIFESTS;
            default ->
                throw new IllegalArgumentException(
                        "CONFIG_SOURCE is '" + source + "'; it must be kubernetes or manifests, or not set");
        };
    }
}
