package dev.ambit.adapters.k8s.translate;

import dev.ambit.domain.policy.PolicyName;
import java.util.Map;

/**
 * A policy that somebody wrote and that cannot be understood, and of which no earlier version is known. It is enforced in
 * its most closed reading until it can be read: see {@link ClosedPolicies}.
 *
 * @param selector the workloads it is meant for, empty (all of its scope) when that cannot be read either
 */
public record UnreadablePolicy(Kind kind, PolicyName name, Map<String, String> selector) {

    /** What the policy would have decided about. */
    public enum Kind {
        /** An AuthorizationPolicy that is known to be an ALLOW. */
        ALLOW,
        /** An AuthorizationPolicy that is, or may be, a DENY. */
        DENY,
        PEER_AUTHENTICATION
    }

    public UnreadablePolicy {
        selector = Map.copyOf(selector);
    }
}
