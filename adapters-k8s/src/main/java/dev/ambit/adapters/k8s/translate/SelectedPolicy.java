package dev.ambit.adapters.k8s.translate;

import dev.ambit.domain.policy.AuthorizationPolicy;
import java.util.Map;

/**
 * A translated policy with the labels of the workloads that must list it.
 *
 * @param selector empty when the policy's scope says all
 */
public record SelectedPolicy(AuthorizationPolicy policy, Map<String, String> selector) {
    public SelectedPolicy {
        selector = Map.copyOf(selector);
    }
}
