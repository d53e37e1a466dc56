package dev.ambit.domain.policy;

import dev.ambit.domain.policy.AuthorizationPolicy.Clause;
import dev.ambit.domain.policy.AuthorizationPolicy.Rule;
import dev.ambit.domain.policy.PolicyExplanation.Failure;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A rule ready for evaluation: clauses that must all hold, each of them with alternatives. */
final class CompiledRule {

    private static final int HOPELESS = 1_000;

    private final Rule source;
    private final CompiledMatch[][] clauses;

    private CompiledRule(Rule source, CompiledMatch[][] clauses) {
        this.source = source;
        this.clauses = clauses;
    }

    static CompiledRule of(Rule rule) {
        // A clause without matches always holds, so it is left out. One whose matches are all empty never holds: it
        // stays.
        return new CompiledRule(
                rule,
                rule.clauses().stream()
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

    /** The first clause that does not hold, of a rule that does not match. */
    Failure firstFailure(int rule, ConnectionFacts facts) {
        for (int i = 0; i < clauses.length; i++) {
            if (!anyHolds(clauses[i], facts)) {
                CompiledMatch closest = closest(clauses[i], facts);
                return new Failure(
                        rule,
                        numberInSource(i),
                        closest == null ? Optional.empty() : Optional.of(closest.firstFailure(facts)));
            }
        }
        throw new IllegalArgumentException("rule " + rule + " matches");
    }

    /** How many clauses do not hold. */
    int failedClauses(ConnectionFacts facts) {
        int failed = 0;
        for (CompiledMatch[] alternatives : clauses) {
            failed += anyHolds(alternatives, facts) ? 0 : 1;
        }
        return failed;
    }

    /** How far this rule is from matching: conditions that fail in the best alternative of each clause. */
    int distance(ConnectionFacts facts) {
        int distance = 0;
        for (CompiledMatch[] alternatives : clauses) {
            CompiledMatch closest = closest(alternatives, facts);
            // What can never hold is further away than anything else.
            distance += closest == null ? HOPELESS : closest.failures(facts);
        }
        return distance;
    }

    private static @Nullable CompiledMatch closest(CompiledMatch[] alternatives, ConnectionFacts facts) {
        CompiledMatch closest = null;
        int fewest = Integer.MAX_VALUE;
        for (CompiledMatch match : alternatives) {
            int failures = match.failures(facts);
            if (failures < fewest) {
                closest = match;
                fewest = failures;
            }
        }
        return closest;
    }

    /** Clauses without matches were left out, but people count them. */
    private int numberInSource(int compiled) {
        int number = 0;
        int left = compiled;
        for (Clause clause : source.clauses()) {
            number++;
            if (!clause.matches().isEmpty() && left-- == 0) {
                return number;
            }
        }
        throw new IllegalStateException("clause " + compiled + " of " + source);
    }
}
