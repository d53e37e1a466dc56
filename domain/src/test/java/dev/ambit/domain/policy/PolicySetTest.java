package dev.ambit.domain.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.domain.address.Cidr;
import dev.ambit.domain.address.IpAddress;
import dev.ambit.domain.address.IpPort;
import dev.ambit.domain.identity.SpiffeId;
import dev.ambit.domain.policy.AuthorizationPolicy.Action;
import dev.ambit.domain.policy.AuthorizationPolicy.Clause;
import dev.ambit.domain.policy.AuthorizationPolicy.Rule;
import dev.ambit.domain.policy.AuthorizationPolicy.Scope;
import dev.ambit.domain.policy.Verdict.AllowReason;
import dev.ambit.domain.policy.Verdict.DenyReason;
import dev.ambit.domain.policy.Verdict.DryRunOutcome;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(20)
class PolicySetTest {

    private static final SpiffeId CART = SpiffeId.of("spiffe://cluster.local/ns/shop/sa/cart");
    private static final ConnectionFacts FROM_CART = facts(new Peer.Authenticated(CART));
    private static final ConnectionFacts FROM_NOBODY = facts(new Peer.Anonymous());

    private static final Rule EVERYBODY = new Rule(List.of());

    private static ConnectionFacts facts(Peer peer) {
        return new ConnectionFacts(peer, IpAddress.of("10.1.0.7"), IpPort.of("10.2.0.9", 8080));
    }

    private static AuthorizationPolicy policy(String name, Action action, Rule... rules) {
        return new AuthorizationPolicy(new PolicyName("shop", name), Scope.NAMESPACE, action, false, List.of(rules));
    }

    private static AuthorizationPolicy dryRun(AuthorizationPolicy policy) {
        return new AuthorizationPolicy(policy.name(), policy.scope(), policy.action(), true, policy.rules());
    }

    private static Rule rule(Match... alternatives) {
        return new Rule(List.of(new Clause(List.of(alternatives))));
    }

    private static Verdict decide(ConnectionFacts facts, AuthorizationPolicy... policies) {
        return PolicySet.compile(List.of(policies), List.of()).decide(facts);
    }

    private static Verdict allowed(AllowReason reason) {
        return new Verdict.Allowed(reason, List.of());
    }

    private static Verdict denied(DenyReason reason) {
        return new Verdict.Denied(reason, List.of());
    }

    @Test
    void workloadWithoutPoliciesIsOpen() {
        assertThat(decide(FROM_NOBODY)).isEqualTo(allowed(new AllowReason.NoAllowPolicy()));
        assertThat(PolicySet.OPEN.decide(FROM_NOBODY)).isEqualTo(allowed(new AllowReason.NoAllowPolicy()));
    }

    @Test
    void denyWinsOverAllow() {
        Verdict verdict =
                decide(FROM_CART, policy("let", Action.ALLOW, EVERYBODY), policy("stop", Action.DENY, EVERYBODY));

        assertThat(verdict).isEqualTo(denied(new DenyReason.DeniedBy(new PolicyName("shop", "stop"))));
    }

    @Test
    void firstPolicyThatMatchesIsTheEvidence() {
        Match caller = Match.EMPTY.withPrincipals(any(new StringMatch.Exact(CART.principal())));
        Match port = Match.EMPTY.withDestinationPorts(new Match.PortSet(Set.of(8080), Set.of()));
        Match namespace = Match.EMPTY.withNamespaces(any(new StringMatch.Exact("shop")));
        List<Match> kinds = List.of(caller, port, namespace);
        for (Match first : kinds) {
            for (Match second : kinds) {
                assertThat(decide(
                                FROM_CART,
                                policy("first", Action.ALLOW, rule(first)),
                                policy("second", Action.ALLOW, rule(second), EVERYBODY)))
                        .isEqualTo(allowed(new AllowReason.AllowedBy(new PolicyName("shop", "first"))));
            }
        }
    }

