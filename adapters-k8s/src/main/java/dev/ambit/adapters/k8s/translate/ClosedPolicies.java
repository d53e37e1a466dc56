package dev.ambit.adapters.k8s.translate;

import dev.ambit.domain.policy.AuthorizationPolicy;
import dev.ambit.domain.policy.AuthorizationPolicy.Action;
import dev.ambit.domain.policy.AuthorizationPolicy.Rule;
import dev.ambit.domain.policy.AuthorizationPolicy.Scope;
import dev.ambit.domain.policy.PeerAuthentication;
import dev.ambit.domain.policy.PolicyName;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * The most closed reading of a policy that cannot be understood, so that a mistake never opens a workload:
 *
 * <ul>
 *   <li>an ALLOW becomes an ALLOW without rules: only what other ALLOW policies let in gets in;
 *   <li>a DENY, or a policy whose action cannot be read, denies everything;
 *   <li>a PeerAuthentication becomes STRICT, younger than every other of its level.
 * </ul>
 */
public final class ClosedPolicies {
    /** A rule without clauses holds for every connection. */
    static final Rule EVERYTHING = new Rule(List.of());

    private ClosedPolicies() {}

    /** An AuthorizationPolicy of which no more is known. */
    public static SelectedPolicy authorization(UnreadablePolicy unreadable, String rootNamespace) {
        boolean allow = unreadable.kind() == UnreadablePolicy.Kind.ALLOW;
        var policy = new AuthorizationPolicy(
                unreadable.name(),
                scope(unreadable.name(), unreadable.selector(), rootNamespace),
                allow ? Action.ALLOW : Action.DENY,
                false,
                allow ? List.of() : List.of(EVERYTHING));
        return new SelectedPolicy(policy, unreadable.selector());
    }

    /** A PeerAuthentication of which no more is known. */
    public static PeerAuthentication peerAuthentication(UnreadablePolicy unreadable) {
        return new PeerAuthentication(
                unreadable.name(), unreadable.selector(), Instant.MAX, PeerAuthentication.Mode.STRICT, Map.of());
    }

    /** Two of one name: a DENY counts before an ALLOW, and if they are not meant for the same workloads, then for all. */
    public static UnreadablePolicy both(UnreadablePolicy one, UnreadablePolicy other) {
        boolean deny = one.kind() == UnreadablePolicy.Kind.DENY || other.kind() == UnreadablePolicy.Kind.DENY;
        return new UnreadablePolicy(
                deny ? UnreadablePolicy.Kind.DENY : one.kind(),
                one.name(),
                one.selector().equals(other.selector()) ? one.selector() : Map.of());
    }

    static Scope scope(PolicyName name, Map<String, String> selector, String rootNamespace) {
        if (!selector.isEmpty()) {
            return Scope.WORKLOAD_SELECTOR;
        }
        return name.namespace().equals(rootNamespace) ? Scope.GLOBAL : Scope.NAMESPACE;
    }
}
