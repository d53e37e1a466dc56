package dev.ambit.domain.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.domain.address.Cidr;
import dev.ambit.domain.address.IpAddress;
import dev.ambit.domain.address.IpPort;
import dev.ambit.domain.identity.SpiffeId;
import dev.ambit.domain.identity.TrustDomain;
import dev.ambit.domain.policy.AuthorizationPolicy.Action;
import dev.ambit.domain.policy.AuthorizationPolicy.Clause;
import dev.ambit.domain.policy.AuthorizationPolicy.Rule;
import dev.ambit.domain.policy.AuthorizationPolicy.Scope;
import dev.ambit.domain.policy.PolicyExplanation.Outcome;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PolicyExplanationTest {
    private static final ConnectionFacts CART = new ConnectionFacts(
            new Peer.Authenticated(new SpiffeId(new TrustDomain("cluster.local"), "shop", "cart")),
            IpAddress.of("10.0.0.1"),
            IpPort.of("10.0.0.2", 80));
    private static final Match SHOP = Match.EMPTY.withNamespaces(exactly("shop"));
    private static final Match BANK = Match.EMPTY.withNamespaces(exactly("bank"));
    private static final Match HTTPS = Match.EMPTY.withDestinationPorts(new Match.PortSet(Set.of(443), Set.of()));
    private static final Match NOT_CART =
            Match.EMPTY.withPrincipals(new Match.Strings(List.of(), List.of(StringMatch.of("*/sa/cart"))));

    @Test
    void aDenyNamesItsRuleAndEndsTheChain() {
        PolicyExplanation why = explain(
                List.of(
                        policy("a", Action.DENY, rule(clause(BANK))),
                        policy("b", Action.DENY, rule(clause(BANK)), rule(clause(SHOP))),
                        policy("c", Action.DENY, rule(clause(SHOP))),
                        policy("d", Action.ALLOW, rule())),
                List.of());

        assertThat(why.considered()).extracting(each -> each.policy().name()).containsExactly("a", "b");
        assertThat(why.considered().getLast().outcome()).isEqualTo(new Outcome.Matched(2));
        assertThat(why.nearestAllow()).isEmpty();
        assertThat(why.summary()).isEqualTo("denied by money/b, rule 2");
    }

    @Test
    void theNearestAllowIsTheOneThatFailedAtTheFewestPoints() {
        PolicyExplanation why = explain(
                List.of(
                        policy("far", Action.ALLOW, rule(clause(BANK), clause(HTTPS), clause(NOT_CART))),
                        policy(
                                "near",
                                Action.ALLOW,
                                rule(clause(BANK), clause(HTTPS)),
                                rule(clause(SHOP), clause(HTTPS)))),
                List.of());

        assertThat(why.summary())
                .isEqualTo("no policy allows it, nearest money/near rule 2 clause 2: destinationPorts has [443],"
                        + " connection has 80");
        assertThat(why.considered().getFirst().outcome())
                .isInstanceOfSatisfying(
                        Outcome.NotMatched.class,
                        not -> assertThat(not.firstFailures())
                                .singleElement()
                                .extracting(failure -> failure.text(CART))
                                .isEqualTo("rule 1 clause 1: namespaces has [bank], connection has shop"));
    }

    @Test
    void ofAlternativesTheClosestIsTheCause() {
        Match bankAndHttps = BANK.withDestinationPorts(HTTPS.destinationPorts());
        PolicyExplanation why = explain(
                List.of(policy("p", Action.ALLOW, rule(clause(), clause(bankAndHttps, NOT_CART, Match.EMPTY)))),
                List.of());

        // The clause without matches holds, and counts.
        assertThat(why.summary())
                .endsWith(
                        "rule 1 clause 2: notPrincipals has [*/sa/cart], connection has cluster.local/ns/shop/sa/cart");
    }

    @Test
    void whatCanNeverHoldSaysSo() {
        PolicyExplanation why = explain(List.of(policy("p", Action.ALLOW, rule(clause(Match.EMPTY)))), List.of());

        assertThat(why.summary())
                .isEqualTo(
                        "no policy allows it, nearest money/p rule 1 clause 1: only empty matches, which never hold");
    }

    @Test
    void aMissingPolicyIsNamedAndAllowsAreStillListed() {
        var late = new PolicyName("money", "late");
        PolicyExplanation why = explain(List.of(policy("p", Action.ALLOW, rule(clause(SHOP)))), List.of(late));

        assertThat(why.missing()).containsExactly(late);
        assertThat(why.considered())
                .singleElement()
                .satisfies(each -> assertThat(each.outcome()).isEqualTo(new Outcome.Matched(1)));
        assertThat(why.summary()).isEqualTo("waiting for policy money/late");
    }

    @Test
    void dryRunsAreReportedAndNeverNearest() {
        var dry = new AuthorizationPolicy(
                new PolicyName("money", "dry"), Scope.NAMESPACE, Action.ALLOW, true, List.of(rule(clause(SHOP))));
        PolicyExplanation why = explain(List.of(dry, policy("none", Action.ALLOW)), List.of());

        assertThat(why.considered()).extracting(each -> each.policy().name()).containsExactly("none", "dry");
        assertThat(why.considered().getLast().dryRun()).isTrue();
        assertThat(why.considered().getLast().outcome()).isEqualTo(new Outcome.Matched(1));
        assertThat(why.summary()).isEqualTo("no policy allows it");
    }

    @Test
    void anonymousCallersHaveNothingToShow() {
        var anonymous = new ConnectionFacts(new Peer.Anonymous(), CART.source(), CART.destination());
        Match block =
                Match.EMPTY.withSourceIps(new Match.Blocks(List.of(), List.of(new Cidr(IpAddress.of("10.0.0.0"), 24))));
        var policies = List.of(policy("p", Action.ALLOW, rule(clause(SHOP)), rule(clause(block))));
        PolicyExplanation why = PolicySet.compile(policies, List.of()).explain(anonymous, 100);

        assertThat(why.summary()).endsWith("rule 1 clause 1: namespaces has [shop], connection has none");
        assertThat(why.considered().getFirst().outcome())
                .isInstanceOfSatisfying(
                        Outcome.NotMatched.class,
                        not -> assertThat(not.firstFailures().get(1).text(anonymous))
                                .isEqualTo("rule 2 clause 1: notSourceIps has [10.0.0.0/24], connection has 10.0.0.1"));
    }

    @Test
    void thousandsOfPoliciesAreLeftOutAndCounted() {
        List<AuthorizationPolicy> many = IntStream.range(0, 5_000)
                .mapToObj(i -> policy("p" + i, Action.ALLOW, rule(clause(BANK)), rule(clause(HTTPS))))
                .toList();
        PolicyExplanation why = PolicySet.compile(many, List.of()).explain(CART, 64);

        assertThat(why.considered()).hasSize(32);
        assertThat(why.omitted()).isEqualTo(5_000 - 32);
        assertThat(why.summary()).hasSizeLessThan(300);
    }

    @Test
    void longListsAreShortened() {
        List<StringMatch> names =
                IntStream.range(0, 1_000).mapToObj(i -> StringMatch.of("n" + i)).toList();
        Match match = Match.EMPTY.withNamespaces(new Match.Strings(names, List.of()));

        assertThat(explain(List.of(policy("p", Action.ALLOW, rule(clause(match)))), List.of())
                        .summary())
                .endsWith("namespaces has [n0, n1, n2, n3, n4] and 995 more, connection has shop");
    }

    private static PolicyExplanation explain(List<AuthorizationPolicy> policies, List<PolicyName> missing) {
        return PolicySet.compile(policies, missing).explain(CART, 1_000);
    }

    private static Match.Strings exactly(String value) {
        return new Match.Strings(List.of(StringMatch.of(value)), List.of());
    }

    private static Clause clause(Match... matches) {
        return new Clause(List.of(matches));
    }

    private static Rule rule(Clause... clauses) {
        return new Rule(List.of(clauses));
    }

    private static AuthorizationPolicy policy(String name, Action action, Rule... rules) {
        return new AuthorizationPolicy(new PolicyName("money", name), Scope.NAMESPACE, action, false, List.of(rules));
    }
}
