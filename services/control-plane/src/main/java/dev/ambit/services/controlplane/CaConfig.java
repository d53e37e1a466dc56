package dev.ambit.services.controlplane;

import dev.ambit.domain.issuing.NodeCheck.NodeProxyAccount;
import dev.ambit.services.controlplane.issuing.LivePods.PodName;
import io.micronaut.context.annotation.ConfigurationProperties;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Who signs certificates, for how long and for whom.
 *
 * @param folder of the authority's key, certificate and token key; readable by us alone
 * @param backdate how long before now certificates begin
 * @param pluggedIn folder of certificates that go before a root of our own, if there are any
 * @param rotationSettle how long a stage of a rotation lasts at least
 * @param jwt whose tokens are accepted outside a cluster, JSON as Istio's JWT_RULE; empty for none
 * @param nodeProxyAccounts {@code namespace/service-account} of those who may ask on behalf of pods
 * @param workloadTokens {@code namespace/pod} of those that have a proxy of their own, which gets a token as node proxies do
 * @param tokenAudiences of which a token must have one; the tokens that we make ourselves have the first
 * @param tokens folder into which proxies' tokens are written
 * @param trustBundle file into which the roots are written
 * @param serverNames names in the control plane's own certificate
 */
@ConfigurationProperties("control-plane.ca")
public record CaConfig(
        String provider,
        String folder,
        Duration defaultTtl,
        Duration maxTtl,
        Duration backdate,
        String pluggedIn,
        Duration rotationSettle,
        String jwt,
        List<String> nodeProxyAccounts,
        List<String> workloadTokens,
        List<String> tokenAudiences,
        Duration tokenTtl,
        String tokens,
        String trustBundle,
        List<String> serverNames) {

    /** Nothing outlives the root. */
    private static final Duration LONGEST = Duration.ofDays(3650);

    /** Kubernetes' figure; tokens are looked after once a minute. */
    private static final Duration TOKEN_TTL_MIN = Duration.ofMinutes(10);

    private static final Duration TOKEN_TTL_MAX = Duration.ofDays(1);

    /** The backends. */
    public enum Provider {
        /** The built-in one, with a root of its own or certificates that are plugged in. */
        ISTIOD,
        /** HashiCorp Vault's PKI engine. */
        VAULT;

        private static Provider named(String text) {
            for (Provider provider : values()) {
                if (provider.name().equalsIgnoreCase(text)) {
                    return provider;
                }
            }
            throw new IllegalArgumentException(
                    "CA_PROVIDER is '" + text + "', which this version does not have; choose "
                            + Stream.of(values())
                                    .map(provider -> provider.name().toLowerCase(Locale.ROOT))
                                    .collect(Collectors.joining(" or ")));
        }
    }

    public CaConfig {
        Provider.named(provider);
        within("MAX_WORKLOAD_CERT_TTL", maxTtl, Duration.ofMinutes(1), LONGEST);
        within("DEFAULT_WORKLOAD_CERT_TTL", defaultTtl, Duration.ofMinutes(1), maxTtl);
        within("CA_BACKDATE", backdate, Duration.ZERO, Duration.ofHours(1));
        within("CA_ROTATION_SETTLE", rotationSettle, Duration.ofSeconds(1), Duration.ofDays(7));
        JwtRule.parse(jwt);
        tokenAudiences = tokenAudiences.stream()
                .map(String::strip)
                .filter(text -> !text.isEmpty())
                .toList();
        if (tokenAudiences.isEmpty()) {
            throw new IllegalArgumentException(
                    "TOKEN_AUDIENCES is empty; it must name an audience at least, such as istio-ca");
        }
        within("TOKEN_TTL", tokenTtl, TOKEN_TTL_MIN, TOKEN_TTL_MAX);
        nodeProxyAccounts = List.copyOf(nodeProxyAccounts);
        // A variable that is set to nothing names nobody.
        workloadTokens = workloadTokens.stream().filter(text -> !text.isBlank()).toList();
        serverNames = List.copyOf(serverNames);
        accounts(nodeProxyAccounts);
        ownProxies(workloadTokens);
    }

    public Provider providerKind() {
        return Provider.named(provider);
    }

    private static void within(String variable, Duration value, Duration least, Duration most) {
        if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
            throw new IllegalArgumentException(variable + " is " + value.toSeconds() + "s; it must be between "
                    + least.toSeconds() + "s and " + most.toSeconds() + "s");
        }
    }

    Optional<JwtRule> jwtRule() {
        return JwtRule.parse(jwt);
    }

    public Set<NodeProxyAccount> accounts() {
        return accounts(nodeProxyAccounts);
    }

    public Set<PodName> ownProxies() {
        return ownProxies(workloadTokens);
    }

    private static Set<NodeProxyAccount> accounts(List<String> texts) {
        String form = "namespace/service-account, such as istio-system/ztunnel";
        return pairs("CA_TRUSTED_NODE_ACCOUNTS", form, texts, NodeProxyAccount::new);
    }

    private static Set<PodName> ownProxies(List<String> texts) {
        return pairs("WORKLOAD_TOKENS", "namespace/pod, such as shop/cart-0", texts, PodName::new);
    }

    private static <T> Set<T> pairs(
            String variable, String form, List<String> texts, BiFunction<String, String, T> make) {
        var pairs = new LinkedHashSet<T>();
        for (String text : texts) {
            List<String> parts = List.of(text.strip().split("/", -1));
            if (parts.size() != 2
                    || parts.getFirst().isEmpty()
                    || parts.getLast().isEmpty()) {
                throw new IllegalArgumentException(variable + " has '" + text + "'; every entry must be " + form);
            }
            pairs.add(make.apply(parts.getFirst(), parts.getLast()));
        }
        return pairs;
    }
}
