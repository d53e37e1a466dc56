package dev.ambit.domain.policy;

import dev.ambit.domain.policy.Verdict.AllowReason;
import dev.ambit.domain.policy.Verdict.Allowed;
import dev.ambit.domain.policy.Verdict.Denied;
import dev.ambit.domain.policy.Verdict.DenyReason;
import dev.ambit.domain.policy.Verdict.DryRunOutcome;
import java.util.ArrayList;
import java.util.List;

/**
 * Every policy that protects one workload, compiled when policies change so that a connection costs little.
 *
 * <p>Decides in Istio's order: a matching DENY refuses; without any ALLOW policy everybody else is let in; with some,
 * one of them has to match. Dry-run policies are evaluated and reported and count for nothing.
 *
 * <p>Where Istio skips a policy that the workload names and that has not arrived, this set refuses. It does so after the
 * DENY policies that are known, because their names explain a refusal better, and before any way to be let in: whatever
 * the missing policy turns out to be, a DENY that matches or the only ALLOW, nobody gets in now whom it would keep out.
 *
 * <p>Immutable; workloads with the same policies may share one. {@link #decide} allocates nothing unless there are
 * dry-run policies.
 */
public final class PolicySet {

    /** A workload without any policy: everybody is let in. */
    public static final PolicySet OPEN = compile(List.of(), List.of());

    private final PolicyIndex denies;
    private final PolicyIndex allows;
    private final List<CompiledPolicy> dryRuns;
    private final List<PolicyName> missing;
    private final Verdict unlessAllowed;

    private PolicySet(
            PolicyIndex denies,
            PolicyIndex allows,
            List<CompiledPolicy> dryRuns,
            List<PolicyName> missing,
            Verdict unlessAllowed) {
        this.denies = denies;
        this.allows = allows;
        this.dryRuns = dryRuns;
        this.missing = missing;
        this.unlessAllowed = unlessAllowed;
    }

    /**
     * Prepares the policies of one workload.
     *
     * @param applicable the policies that apply, each once; of several that match, the first is the evidence
     * @param missing policies that the workload names and that are not known (yet)
     */
    public static PolicySet compile(List<AuthorizationPolicy> applicable, List<PolicyName> missing) {
        var denies = new ArrayList<AuthorizationPolicy>();
        var allows = new ArrayList<AuthorizationPolicy>();
        var dryRuns = new ArrayList<CompiledPolicy>();
        for (AuthorizationPolicy policy : applicable) {
            if (policy.dryRun()) {
                dryRuns.add(CompiledPolicy.of(policy));
            } else {
                switch (policy.action()) {
                    case DENY -> denies.add(policy);
                    case ALLOW -> allows.add(policy);
                }
            }
        }
        return new PolicySet(
                PolicyIndex.of(denies),
                PolicyIndex.of(allows),
                List.copyOf(dryRuns),
                List.copyOf(missing),
                unlessAllowed(allows, missing));
    }

    private static Verdict unlessAllowed(List<AuthorizationPolicy> allows, List<PolicyName> missing) {
        if (!missing.isEmpty()) {
            return new Denied(new DenyReason.PolicyMissing(missing.getFirst()), List.of());
        }
        if (allows.isEmpty()) {
            return new Allowed(new AllowReason.NoAllowPolicy(), List.of());
        }
        List<PolicyName> considered =
                allows.stream().map(AuthorizationPolicy::name).toList();
        return new Denied(new DenyReason.NoAllowMatched(considered), List.of());
    }

    /** Decides about one connection. */
    public Verdict decide(ConnectionFacts facts) {
        Verdict enforced = enforce(facts);
        return dryRuns.isEmpty() ? enforced : withDryRuns(enforced, facts);
    }

    private Verdict enforce(ConnectionFacts facts) {
        int deny = denies.firstMatch(facts);
        if (deny != PolicyIndex.NO_MATCH) {
            return denies.verdict(deny);
        }
        int allow = firstAllow(facts);
        return allow == PolicyIndex.NO_MATCH ? unlessAllowed : allows.verdict(allow);
    }

    private int firstAllow(ConnectionFacts facts) {
        return missing.isEmpty() ? allows.firstMatch(facts) : PolicyIndex.NO_MATCH;
    }

    /**
     * Decides as {@link #decide} does and says how: from the same conditions, over more of them.
     *
     * @param rulesMax rules looked at, beyond which policies are left out and counted; the one that decided never is
     */
    public PolicyExplanation explain(ConnectionFacts facts, int rulesMax) {
        var explaining = new Explaining(facts, rulesMax);
        int deny = denies.firstMatch(facts);
        explaining.consider(denies.policies(), deny, false);
        if (deny == PolicyIndex.NO_MATCH) {
            explaining.consider(allows.policies(), firstAllow(facts), false);
        }
        explaining.consider(dryRuns, PolicyIndex.NO_MATCH, true);
        return explaining.explain(decide(facts), missing);
    }

    private Verdict withDryRuns(Verdict enforced, ConnectionFacts facts) {
        List<DryRunOutcome> outcomes = dryRuns.stream()
                .filter(policy -> policy.matches(facts))
                .map(CompiledPolicy::dryRunOutcome)
                .toList();
        if (outcomes.isEmpty()) {
            return enforced;
        }
        return switch (enforced) {
            case Allowed allowed -> new Allowed(allowed.reason(), outcomes);
            case Denied denied -> new Denied(denied.reason(), outcomes);
        };
    }
}
