package dev.ambit.domain.policy;

import dev.ambit.domain.identity.SpiffeId;
import dev.ambit.domain.policy.AuthorizationPolicy.Action;
import dev.ambit.domain.policy.Verdict.AllowReason;
import dev.ambit.domain.policy.Verdict.DenyReason;
import dev.ambit.domain.policy.Verdict.DryRunOutcome;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** The semantics of layer-4 policies as plainly as they can be said; slow. What {@link PolicySet} is measured by. */
final class NaiveEvaluator {

    static Verdict decide(List<AuthorizationPolicy> policies, List<PolicyName> missing, ConnectionFacts facts) {
        List<DryRunOutcome> dryRun = policies.stream()
                .filter(AuthorizationPolicy::dryRun)
                .filter(policy -> matches(policy, facts))
                .map(policy -> new DryRunOutcome(policy.name(), policy.action()))
                .toList();
        List<AuthorizationPolicy> denies = enforced(policies, Action.DENY);
        for (AuthorizationPolicy policy : denies) {
            if (matches(policy, facts)) {
                return new Verdict.Denied(new DenyReason.DeniedBy(policy.name()), dryRun);
            }
        }
        if (!missing.isEmpty()) {
            return new Verdict.Denied(new DenyReason.PolicyMissing(missing.getFirst()), dryRun);
        }
        List<AuthorizationPolicy> allows = enforced(policies, Action.ALLOW);
        if (allows.isEmpty()) {
            return new Verdict.Allowed(new AllowReason.NoAllowPolicy(), dryRun);
        }
        for (AuthorizationPolicy policy : allows) {
            if (matches(policy, facts)) {
                return new Verdict.Allowed(new AllowReason.AllowedBy(policy.name()), dryRun);
            }
        }
        List<PolicyName> considered =
                allows.stream().map(AuthorizationPolicy::name).toList();
        return new Verdict.Denied(new DenyReason.NoAllowMatched(considered), dryRun);
    }

    private static List<AuthorizationPolicy> enforced(List<AuthorizationPolicy> policies, Action action) {
        return policies.stream()
                .filter(policy -> !policy.dryRun() && policy.action() == action)
                .toList();
    }

    static boolean matches(AuthorizationPolicy policy, ConnectionFacts facts) {
        return policy.rules().stream()
                .anyMatch(rule -> rule.clauses().stream().allMatch(clause -> holds(clause, facts)));
    }

    private static boolean holds(AuthorizationPolicy.Clause clause, ConnectionFacts facts) {
        return clause.matches().isEmpty() || clause.matches().stream().anyMatch(match -> holds(match, facts));
    }

    private static boolean holds(Match match, ConnectionFacts facts) {
        if (match.equals(Match.EMPTY)) {
            return false;
        }
        Optional<SpiffeId> caller =
                facts.peer() instanceof Peer.Authenticated(SpiffeId id) ? Optional.of(id) : Optional.empty();
        String namespace = caller.map(SpiffeId::namespace).orElse("");
        Predicate<StringMatch> principal = pattern ->
                caller.isPresent() && pattern.matches(caller.get().toString().substring("spiffe://".length()));
        Predicate<ServiceAccountMatch> account = one -> caller.isPresent()
                && one.namespace().equals(caller.get().namespace())
                && one.serviceAccount().equals(caller.get().serviceAccount());
        return fits(match.namespaces().any(), match.namespaces().none(), pattern -> pattern.matches(namespace))
                && fits(match.principals().any(), match.principals().none(), principal)
                && fits(match.serviceAccounts().any(), match.serviceAccounts().none(), account)
                && fits(match.sourceIps().any(), match.sourceIps().none(), block -> block.contains(facts.source()))
                && fits(
                        match.destinationIps().any(),
                        match.destinationIps().none(),
                        block -> block.contains(facts.destination().ip()))
                && fits(
                        match.destinationPorts().any(),
                        match.destinationPorts().none(),
                        port -> port == facts.destination().port());
    }

    private static <T> boolean fits(Collection<T> any, Collection<T> none, Predicate<T> entry) {
        return (any.isEmpty() || any.stream().anyMatch(entry)) && none.stream().noneMatch(entry);
    }

    private NaiveEvaluator() {}
}
