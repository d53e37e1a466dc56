package dev.ambit.domain.policy;

import dev.ambit.domain.policy.Verdict.AllowReason;
import dev.ambit.domain.policy.Verdict.Allowed;
import dev.ambit.domain.policy.Verdict.Denied;
import dev.ambit.domain.policy.Verdict.DenyReason;
import dev.ambit.domain.policy.Verdict.DryRunOutcome;
import java.util.List;

/** A policy ready for evaluation, with the answer it gives when it matches. */
final class CompiledPolicy {

    private final AuthorizationPolicy source;
    private final CompiledRule[] rules;
    private final Verdict verdict;
    private final DryRunOutcome dryRunOutcome;

    private CompiledPolicy(
            AuthorizationPolicy source, CompiledRule[] rules, Verdict verdict, DryRunOutcome dryRunOutcome) {
        this.source = source;
        this.rules = rules;
        this.verdict = verdict;
        this.dryRunOutcome = dryRunOutcome;
    }

    static CompiledPolicy of(AuthorizationPolicy policy) {
        Verdict verdict = switch (policy.action()) {
            case ALLOW -> new Allowed(new AllowReason.AllowedBy(policy.name()), List.of());
            case DENY -> new Denied(new DenyReason.DeniedBy(policy.name()), List.of());
        };
        return new CompiledPolicy(
                policy,
                policy.rules().stream().map(CompiledRule::of).toArray(CompiledRule[]::new),
                verdict,
                new DryRunOutcome(policy.name(), policy.action()));
    }

    /** Whether one of the rules matches; a policy without rules never does. */
    boolean matches(ConnectionFacts facts) {
        for (CompiledRule rule : rules) {
            if (rule.matches(facts)) {
                return true;
            }
        }
        return false;
    }

    /** What is decided if this policy matches and is enforced. */
    Verdict verdict() {
        return verdict;
    }

    AuthorizationPolicy source() {
        return source;
    }

    /** The rules, in the order of the policy's. */
    CompiledRule[] rules() {
        return rules;
    }

    DryRunOutcome dryRunOutcome() {
        return dryRunOutcome;
    }
}
