package dev.ambit.adapters.k8s.derive;

import static dev.ambit.adapters.k8s.derive.Manifests.derive;
import static dev.ambit.adapters.k8s.derive.Manifests.guard;
import static dev.ambit.adapters.k8s.derive.Manifests.messages;
import static dev.ambit.adapters.k8s.derive.Manifests.peerAuthentication;
import static dev.ambit.adapters.k8s.derive.Manifests.pod;
import static dev.ambit.adapters.k8s.derive.Manifests.policy;
import static dev.ambit.adapters.k8s.derive.Manifests.workload;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.adapters.k8s.translate.DerivationFeatures;
import dev.ambit.adapters.k8s.translate.DerivationOptions;
import dev.ambit.domain.address.Cidr;
import dev.ambit.domain.policy.AuthorizationPolicy;
import dev.ambit.domain.policy.AuthorizationPolicy.Action;
import dev.ambit.domain.policy.AuthorizationPolicy.Clause;
import dev.ambit.domain.policy.AuthorizationPolicy.Rule;
import dev.ambit.domain.policy.AuthorizationPolicy.Scope;
import dev.ambit.domain.policy.Match;
import dev.ambit.domain.policy.PolicyName;
import dev.ambit.domain.policy.ServiceAccountMatch;
import dev.ambit.domain.policy.StringMatch;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class PolicyTranslationTest {
    private static final String SELECTOR = "selector: {matchLabels: {app: 'cart'}}, ";
    private static final Rule EVERYTHING = new Rule(List.of());

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            shop         | selector: {matchLabels: {app: 'cart'}} | WORKLOAD_SELECTOR
            istio-system | selector: {matchLabels: {app: 'cart'}} | WORKLOAD_SELECTOR
            shop         | action: 'ALLOW'                        | NAMESPACE
            shop         | selector: {}                           | NAMESPACE
            istio-system | action: 'ALLOW'                        | GLOBAL
            """)
    void scope(String namespace, String spec, Scope expected) {
        assertThat(guard(policy(namespace, spec)).scope()).isEqualTo(expected);
    }

    @Test
    void workloadsListSelectorPoliciesOfTheirNamespaceAndTheRoot() {
        var cart = pod("labels: {app: 'cart'}");

        assertThat(workload(
                                cart,
                                policy("shop", SELECTOR + "rules: []"),
                                policy("istio-system", SELECTOR + "rules: []"),
                                policy("other", SELECTOR + "rules: []"))
                        .policies())
                .containsExactly(new PolicyName("istio-system", "guard"), new PolicyName("shop", "guard"));
        assertThat(workload(pod("labels: {app: 'till'}"), policy("shop", SELECTOR + "rules: []"))
                        .policies())
                .isEmpty();
    }

    @Test
    void everyLayer4FieldIsKept() {
        AuthorizationPolicy policy = guard(policy("shop", """
                action: 'DENY', rules: [{
                  to: [{operation: {ports: ['80', '81'], notPorts: ['82']}}],
                  from: [
                    {source: {ipBlocks: ['10.0.0.0/8'], notIpBlocks: ['10.1.1.1'], namespaces: ['a*'], notNamespaces: ['*b']}},
                    {source: {principals: ['*'], notPrincipals: ['cluster.local/ns/x/sa/y'],
                              serviceAccounts: ['till', 'bank/teller'], notServiceAccounts: ['thief']}}]}]
                """));

        Match ports = Match.EMPTY.withDestinationPorts(new Match.PortSet(Set.of(80, 81), Set.of(82)));
        Match first = Match.EMPTY
                .withSourceIps(new Match.Blocks(List.of(cidr("10.0.0.0/8")), List.of(cidr("10.1.1.1"))))
                .withNamespaces(
                        new Match.Strings(List.of(new StringMatch.Prefix("a")), List.of(new StringMatch.Suffix("b"))));
        Match second = Match.EMPTY
                .withPrincipals(new Match.Strings(
                        List.of(new StringMatch.Presence()), List.of(new StringMatch.Exact("cluster.local/ns/x/sa/y"))))
                .withServiceAccounts(new Match.Accounts(
                        List.of(new ServiceAccountMatch("shop", "till"), new ServiceAccountMatch("bank", "teller")),
                        List.of(new ServiceAccountMatch("shop", "thief"))));
        assertThat(policy.action()).isEqualTo(Action.DENY);
        assertThat(policy.rules())
                .containsExactly(new Rule(List.of(new Clause(List.of(ports)), new Clause(List.of(first, second)))));
    }

    @Test
    void everyLayer4ConditionIsAClause() {
        AuthorizationPolicy policy = guard(policy("shop", """
                rules: [{when: [
                  {key: 'source.ip', values: ['10.0.0.1']}, {key: 'source.namespace', notValues: ['a']},
                  {key: 'source.principal', values: ['x*']}, {key: 'destination.ip', values: ['10.0.0.2']},
                  {key: 'destination.port', values: ['80'], notValues: ['81']}]}]
                """));

        assertThat(policy.rules().getFirst().clauses())
                .extracting(clause -> clause.matches().getFirst())
                .containsExactly(
                        Match.EMPTY.withSourceIps(new Match.Blocks(List.of(cidr("10.0.0.1")), List.of())),
                        Match.EMPTY.withNamespaces(new Match.Strings(List.of(), List.of(new StringMatch.Exact("a")))),
                        Match.EMPTY.withPrincipals(new Match.Strings(List.of(new StringMatch.Prefix("x")), List.of())),
                        Match.EMPTY.withDestinationIps(new Match.Blocks(List.of(cidr("10.0.0.2")), List.of())),
                        Match.EMPTY.withDestinationPorts(new Match.PortSet(Set.of(80), Set.of(81))));
    }

    @Test
    void anAllowWithoutRulesAllowsNobodyAndAnEmptyRuleEverybody() {
        assertThat(guard(policy("shop", "action: 'ALLOW'")).rules()).isEmpty();
        assertThat(guard(policy("shop", "rules: [{}]")).rules()).containsExactly(EVERYTHING);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "to: [{operation: {hosts: ['a']}}]",
                "to: [{operation: {notHosts: ['a']}}]",
                "to: [{operation: {methods: ['GET']}}]",
                "to: [{operation: {notMethods: ['GET']}}]",
                "to: [{operation: {paths: ['/a']}}]",
                "to: [{operation: {notPaths: ['/a']}}]",
                "from: [{source: {remoteIpBlocks: ['10.0.0.1']}}]",
                "from: [{source: {notRemoteIpBlocks: ['10.0.0.1']}}]",
                "from: [{source: {requestPrincipals: ['*']}}]",
                "from: [{source: {notRequestPrincipals: ['*']}}]",
                "when: [{key: 'request.headers[x]', values: ['1']}]",
                "when: [{key: 'request.auth.claims[iss]', values: ['1']}]",
                "when: [{key: 'connection.sni', values: ['a']}]",
            })
    void layer7AloneAllowsNothingAndDeniesEverything(String rule) {
        var allow = derive(policy("shop", "action: 'ALLOW', rules: [{" + rule + "}]"));
        var deny = derive(policy("shop", "action: 'DENY', rules: [{" + rule + "}]"));

        assertThat(guard(policy("shop", "action: 'ALLOW', rules: [{" + rule + "}]"))
                        .rules())
                .isEmpty();
        assertThat(guard(policy("shop", "action: 'DENY', rules: [{" + rule + "}]"))
                        .rules())
                .containsExactly(EVERYTHING);
        assertThat(messages(allow)).singleElement().asString().endsWith("the rule allows nothing here");
        assertThat(messages(deny)).singleElement().asString().endsWith("denies everything that the policy selects");
    }

    @Test
    void aDenyKeepsWhatLayer4CanDecide() {
        AuthorizationPolicy policy = guard(policy("shop", """
                action: 'DENY', rules: [{from: [{source: {namespaces: ['a']}}], to: [{operation: {paths: ['/x'], ports: ['80']}}]},
                  {from: [{source: {namespaces: ['a']}}], to: [{operation: {ports: ['80']}}, {operation: {paths: ['/x']}}]}]
                """));

        var namespaces = new Clause(
                List.of(Match.EMPTY.withNamespaces(new Match.Strings(List.of(new StringMatch.Exact("a")), List.of()))));
        var port = new Clause(List.of(Match.EMPTY.withDestinationPorts(new Match.PortSet(Set.of(80), Set.of()))));
        // In the second rule one operation is open at layer 4, so the operations limit nothing.
        assertThat(policy.rules()).containsExactly(new Rule(List.of(port, namespaces)), new Rule(List.of(namespaces)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "action: 'CUSTOM', rules: [{}]",
                "action: 'AUDIT', rules: [{}]",
                "targetRefs: [{kind: 'Gateway', name: 'wp'}], action: 'DENY', rules: [{}]",
                "targetRef: {kind: 'Service', name: 's'}, action: 'DENY', rules: [{}]",
            })
    void whatIsNotForLayer4IsSkippedAndReported(String spec) {
        var derived = derive(policy("shop", spec));

        assertThat(derived.state().policies()).isEmpty();
        assertThat(messages(derived)).hasSize(1);
    }

    @Test
    void aDryRunIsSentIfTheMeshWantsItAndElseDoesNothing() {
        var dry = policy("shop", "annotations: {'istio.io/dry-run': 'true'}", "rules: [{}]");
        var odd = policy("shop", "annotations: {'istio.io/dry-run': 'yes'}", "rules: [{}]");
        var options =
                DerivationOptions.defaults().with(DerivationFeatures.defaults().withDryRunPolicies());

        assertThat(derive(options, dry).state().policies().values())
                .singleElement()
                .matches(AuthorizationPolicy::dryRun);
        assertThat(derive(dry).state().policies()).isEmpty();
        assertThat(messages(derive(dry))).singleElement().asString().contains("dry run is not enabled");
        assertThat(guard(odd).dryRun()).isFalse();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            from: [{source: {ipBlocks: ['10.0.0.0/33']}}]               | spec.rules[0].from[0].source.ipBlocks[0]: '10.0.0.0/33'
            from: [{source: {notIpBlocks: ['x']}}]                      | spec.rules[0].from[0].source.notIpBlocks[0]: 'x'
            to: [{operation: {ports: ['80', '0']}}]                     | spec.rules[0].to[0].operation.ports[1]: '0'
            to: [{operation: {notPorts: ['http']}}]                     | spec.rules[0].to[0].operation.notPorts[0]: 'http'
            from: [{source: {principals: ['spiffe://a/ns/b/sa/c']}}]    | spec.rules[0].from[0].source.principals[0]: 'spiffe:
            from: [{source: {principals: ['a*b']}}]                     | spec.rules[0].from[0].source.principals[0]: 'a*b'
            from: [{source: {namespaces: ['']}}]                        | spec.rules[0].from[0].source.namespaces[0]: ''
            from: [{source: {serviceAccounts: ['*']}}]                  | spec.rules[0].from[0].source.serviceAccounts[0]: '*'
            from: [{source: {}}]                                        | spec.rules[0].from[0].source: has no condition
            to: [{}]                                                    | spec.rules[0].to[0].operation: has no condition
            when: [{key: 'source.pincipal', values: ['a']}]             | spec.rules[0].when[0].key: 'source.pincipal'
            when: [{key: 'source.ip'}]                                  | spec.rules[0].when[0]: the condition on 'source.ip'
            """)
    void aPolicyThatCannotBeReadIsClosed(String rule, String message) {
        var allow = policy("shop", SELECTOR + "action: 'ALLOW', rules: [{" + rule + "}]");
        var deny = policy("shop", SELECTOR + "action: 'DENY', rules: [{" + rule + "}]");

        assertThat(messages(derive(allow))).first().asString().startsWith(message);
        assertThat(guard(allow).action()).isEqualTo(Action.ALLOW);
        assertThat(guard(allow).rules()).isEmpty();
        assertThat(guard(deny).action()).isEqualTo(Action.DENY);
        assertThat(guard(deny).rules()).containsExactly(EVERYTHING);
        assertThat(guard(deny).scope()).isEqualTo(Scope.WORKLOAD_SELECTOR);
    }

    @Test
    void strictPeerAuthenticationIsListedByTheWorkloadsItIsFor() {
        var strict = peerAuthentication("shop", "default", "mtls: {mode: 'STRICT'}");
        var name = new PolicyName("istio-system", "istio_converted_static_strict");

        assertThat(workload(strict, pod("uid: 'u'")).policies()).containsExactly(name);
        assertThat(derive(strict).state().policies()).containsKey(name);
        assertThat(workload(peerAuthentication("shop", "default", "mtls: {mode: 'PERMISSIVE'}"), pod("uid: 'u'"))
                        .policies())
                .isEmpty();
    }

    @Test
    void portModesBecomeAPolicyOfTheirOwn() {
        var ports = peerAuthentication(
                "shop", "cart", SELECTOR + "mtls: {mode: 'STRICT'}, portLevelMtls: {'8080': {mode: 'PERMISSIVE'}}");

        assertThat(workload(ports, pod("labels: {app: 'cart'}")).policies())
                .containsExactly(new PolicyName("shop", "converted_peer_authentication_cart"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            selector: {matchLabels: {app: 'cart'}}, portLevelMtls: {'0': {mode: 'STRICT'}} | '0' is not a port
            portLevelMtls: {'80': {mode: 'PERMISSIVE'}}                                    | together with a selector
            """)
    void aPeerAuthenticationThatCannotBeReadIsStrict(String spec, String message) {
        var bad = peerAuthentication("shop", "cart", spec);

        assertThat(messages(derive(bad))).singleElement().asString().contains(message);
        assertThat(workload(bad, pod("labels: {app: 'cart'}")).policies())
                .containsExactly(new PolicyName("istio-system", "istio_converted_static_strict"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Cart", "a b", "../etc", "a/b", "-a", "ü", ""})
    void anOddNameIsRejected(String name) {
        var derived = derive(Manifests.podNamed(name, "10.0.0.1"));

        assertThat(derived.state().workloads()).isEmpty();
        assertThat(derived.state().pods()).isEmpty();
        assertThat(messages(derived)).singleElement().asString().startsWith("metadata.name: '" + name + "'");
    }

    private static Cidr cidr(String text) {
        return Cidr.parse(text).orElseThrow();
    }
}
