package dev.ambit.domain.policy;

import dev.ambit.domain.address.Cidr;
import dev.ambit.domain.address.IpAddress;
import dev.ambit.domain.address.IpPort;
import dev.ambit.domain.identity.SpiffeId;
import dev.ambit.domain.identity.TrustDomain;
import dev.ambit.domain.policy.AuthorizationPolicy.Action;
import dev.ambit.domain.policy.AuthorizationPolicy.Clause;
import dev.ambit.domain.policy.AuthorizationPolicy.Rule;
import dev.ambit.domain.policy.AuthorizationPolicy.Scope;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;

/** Policies and connections from a world so small that they meet often. */
final class RandomPolicies {

    private static final Arbitrary<String> NAMESPACES = Arbitraries.of("shop", "shopping", "ns");
    private static final Arbitrary<String> ACCOUNTS = Arbitraries.of("cart", "art", "sa");
    private static final Arbitrary<IpAddress> ADDRESSES = Arbitraries.of(
                    "10.0.0.1", "10.0.0.2", "10.0.1.1", "192.168.0.1", "fd00::1", "fd00::2", "fd00:0:0:1::1", "::1")
            .map(IpAddress::of);
    private static final Arbitrary<Integer> PORTS = Arbitraries.of(80, 443, 8080);

    static Arbitrary<SpiffeId> identities() {
        return Combinators.combine(Arbitraries.of("cluster.local", "local", "ns"), NAMESPACES, ACCOUNTS)
                .as((trustDomain, namespace, account) ->
                        new SpiffeId(new TrustDomain(trustDomain), namespace, account));
    }

    static Arbitrary<ConnectionFacts> connections() {
        Arbitrary<Peer> peers = Arbitraries.frequencyOf(
                Tuple.of(1, Arbitraries.of(new Peer.Anonymous())),
                Tuple.of(3, identities().map(Peer.Authenticated::new)));
        return Combinators.combine(peers, ADDRESSES, ADDRESSES, PORTS)
                .as((peer, source, ip, port) -> new ConnectionFacts(peer, source, new IpPort(ip, port)));
    }

    /** Up to seven policies, with distinct names. */
    static Arbitrary<List<AuthorizationPolicy>> policies() {
        Arbitrary<AuthorizationPolicy> one = Combinators.combine(
                        Arbitraries.of(Action.class),
                        Arbitraries.of(false, false, true),
                        rules().list().ofMaxSize(3))
                .as((action, dryRun, rules) -> new AuthorizationPolicy(
                        new PolicyName("shop", "nameless"), Scope.NAMESPACE, action, dryRun, rules));
        return one.list().ofMaxSize(7).map(RandomPolicies::named);
    }

    private static List<AuthorizationPolicy> named(List<AuthorizationPolicy> policies) {
        var named = new ArrayList<AuthorizationPolicy>();
        for (AuthorizationPolicy policy : policies) {
            var name = new PolicyName("shop", "p" + named.size());
            named.add(new AuthorizationPolicy(name, policy.scope(), policy.action(), policy.dryRun(), policy.rules()));
        }
        return named;
    }

    private static Arbitrary<Rule> rules() {
        return matches()
                .list()
                .ofMaxSize(3)
                .map(Clause::new)
                .list()
                .ofMaxSize(3)
                .map(Rule::new);
    }

    private static Arbitrary<Match> matches() {
        Arbitrary<Match.Strings> namespaces = Combinators.combine(few(patterns(NAMESPACES)), few(patterns(NAMESPACES)))
                .as(Match.Strings::new);
        Arbitrary<String> principal = identities().map(SpiffeId::principal);
        Arbitrary<Match.Strings> principals = Combinators.combine(few(patterns(principal)), few(patterns(principal)))
                .as(Match.Strings::new);
        Arbitrary<Match.PortSet> ports = Combinators.combine(few(PORTS), few(PORTS))
                .as((any, none) -> new Match.PortSet(Set.copyOf(any), Set.copyOf(none)));
        Arbitrary<Match.Accounts> accounts =
                Combinators.combine(few(accounts()), few(accounts())).as(Match.Accounts::new);
        return Combinators.combine(namespaces, principals, blocks(), blocks(), ports, accounts)
                .as(Match::new);
    }

    private static Arbitrary<ServiceAccountMatch> accounts() {
        return Combinators.combine(NAMESPACES, ACCOUNTS).as(ServiceAccountMatch::new);
    }

    private static Arbitrary<Match.Blocks> blocks() {
        Arbitrary<Cidr> block = Combinators.combine(
                        ADDRESSES, Arbitraries.integers().between(0, 128))
                .as((ip, length) -> new Cidr(ip, Math.min(length, ip.family().bits())));
        return Combinators.combine(few(block), few(block)).as(Match.Blocks::new);
    }

    /** Every kind of string match around some text: itself, its beginnings, its ends, and near misses. */
    private static Arbitrary<StringMatch> patterns(Arbitrary<String> texts) {
        return Combinators.combine(
                        texts,
                        Arbitraries.integers().between(0, 60),
                        Arbitraries.integers().between(0, 8))
                .as((text, cut, kind) -> {
                    int at = Math.min(cut, text.length());
                    return switch (kind) {
                        case 0, 1, 2 -> new StringMatch.Exact(text);
                        case 3 -> new StringMatch.Exact("spiffe://" + text);
                        case 4 -> new StringMatch.Prefix(text.substring(0, at));
                        case 5 -> new StringMatch.Suffix(text.substring(at));
                        case 6 -> new StringMatch.Prefix(text + "x".repeat(cut % 2));
                        case 7 -> new StringMatch.Suffix("x".repeat(cut % 2) + text);
                        default -> new StringMatch.Presence();
                    };
                });
    }

    /** Mostly nothing, because every entry more makes a match less likely to hold. */
    private static <T> Arbitrary<List<T>> few(Arbitrary<T> one) {
        return Arbitraries.frequencyOf(
                Tuple.of(5, Arbitraries.of(List.of(List.<T>of()))),
                Tuple.of(2, one.list().ofMinSize(1).ofMaxSize(3)));
    }

    private RandomPolicies() {}
}
