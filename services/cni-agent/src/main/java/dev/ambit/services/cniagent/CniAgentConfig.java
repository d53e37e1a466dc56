package dev.ambit.services.cniagent;

import dev.ambit.domain.enrolment.Capture;
import io.micronaut.context.annotation.ConfigurationProperties;
import java.util.List;
import java.util.Locale;

/**
 * Everything an operator can set, read once at start. application.yml names the environment variable and the default of
 * each.
 *
 * @param source {@code kubernetes} or {@code manifests}; empty is the former in a pod of a cluster, the latter elsewhere
 * @param kubeconfig file that says how to reach the API server; empty is the pod's own service account
 * @param serviceHost what Kubernetes tells every pod about its API server; empty outside a cluster
 * @param manifests folder of Kubernetes YAML
 * @param podStatus folder into which this agent reports on pods
 * @param zdsSocket where node proxies connect
 * @param netnsPattern path of a pod's network namespace, with {namespace}, {name} and {uid}
 * @param dnsCapture whether pods that do not say it themselves ask the node proxy for names
 */
@ConfigurationProperties("cni-agent")
public record CniAgentConfig(
        String nodeName,
        String source,
        String kubeconfig,
        String serviceHost,
        String manifests,
        String podStatus,
        String zdsSocket,
        String netnsPattern,
        List<String> excludedNamespaces,
        boolean dnsCapture) {

    private static final String NETNS_PATTERN = "/run/netns/{namespace}-{name}";

    /** The kinds of source there are. */
    public enum Kind {
        KUBERNETES,
        MANIFESTS
    }

    public CniAgentConfig {
        kind(source, serviceHost);
        excludedNamespaces = List.copyOf(excludedNamespaces);
        netnsPattern = netnsPattern.isEmpty() ? NETNS_PATTERN : netnsPattern;
        if (nodeName.isEmpty()) {
            throw new IllegalArgumentException("NODE_NAME is not set; it must name the node this agent looks after");
        }
    }

    Kind kind() {
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

    Capture capture() {
        return dnsCapture ? Capture.CONNECTIONS_AND_NAMES : Capture.CONNECTIONS;
    }
}
