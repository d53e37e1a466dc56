package dev.ambit.domain.policy;

import java.util.List;

/**
 * A layer-4 authorization policy as a proxy receives it (istio.security.Authorization).
 *
 * <p>Rules are alternatives; the clauses of a rule must all hold; the matches of a clause are alternatives; inside a
 * match every field that is set must hold.
 *
 * @param dryRun evaluated and reported, never enforced
 */
public record AuthorizationPolicy(PolicyName name, Scope scope, Action action, boolean dryRun, List<Rule> rules) {
    public AuthorizationPolicy {
        rules = List.copyOf(rules);
    }

    public enum Action {
        ALLOW,
        DENY
    }

    /** Which workloads a policy applies to. */
    public enum Scope {
        /** Every workload of the mesh. */
        GLOBAL,
        /** Every workload of the policy's namespace. */
        NAMESPACE,
        /** Workloads that list the policy's name. */
        WORKLOAD_SELECTOR
    }

    /** Clauses that must all hold. */
    public record Rule(List<Clause> clauses) {
        public Rule {
            clauses = List.copyOf(clauses);
        }
    }

    /** Matches of which one must hold; a clause without matches holds. */
    public record Clause(List<Match> matches) {
        public Clause {
            matches = List.copyOf(matches);
        }
    }
}