    @Test
    void allowPoliciesOfWhichNoneMatchesDenyAndAreNamed() {
        Verdict verdict = decide(FROM_CART, policy("a", Action.ALLOW), policy("b", Action.ALLOW, rule(Match.EMPTY)));

        assertThat(verdict)
                .isEqualTo(denied(new DenyReason.NoAllowMatched(
                        List.of(new PolicyName("shop", "a"), new PolicyName("shop", "b")))));
    }

    @Test
    void missingPolicyRefusesEvenWhomAnotherAllows() {
        var late = new PolicyName("shop", "late");
        PolicySet set = PolicySet.compile(List.of(policy("let", Action.ALLOW, EVERYBODY)), List.of(late));

        assertThat(set.decide(FROM_CART)).isEqualTo(denied(new DenyReason.PolicyMissing(late)));
    }

    @Test
    void knownDenyExplainsBetterThanAMissingPolicy() {
        PolicySet set = PolicySet.compile(
                List.of(policy("stop", Action.DENY, EVERYBODY)), List.of(new PolicyName("shop", "late")));

        assertThat(set.decide(FROM_CART)).isEqualTo(denied(new DenyReason.DeniedBy(new PolicyName("shop", "stop"))));
    }

    @Test
    void dryRunIsReportedAndCountsForNothing() {
        Verdict verdict = decide(
                FROM_CART,
                dryRun(policy("stop", Action.DENY, EVERYBODY)),
                dryRun(policy("let", Action.ALLOW, EVERYBODY)),
                dryRun(policy("never", Action.ALLOW)));

        assertThat(verdict)
                .isEqualTo(new Verdict.Allowed(
                        new AllowReason.NoAllowPolicy(),
                        List.of(
                                new DryRunOutcome(new PolicyName("shop", "stop"), Action.DENY),
                                new DryRunOutcome(new PolicyName("shop", "let"), Action.ALLOW))));
    }

    static Stream<Arguments> rules() {
        var blocks = new Match.Blocks(List.of(Cidr.parse("10.1.0.0/16").orElseThrow()), List.of());
        var otherBlocks =
                new Match.Blocks(List.of(), List.of(Cidr.parse("10.1.0.0/16").orElseThrow()));
        return Stream.of(
                row("rule without clauses", EVERYBODY, true, true),
                row("clause without matches", new Rule(List.of(new Clause(List.of()))), true, true),
                row("empty match", rule(Match.EMPTY), false, false),
                row("empty match beside one that holds", rule(Match.EMPTY, principals("*")), true, false),
                row("principal exact", rule(principals("cluster.local/ns/shop/sa/cart")), true, false),
                row("principal of another domain", rule(principals("other/ns/shop/sa/cart")), false, false),
                row("principal with scheme", rule(principals("spiffe://cluster.local/ns/shop/sa/cart")), false, false),
                row("principal prefix", rule(principals("cluster.local/ns/sho*")), true, false),
                row("principal prefix too long", rule(principals("cluster.local/ns/shop/sa/cart2*")), false, false),
                row("principal suffix", rule(principals("*p/sa/cart")), true, false),
                row("principal suffix too long", rule(principals("*/cluster.local/ns/shop/sa/cart")), false, false),
                row("principal suffix that ends elsewhere", rule(principals("*sa/art")), false, false),
                row("principal presence", rule(principals("*")), true, false),
                row("no principal but", rule(notPrincipals("*")), false, true),
                row("not one principal", rule(notPrincipals("cluster.local/ns/shop/sa/cart")), false, true),
                row("not another principal", rule(notPrincipals("cluster.local/ns/bar/sa/foo")), true, true),
                row("namespace exact", rule(Match.EMPTY.withNamespaces(any(StringMatch.of("shop")))), true, false),
                row("namespace presence", rule(Match.EMPTY.withNamespaces(any(StringMatch.of("*")))), true, false),
                row("namespace empty", rule(Match.EMPTY.withNamespaces(any(StringMatch.of("")))), false, true),
                row("not a namespace", rule(Match.EMPTY.withNamespaces(none(StringMatch.of("shop")))), false, true),
                row("account in any domain", rule(accounts("shop", "cart")), true, false),
                row("account of another namespace", rule(accounts("bar", "cart")), false, false),
                row("source block", rule(Match.EMPTY.withSourceIps(blocks)), true, true),
                row("destination block", rule(Match.EMPTY.withDestinationIps(blocks)), false, false),
                row("not a source block", rule(Match.EMPTY.withSourceIps(otherBlocks)), false, false),
                row("not a destination block", rule(Match.EMPTY.withDestinationIps(otherBlocks)), true, true),
                row("port", rule(ports(Set.of(80, 8080), Set.of())), true, true),
                row("port but not it", rule(ports(Set.of(80, 8080), Set.of(8080))), false, false),
                row("not another port", rule(ports(Set.of(), Set.of(80))), true, true),
                row("fields are all needed", rule(principals("*").withSourceIps(otherBlocks)), false, false),
                row("clauses are all needed", both(principals("*"), ports(Set.of(1), Set.of())), false, false));
    }

