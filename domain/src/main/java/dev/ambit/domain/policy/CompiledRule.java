package dev.ambit.domain.policy;

import dev.ambit.domain.policy.AuthorizationPolicy.Clause;
import dev.ambit.domain.policy.AuthorizationPolicy.Rule;

/** A rule ready for evaluation: clauses that must all hold, each of them with alternatives. */
final class CompiledRule {

    private final CompiledMatch[][] clauses;

    private CompiledRule(CompiledMatch[][] clauses) {
        this.clauses = clauses;
    }

    static CompiledRule of(Rule rule) {
        // A clause without matches always holds, so it is left out. One whose matches are all empty never holds: it
        // stays.
        return new CompiledRule(rule.clauses().stream()
                .filter(clause -> !clause.matches().isEmpty())
                .map(CompiledRule::alternatives)
                .toArray(CompiledMatch[][]::new));
    }

    private static CompiledMatch[] alternatives(Clause clause) {
        return clause.matches().stream()
                .filter(match -> !match.isEmpty())
                .map(CompiledMatch::of)
                .toArray(CompiledMatch[]::new);
    }

    /** Whether every clause holds; a rule without clauses always matches. */
    boolean matches(ConnectionFacts facts) {
        for (CompiledMatch[] alternatives : clauses) {
            if (!anyHolds(alternatives, facts)) {
                return false;
            }
        }
        return true;
    }

    private static boolean anyHolds(CompiledMatch[] alternatives, ConnectionFacts facts) {
        for (CompiledMatch match : alternatives) {
            if (match.holds(facts)) {
                return true;
            }
        }
        return false;
    }
}
