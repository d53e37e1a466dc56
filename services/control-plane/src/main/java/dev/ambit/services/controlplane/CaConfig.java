package dev.ambit.services.controlplane;

import dev.ambit.domain.issuing.NodeCheck.NodeProxyAccount;
import io.micronaut.context.annotation.ConfigurationProperties;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Who signs certificates, for how long and for whom.
 *
 * @param folder of the authority's key, certificate and token key; readable by us alone
 * @param backdate how long before now certificates begin
 * @param nodeProxyAccounts {@code namespace/service-account} of those who may ask on behalf of pods
 * @param tokens folder into which node proxies' tokens are written
 * @param trustBundle file into which the roots are written
 * @param serverNames names in the control plane's own certificate
 */
@ConfigurationProperties("control-plane.ca")
public record CaConfig(
        Provider provider,
        String folder,
        Duration defaultTtl,
        Duration maxTtl,
        Duration backdate,
        List<String> nodeProxyAccounts,
        String tokenAudience,
        Duration tokenTtl,
        String tokens,
        String trustBundle,
        List<String> serverNames) {

    /** The backends. */
    public enum Provider {
        ISTIOD
    }

    public CaConfig {
        nodeProxyAccounts = List.copyOf(nodeProxyAccounts);
        serverNames = List.copyOf(serverNames);
        accounts(nodeProxyAccounts);
    }

    public Set<NodeProxyAccount> accounts() {
        return accounts(nodeProxyAccounts);
    }

    private static Set<NodeProxyAccount> accounts(List<String> texts) {
        var accounts = new LinkedHashSet<NodeProxyAccount>();
        for (String text : texts) {
            List<String> parts = List.of(text.strip().split("/", -1));
            if (parts.size() != 2 || parts.getFirst().isEmpty() || parts.getLast().isEmpty()) {
                throw new IllegalArgumentException("CA_TRUSTED_NODE_ACCOUNTS has '" + text
                        + "'; every entry must be namespace/service-account, such as istio-system/ztunnel");
            }
            accounts.add(new NodeProxyAccount(parts.getFirst(), parts.getLast()));
        }
        return accounts;
    }
}