    private static Arguments row(String name, Rule rule, boolean matchesCart, boolean matchesNobody) {
        return Arguments.of(name, rule, matchesCart, matchesNobody);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("rules")
    void matches(String name, Rule rule, boolean cart, boolean nobody) {
        AuthorizationPolicy stop = policy(name, Action.DENY, rule);

        assertThat(decide(FROM_CART, stop) instanceof Verdict.Denied).isEqualTo(cart);
        assertThat(decide(FROM_NOBODY, stop) instanceof Verdict.Denied).isEqualTo(nobody);
    }

    @Test
    void decidingAllocatesNothing() {
        var policies = new ArrayList<AuthorizationPolicy>();
        rules().forEach(row -> {
            var rule = (Rule) row.get()[1];
            policies.add(policy("p" + policies.size(), Action.ALLOW, new Rule(withImpossible(rule))));
        });
        PolicySet set = PolicySet.compile(policies, List.of());
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        int rounds = 1000;
        long bytes = 0;
        for (int attempt = 0; attempt < 5; attempt++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < rounds; i++) {
                set.decide(FROM_CART);
                set.decide(FROM_NOBODY);
            }
            bytes = threads.getCurrentThreadAllocatedBytes() - before;
        }

        assertThat(bytes).as("bytes allocated by %s decisions", 2 * rounds).isLessThan(rounds);
    }

    /** The clauses of a rule and one more that never holds, so that nothing ends the search early. */
    private static List<Clause> withImpossible(Rule rule) {
        var clauses = new ArrayList<>(rule.clauses());
        clauses.add(new Clause(List.of(Match.EMPTY.withSourceIps(
                new Match.Blocks(List.of(Cidr.host(IpAddress.of("192.0.2.1"))), List.of())))));
        return clauses;
    }

    private static Rule both(Match one, Match other) {
        return new Rule(List.of(new Clause(List.of(one)), new Clause(List.of(other))));
    }

    private static Match principals(String pattern) {
        return Match.EMPTY.withPrincipals(any(StringMatch.of(pattern)));
    }

    private static Match notPrincipals(String pattern) {
        return Match.EMPTY.withPrincipals(none(StringMatch.of(pattern)));
    }

    private static Match accounts(String namespace, String account) {
        return Match.EMPTY.withServiceAccounts(
                new Match.Accounts(List.of(new ServiceAccountMatch(namespace, account)), List.of()));
    }

    private static Match ports(Set<Integer> any, Set<Integer> none) {
        return Match.EMPTY.withDestinationPorts(new Match.PortSet(any, none));
    }

    private static Match.Strings any(StringMatch match) {
        return new Match.Strings(List.of(match), List.of());
    }

    private static Match.Strings none(StringMatch match) {
        return new Match.Strings(List.of(), List.of(match));
    }
}
