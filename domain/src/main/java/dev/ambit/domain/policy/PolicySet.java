package dev.ambit.domain.policy;

import java.util.List;

/** Stand-in until the real policy evaluation is merged: it denies everything once any policy applies. */
public final class PolicySet {
    private final List<AuthorizationPolicy> applicable;
    private final List<PolicyName> missing;

    private PolicySet(List<AuthorizationPolicy> applicable, List<PolicyName> missing) {
        this.applicable = List.copyOf(applicable);
        this.missing = List.copyOf(missing);
    }

    public static PolicySet compile(List<AuthorizationPolicy> applicable, List<PolicyName> missing) {
        return new PolicySet(applicable, missing);
    }

    public Verdict decide(ConnectionFacts facts) {
        if (!missing.isEmpty()) {
            return new Verdict.Denied(new Verdict.DenyReason.PolicyMissing(missing.getFirst()), List.of());
        }
        if (applicable.isEmpty()) {
            return new Verdict.Allowed(new Verdict.AllowReason.NoAllowPolicy(), List.of());
        }
        return new Verdict.Denied(
                new Verdict.DenyReason.DeniedBy(applicable.getFirst().name()), List.of());
    }
}
