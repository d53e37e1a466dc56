package dev.ambit.services.controlplane.standalone;

import dev.ambit.adapters.istiodca.token.TokenFolder;
import dev.ambit.services.controlplane.issuing.LivePods;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives proxies on this machine (of a node, or of one pod) what kubelet and API server would give them in a cluster: a bound
 * token each.
 */
public final class NodeProxyFiles {
    private static final Logger LOG = LoggerFactory.getLogger(NodeProxyFiles.class);

    private final TokenFolder tokens;
    private final LivePods pods;

    public NodeProxyFiles(TokenFolder tokens, LivePods pods) {
        this.tokens = tokens;
        this.pods = pods;
    }

    /** Makes the token folder fit the node proxies there are now, and renews what grows old. */
    public void updateTokens() {
        TokenFolder.Outcome outcome = tokens.update(pods.callers());
        if (outcome.written() + outcome.removed() > 0) {
            LOG.info("proxies' tokens updated\twritten={} removed={}", outcome.written(), outcome.removed());
        }
        outcome.problems().forEach(problem -> LOG.error("token of a proxy\tproblem=\"{}\"", problem));
    }
}
