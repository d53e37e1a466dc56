package dev.ambit.adapters.k8s.translate;

import dev.ambit.domain.policy.AuthorizationPolicy;
import java.util.Map;

/**
 * A translated policy with the labels of the workloads that must list it.
 *
 * @param selector empty when the policy's scope says all
 */
record SelectedPolicy(AuthorizationPolicy policy, Map<String, String> selector) {
    SelectedPolicy {
        selector = Map.copyOf(selector);
    }

    /** Whether a workload must name this policy: selector policies of its own namespace and of the root namespace. */
    boolean isListedBy(String namespace, Map<String, String> labels, String rootNamespace) {
        String home = policy.name().namespace();
        return policy.scope() == AuthorizationPolicy.Scope.WORKLOAD_SELECTOR
                && (home.equals(namespace) || home.equals(rootNamespace))
                && Fields.selects(selector, labels);
    }
}
