package dev.ambit.services.cniagent;

import dev.ambit.domain.enrolment.Capture;
import io.micronaut.context.annotation.ConfigurationProperties;
import java.util.List;

/**
 * Everything an operator can set, read once at start. application.yml names the environment variable and the default of
 * each.
 *
 * @param manifests folder of Kubernetes YAML
 * @param podStatus folder into which this agent reports on pods
 * @param zdsSocket where node proxies connect
 * @param netnsPattern path of a pod's network namespace, with {namespace}, {name} and {uid}
 * @param dnsCapture whether pods that do not say it themselves ask the node proxy for names
 */
@ConfigurationProperties("cni-agent")
public record CniAgentConfig(
        String nodeName,
        String manifests,
        String podStatus,
        String zdsSocket,
        String netnsPattern,
        List<String> excludedNamespaces,
        boolean dnsCapture) {

    private static final String NETNS_PATTERN = "/run/netns/{namespace}-{name}";

    public CniAgentConfig {
        excludedNamespaces = List.copyOf(excludedNamespaces);
        netnsPattern = netnsPattern.isEmpty() ? NETNS_PATTERN : netnsPattern;
        if (nodeName.isEmpty()) {
            throw new IllegalArgumentException("NODE_NAME is not set; it must name the node this agent looks after");
        }
    }

    Capture capture() {
        return dnsCapture ? Capture.CONNECTIONS_AND_NAMES : Capture.CONNECTIONS;
    }
}
