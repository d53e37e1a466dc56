package dev.ambit.domain.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.domain.policy.AuthorizationPolicy.Action;
import dev.ambit.domain.policy.AuthorizationPolicy.Clause;
import dev.ambit.domain.policy.AuthorizationPolicy.Rule;
import dev.ambit.domain.policy.AuthorizationPolicy.Scope;
import dev.ambit.domain.policy.PeerAuthentication.Mode;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(20)
class PeerAuthenticationsTest {

    private static final String ROOT = "istio-system";
    private static final Map<String, String> CART = Map.of("app", "cart");
    private static final PolicyName STATIC = new PolicyName(ROOT, "istio_converted_static_strict");
    private static final PolicyName CONVERTED = new PolicyName("shop", "converted_peer_authentication_cart");
    private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");

    private static PeerAuthentication mesh(Mode mode) {
        return new PeerAuthentication(new PolicyName(ROOT, "default"), Map.of(), NOON, mode, Map.of());
    }

    private static PeerAuthentication namespace(Mode mode) {
        return new PeerAuthentication(new PolicyName("shop", "default"), Map.of(), NOON, mode, Map.of());
    }

    private static PeerAuthentication workload(Mode mode, Map<Integer, Mode> ports) {
        return new PeerAuthentication(new PolicyName("shop", "cart"), CART, NOON, mode, ports);
    }

    private static PeerAuthentications all(PeerAuthentication... all) {
        return new PeerAuthentications(List.of(all), ROOT);
    }

    static Stream<Arguments> effectiveStates() {
        List<PolicyName> open = List.of();
        List<PolicyName> strict = List.of(STATIC);
        List<PolicyName> own = List.of(CONVERTED);
        Map<Integer, Mode> none = Map.of();
        return Stream.of(
                // mesh, namespace, workload, ports -> names
                row(Mode.UNSET, Mode.UNSET, Mode.UNSET, none, open),
                row(Mode.STRICT, Mode.UNSET, Mode.UNSET, none, strict),
                row(Mode.PERMISSIVE, Mode.STRICT, Mode.UNSET, none, strict),
                row(Mode.STRICT, Mode.PERMISSIVE, Mode.UNSET, none, open),
                row(Mode.STRICT, Mode.DISABLE, Mode.UNSET, none, open),
                row(Mode.STRICT, Mode.STRICT, Mode.PERMISSIVE, none, open),
                row(Mode.STRICT, Mode.STRICT, Mode.DISABLE, none, open),
                row(Mode.PERMISSIVE, Mode.PERMISSIVE, Mode.STRICT, none, strict),
                row(Mode.UNSET, Mode.UNSET, Mode.STRICT, Map.of(80, Mode.STRICT, 81, Mode.UNSET), strict),
                row(Mode.UNSET, Mode.UNSET, Mode.STRICT, Map.of(80, Mode.PERMISSIVE), own),
                row(Mode.UNSET, Mode.UNSET, Mode.STRICT, Map.of(80, Mode.DISABLE), own),
                row(Mode.STRICT, Mode.UNSET, Mode.UNSET, Map.of(80, Mode.PERMISSIVE), own),
                row(Mode.UNSET, Mode.STRICT, Mode.UNSET, Map.of(80, Mode.PERMISSIVE), own),
                row(Mode.STRICT, Mode.UNSET, Mode.UNSET, Map.of(80, Mode.STRICT), strict),
                row(Mode.UNSET, Mode.UNSET, Mode.PERMISSIVE, Map.of(80, Mode.STRICT), own),
                row(Mode.STRICT, Mode.UNSET, Mode.PERMISSIVE, Map.of(80, Mode.STRICT), own),
                row(Mode.STRICT, Mode.UNSET, Mode.DISABLE, Map.of(80, Mode.STRICT), own),
                row(Mode.UNSET, Mode.UNSET, Mode.UNSET, Map.of(80, Mode.STRICT), own),
                row(Mode.STRICT, Mode.PERMISSIVE, Mode.UNSET, Map.of(80, Mode.STRICT), own),
                row(Mode.UNSET, Mode.UNSET, Mode.PERMISSIVE, Map.of(80, Mode.DISABLE), open),
                // The peculiar one: DISABLE alone is no exception from an inherited STRICT ...
                row(Mode.STRICT, Mode.UNSET, Mode.UNSET, Map.of(80, Mode.DISABLE), strict),
                // ... but beside a PERMISSIVE port it is.
                row(Mode.STRICT, Mode.UNSET, Mode.UNSET, Map.of(80, Mode.DISABLE, 81, Mode.PERMISSIVE), own));
    }

    private static Arguments row(
            Mode mesh, Mode namespace, Mode workload, Map<Integer, Mode> ports, List<PolicyName> names) {
        return Arguments.of(mesh, namespace, workload, ports, names);
    }

