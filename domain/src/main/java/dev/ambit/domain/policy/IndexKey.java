package dev.ambit.domain.policy;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * A property that a connection must have for a policy to match it at all. Keys narrow the search, they decide nothing:
 * a policy found by its key is still evaluated whole.
 */
sealed interface IndexKey {

    /** The caller has this namespace and service account. */
    record Account(String namespace, String serviceAccount) implements IndexKey {}

    /** The caller is of this namespace; empty for one without identity. */
    record Namespace(String name) implements IndexKey {}

    /** The caller reaches this port. */
    record Port(int number) implements IndexKey {}

    /** The keys of which a connection needs at least one; empty if the policy may match whatever the connection is. */
    static Optional<Set<IndexKey>> ofPolicy(AuthorizationPolicy policy) {
        return union(policy.rules(), IndexKey::ofRule);
    }

    /** Every clause must hold, so the keys of any one will do: the most telling. */
    private static Optional<Set<IndexKey>> ofRule(AuthorizationPolicy.Rule rule) {
        Optional<Set<IndexKey>> best = Optional.empty();
        for (AuthorizationPolicy.Clause clause : rule.clauses()) {
            Optional<Set<IndexKey>> keys =
                    clause.matches().isEmpty() ? Optional.empty() : union(clause.matches(), IndexKey::ofMatch);
            if (keys.isPresent() && (best.isEmpty() || breadth(keys.get()) < breadth(best.get()))) {
                best = keys;
            }
        }
        return best;
    }

    private static Optional<Set<IndexKey>> ofMatch(Match match) {
        if (match.isEmpty()) {
            return Optional.of(Set.of());
        }
        if (isExact(match.principals().any())) {
            return Optional.of(keys(match.principals().any(), IndexKey::ofPrincipal));
        }
        if (!match.serviceAccounts().any().isEmpty()) {
            return Optional.of(keys(
                    match.serviceAccounts().any(),
                    account -> Optional.of(new Account(account.namespace(), account.serviceAccount()))));
        }
        if (isExact(match.namespaces().any())) {
            return Optional.of(keys(match.namespaces().any(), IndexKey::ofNamespace));
        }
        return match.destinationPorts().any().isEmpty()
                ? Optional.empty()
                : Optional.of(keys(List.copyOf(match.destinationPorts().any()), port -> Optional.of(new Port(port))));
    }

    private static boolean isExact(List<StringMatch> matches) {
        return !matches.isEmpty() && matches.stream().allMatch(StringMatch.Exact.class::isInstance);
    }

    private static Optional<IndexKey> ofPrincipal(StringMatch match) {
        return match instanceof StringMatch.Exact(String principal)
                ? PrincipalSet.identityOf(principal).map(id -> new Account(id.namespace(), id.serviceAccount()))
                : Optional.empty();
    }

    private static Optional<IndexKey> ofNamespace(StringMatch match) {
        return match instanceof StringMatch.Exact(String name) ? Optional.of(new Namespace(name)) : Optional.empty();
    }

    private static <T> Set<IndexKey> keys(List<T> entries, Function<T, Optional<IndexKey>> key) {
        var keys = new HashSet<IndexKey>();
        for (T entry : entries) {
            key.apply(entry).ifPresent(keys::add);
        }
        return keys;
    }

    /** The keys of alternatives: all of them together, unless one of the alternatives has none. */
    private static <T> Optional<Set<IndexKey>> union(
            List<T> alternatives, Function<T, Optional<Set<IndexKey>>> keysOf) {
        var union = new HashSet<IndexKey>();
        for (T alternative : alternatives) {
            Optional<Set<IndexKey>> keys = keysOf.apply(alternative);
            if (keys.isEmpty()) {
                return Optional.empty();
            }
            union.addAll(keys.get());
        }
        return Optional.of(union);
    }

    /** How little a set of keys tells: its broadest kind counts. */
    private static int breadth(Set<IndexKey> keys) {
        int breadth = 0;
        for (IndexKey key : keys) {
            int own = switch (key) {
                case Account _ -> 1;
                case Namespace _ -> 2;
                case Port _ -> 3;
            };
            breadth = Math.max(breadth, own);
        }
        return breadth;
    }
}
