package dev.ambit.domain.policy;

import dev.ambit.domain.policy.AuthorizationPolicy.Action;
import dev.ambit.domain.policy.Verdict.AllowReason;
import dev.ambit.domain.policy.Verdict.Denied;
import dev.ambit.domain.policy.Verdict.DenyReason;
import java.util.List;
import java.util.Optional;

/**
 * A verdict with the way to it, made by {@link PolicySet#explain} from the very conditions that decide.
 *
 * @param facts what was asked about
 * @param considered the policies looked at, in order: DENY policies up to the first that matches; if none does, ALLOW
 *     policies up to the first that matches; then every dry-run policy. When a policy is missing, ALLOW policies are
 *     listed although they cannot let anybody in
 * @param missing policies that the workload names and that have not arrived
 * @param nearestAllow the rule of an enforced ALLOW policy that failed at the fewest points, unless one matched or a DENY did
 * @param omitted how many policies were left out to keep this small
 */
public record PolicyExplanation(
        ConnectionFacts facts,
        Verdict verdict,
        List<Considered> considered,
        List<PolicyName> missing,
        Optional<NearestAllow> nearestAllow,
        int omitted) {

    public PolicyExplanation {
        considered = List.copyOf(considered);
        missing = List.copyOf(missing);
    }

    /** One policy and what came of it. */
    public record Considered(PolicyName policy, Action action, boolean dryRun, Outcome outcome) {}

    /** Whether a policy matched. Rules are numbered from 1, as people count them in a manifest. */
    public sealed interface Outcome {
        record Matched(int rule) implements Outcome {}

        /** No rule matched. {@code firstFailures} has one entry per rule, up to a bound: the first clause that failed. */
        record NotMatched(List<Failure> firstFailures) implements Outcome {
            public NotMatched {
                firstFailures = List.copyOf(firstFailures);
            }
        }
    }

    /**
     * A clause that did not hold, by the alternative of it that came closest.
     *
     * @param rule numbered from 1
     * @param clause numbered from 1
     * @param cause empty if the clause has only empty alternatives, which never hold
     */
    public record Failure(int rule, int clause, Optional<Cause> cause) {

        /** One line, for people: where, what was wanted, what there was. */
        public String text(ConnectionFacts facts) {
            return "rule " + rule + " clause " + clause + ": "
                    + cause.map(why -> why.text(facts)).orElse("only empty matches, which never hold");
        }
    }

    /** The list that excluded a connection: it was not in the list, or in its {@code not} twin. */
    public record Cause(MatchField field, boolean negated, Match match) {
        private static final int SHOWN_MAX = 5;

        /** What was asked for, shortened to a few entries. */
        public List<String> wanted() {
            List<String> entries = field.entries(match, negated);
            return entries.size() <= SHOWN_MAX ? entries : entries.subList(0, SHOWN_MAX);
        }

        /** How many entries {@link #wanted} leaves out. */
        public int unshown() {
            return Math.max(0, field.entries(match, negated).size() - SHOWN_MAX);
        }

        private String text(ConnectionFacts facts) {
            String more = unshown() == 0 ? "" : " and " + unshown() + " more";
            return field.text(negated) + " has " + wanted() + more + ", connection has " + field.had(facts);
        }
    }

    /**
     * The rule that nearly let the connection in.
     *
     * @param failedClauses how many of its clauses failed
     * @param first the first of them
     */
    public record NearestAllow(PolicyName policy, int failedClauses, Failure first) {}

    /** One line for a log: the policy that decided, and where the nearest ALLOW failed. Never longer than a few lines. */
    public String summary() {
        return switch (verdict) {
            case Verdict.Allowed allowed ->
                switch (allowed.reason()) {
                    case AllowReason.NoAllowPolicy() -> "no policy forbids it and none has to allow it";
                    case AllowReason.AllowedBy(PolicyName policy) -> "allowed by " + policy + matchedRule(policy);
                };
            case Denied denied ->
                switch (denied.reason()) {
                    case DenyReason.DeniedBy(PolicyName policy) -> "denied by " + policy + matchedRule(policy);
                    case DenyReason.NoAllowMatched _ -> nearest("no policy allows it");
                    case DenyReason.PolicyMissing(PolicyName policy) -> nearest("waiting for policy " + policy);
                };
        };
    }

    private String nearest(String verdictText) {
        return nearestAllow
                .map(near -> verdictText + ", nearest " + near.policy() + " "
                        + near.first().text(facts)
                        + (near.failedClauses() > 1
                                ? " (and " + (near.failedClauses() - 1) + " more clauses failed)"
                                : ""))
                .orElse(verdictText);
    }

    private String matchedRule(PolicyName policy) {
        return considered.stream()
                .filter(each -> each.policy().equals(policy) && each.outcome() instanceof Outcome.Matched)
                .map(each -> each.outcome() instanceof Outcome.Matched(int rule) ? ", rule " + rule : "")
                .findFirst()
                .orElse("");
    }
}