    @ParameterizedTest(name = "mesh {0}, namespace {1}, workload {2} {3}: {4}")
    @MethodSource("effectiveStates")
    void policiesOfAWorkload(
            Mode mesh, Mode namespace, Mode workload, Map<Integer, Mode> ports, List<PolicyName> names) {
        PeerAuthentications all = all(mesh(mesh), namespace(namespace), workload(workload, ports));

        assertThat(all.policiesFor("shop", CART)).isEqualTo(names);
        assertThat(all.convertedPolicies())
                .extracting(AuthorizationPolicy::name)
                .containsAll(names);
    }

    @Test
    void withoutAnyNothingIsConverted() {
        assertThat(all().convertedPolicies()).isEmpty();
        assertThat(all().policiesFor("shop", CART)).isEmpty();
    }

    @Test
    void anyOfThemBringsTheStaticPolicy() {
        assertThat(all(namespace(Mode.PERMISSIVE)).convertedPolicies())
                .containsExactly(deny(STATIC, List.of(clauses(ANONYMOUS))));
    }

    @Test
    void strictPortsAreConvertedEachByItself() {
        var ports = Map.of(80, Mode.STRICT, 81, Mode.STRICT, 82, Mode.PERMISSIVE, 83, Mode.DISABLE, 84, Mode.UNSET);

        assertThat(all(workload(Mode.PERMISSIVE, ports)).convertedPolicies())
                .contains(deny(
                        CONVERTED,
                        List.of(
                                clauses(ANONYMOUS.withDestinationPorts(new Match.PortSet(Set.of(80), Set.of()))),
                                clauses(ANONYMOUS.withDestinationPorts(new Match.PortSet(Set.of(81), Set.of()))))));
    }

    @Test
    void portsThatAreOpenAreExceptionsFromOneRule() {
        var ports = Map.of(80, Mode.STRICT, 82, Mode.PERMISSIVE, 83, Mode.DISABLE, 84, Mode.UNSET);

        assertThat(all(workload(Mode.STRICT, ports)).convertedPolicies())
                .contains(deny(CONVERTED, List.of(clauses(ANONYMOUS, notPort(82), notPort(83)))));
    }

    @Test
    void oldestOfALevelWins() {
        var older = new PeerAuthentication(
                new PolicyName("shop", "z"), Map.of(), NOON.minusSeconds(1), Mode.STRICT, Map.of());
        var ofCart = workload(Mode.PERMISSIVE, Map.of());
        var olderOfCart = new PeerAuthentication(
                new PolicyName("shop", "z-cart"), CART, NOON.minusSeconds(1), Mode.STRICT, Map.of());

        assertThat(all(namespace(Mode.PERMISSIVE), older).policiesFor("shop", CART))
                .containsExactly(STATIC);
        assertThat(all(ofCart, olderOfCart).policiesFor("shop", CART)).containsExactly(STATIC);
    }

    @Test
    void nameDecidesBetweenEquallyOld() {
        var first = new PeerAuthentication(new PolicyName("shop", "a"), Map.of(), NOON, Mode.STRICT, Map.of());

        assertThat(all(namespace(Mode.PERMISSIVE), first).policiesFor("shop", CART))
                .containsExactly(STATIC);
    }

    @Test
    void selectorInTheRootNamespaceIsIgnored() {
        var selecting = new PeerAuthentication(
                new PolicyName(ROOT, "cart"), CART, NOON, Mode.STRICT, Map.of(80, Mode.PERMISSIVE));

        assertThat(all(selecting).policiesFor("shop", CART)).isEmpty();
        assertThat(all(selecting).policiesFor(ROOT, CART)).isEmpty();
        assertThat(all(selecting).convertedPolicies())
                .extracting(AuthorizationPolicy::name)
                .containsExactly(STATIC);
    }

    @Test
    void portModesWithoutSelectorAreIgnored() {
        var whole = new PeerAuthentication(
                new PolicyName("shop", "default"), Map.of(), NOON, Mode.STRICT, Map.of(80, Mode.PERMISSIVE));

        assertThat(all(whole).policiesFor("shop", CART)).containsExactly(STATIC);
    }

    @Test
    void otherNamespacesAndLabelsAreNotConcerned() {
        var all = all(namespace(Mode.STRICT), workload(Mode.PERMISSIVE, Map.of()));

        assertThat(all.policiesFor("bar", CART)).isEmpty();
        assertThat(all.policiesFor("shop", Map.of("app", "other"))).containsExactly(STATIC);
        assertThat(all.policiesFor("shop", Map.of("app", "cart", "version", "1")))
                .isEmpty();
    }

    private static final Match ANONYMOUS =
            Match.EMPTY.withPrincipals(new Match.Strings(List.of(), List.of(new StringMatch.Presence())));

    private static Match notPort(int port) {
        return Match.EMPTY.withDestinationPorts(new Match.PortSet(Set.of(), Set.of(port)));
    }

    private static Rule clauses(Match... matches) {
        return new Rule(
                Stream.of(matches).map(match -> new Clause(List.of(match))).toList());
    }

    private static AuthorizationPolicy deny(PolicyName name, List<Rule> rules) {
        return new AuthorizationPolicy(name, Scope.WORKLOAD_SELECTOR, Action.DENY, false, rules);
    }
}
