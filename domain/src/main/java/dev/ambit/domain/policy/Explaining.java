package dev.ambit.domain.policy;

import dev.ambit.domain.policy.AuthorizationPolicy.Action;
import dev.ambit.domain.policy.PolicyExplanation.Considered;
import dev.ambit.domain.policy.PolicyExplanation.Failure;
import dev.ambit.domain.policy.PolicyExplanation.NearestAllow;
import dev.ambit.domain.policy.PolicyExplanation.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Walks policies in the order of evaluation and notes what came of each, for as many rules as it may. */
final class Explaining {
    private static final int FAILURES_PER_POLICY_MAX = 16;

    private final ConnectionFacts facts;
    private final List<Considered> considered = new ArrayList<>();
    private int rulesLeft;
    private int omitted;
    private @Nullable NearestAllow nearest;
    private int nearestDistance = Integer.MAX_VALUE;

    Explaining(ConnectionFacts facts, int rulesMax) {
        this.facts = facts;
        this.rulesLeft = rulesMax;
    }

    /** Notes these policies up to the one at {@code decisive}, or all of them if that is {@link PolicyIndex#NO_MATCH}. */
    void consider(List<CompiledPolicy> policies, int decisive, boolean dryRun) {
        int end = decisive == PolicyIndex.NO_MATCH ? policies.size() : decisive;
        for (CompiledPolicy policy : policies.subList(0, end)) {
            if (rulesLeft <= 0) {
                omitted++;
            } else {
                note(policy, dryRun);
            }
        }
        if (decisive != PolicyIndex.NO_MATCH) {
            // However little room there is: this is the policy that decided.
            note(policies.get(decisive), dryRun);
        }
    }

    private void note(CompiledPolicy policy, boolean dryRun) {
        AuthorizationPolicy source = policy.source();
        considered.add(new Considered(source.name(), source.action(), dryRun, outcome(policy, dryRun)));
    }

    private Outcome outcome(CompiledPolicy policy, boolean dryRun) {
        CompiledRule[] rules = policy.rules();
        var failures = new ArrayList<Failure>();
        for (int i = 0; i < rules.length; i++) {
            rulesLeft--;
            if (rules[i].matches(facts)) {
                return new Outcome.Matched(i + 1);
            }
            boolean mayLetIn = !dryRun && policy.source().action() == Action.ALLOW;
            if (rulesLeft < 0 || (failures.size() == FAILURES_PER_POLICY_MAX && !mayLetIn)) {
                continue;
            }
            Failure first = rules[i].firstFailure(i + 1, facts);
            if (failures.size() < FAILURES_PER_POLICY_MAX) {
                failures.add(first);
            }
            if (mayLetIn) {
                compare(policy, rules[i], first);
            }
        }
        return new Outcome.NotMatched(failures);
    }

    private void compare(CompiledPolicy policy, CompiledRule rule, Failure first) {
        int distance = rule.distance(facts);
        if (distance < nearestDistance) {
            nearestDistance = distance;
            nearest = new NearestAllow(policy.source().name(), rule.failedClauses(facts), first);
        }
    }

    PolicyExplanation explain(Verdict verdict, List<PolicyName> missing) {
        return new PolicyExplanation(
                facts,
                verdict,
                considered,
                missing,
                verdict instanceof Verdict.Denied ? Optional.ofNullable(nearest) : Optional.empty(),
                omitted);
    }
}
