package dev.ambit.domain.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.domain.address.IpAddress;
import dev.ambit.domain.address.IpPort;
import dev.ambit.domain.identity.SpiffeId;
import dev.ambit.domain.policy.PeerAuthentication.Mode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.statistics.Statistics;
import net.jqwik.api.statistics.StatisticsReport;

/** What a proxy enforces after the conversion is what the PeerAuthentications say. */
class PeerAuthenticationsPropertyTest {

    private static final String ROOT = "istio-system";
    private static final List<Integer> PORTS = List.of(80, 443, 8080);

    @StatisticsReport(StatisticsReport.StatisticsReportMode.OFF)
    @Property(tries = 2000, edgeCases = EdgeCasesMode.NONE)
    void plaintextIsAcceptedWhereTheEffectiveModeAcceptsIt(
            @ForAll("all") List<PeerAuthentication> all,
            @ForAll("namespaces") String namespace,
            @ForAll("labels") Map<String, String> labels) {
        PolicySet policies = policySet(all, namespace, labels);

        for (int port : PORTS) {
            boolean strict = effectiveMode(all, namespace, labels, port) == Mode.STRICT;
            assertThat(policies.decide(to(new Peer.Anonymous(), port)) instanceof Verdict.Denied)
                    .as("plaintext to port %s of %s %s is refused", port, namespace, labels)
                    .isEqualTo(strict);
            assertThat(policies.decide(to(new Peer.Authenticated(CALLER), port)))
                    .isInstanceOf(Verdict.Allowed.class);
            Statistics.collect(strict);
        }
        Statistics.coverage(coverage -> coverage.check(true).percentage(p -> p > 10 && p < 90));
    }

    private static final SpiffeId CALLER = SpiffeId.of("spiffe://cluster.local/ns/shop/sa/cart");

    private static ConnectionFacts to(Peer peer, int port) {
        return new ConnectionFacts(peer, IpAddress.of("10.0.0.1"), IpPort.of("10.0.0.2", port));
    }

    /** As a proxy does it: look up what the workload names, and mind what is missing. */
    private static PolicySet policySet(List<PeerAuthentication> all, String namespace, Map<String, String> labels) {
        var converted = new PeerAuthentications(all, ROOT);
        var known = new ArrayList<AuthorizationPolicy>();
        var missing = new ArrayList<PolicyName>();
        for (PolicyName name : converted.policiesFor(namespace, labels)) {
            converted.convertedPolicies().stream()
                    .filter(policy -> policy.name().equals(name))
                    .findFirst()
                    .ifPresentOrElse(known::add, () -> missing.add(name));
        }
        return PolicySet.compile(known, missing);
    }

    /** The mode of one port by precedence alone, no matter how it gets enforced. UNSET and DISABLE are PERMISSIVE. */
    private static Mode effectiveMode(
            List<PeerAuthentication> all, String namespace, Map<String, String> labels, int port) {
        Optional<PeerAuthentication> mesh = oldest(
                all,
                one -> one.name().namespace().equals(ROOT) && one.selector().isEmpty());
        Optional<PeerAuthentication> whole = oldest(
                all,
                one -> one.name().namespace().equals(namespace)
                        && one.selector().isEmpty());
        Optional<PeerAuthentication> selecting = namespace.equals(ROOT)
                ? Optional.empty()
                : oldest(all, one -> one.name().namespace().equals(namespace) && selects(one, labels));
        Mode inherited =
                or(whole.map(PeerAuthentication::mode), or(mesh.map(PeerAuthentication::mode), Mode.PERMISSIVE));
        Mode ofWorkload = or(selecting.map(PeerAuthentication::mode), inherited);
        Mode ofPort = or(selecting.map(one -> one.portModes().getOrDefault(port, Mode.UNSET)), ofWorkload);
        boolean peculiar = ofPort == Mode.DISABLE
                && inherited == Mode.STRICT
                && selecting.orElseThrow().mode() == Mode.UNSET
                && !selecting.orElseThrow().portModes().containsValue(Mode.PERMISSIVE);
        // Istio's quirk, kept: under an inherited STRICT, DISABLE ports alone make no exception.
        return peculiar || ofPort == Mode.STRICT ? Mode.STRICT : Mode.PERMISSIVE;
    }

    private static Mode or(Optional<Mode> mode, Mode inherited) {
        return mode.filter(own -> own != Mode.UNSET).orElse(inherited);
    }

    private static boolean selects(PeerAuthentication one, Map<String, String> labels) {
        return !one.selector().isEmpty()
                && one.selector().entrySet().stream()
                        .allMatch(label -> label.getValue().equals(labels.get(label.getKey())));
    }

    private static Optional<PeerAuthentication> oldest(
            List<PeerAuthentication> all, Predicate<PeerAuthentication> wanted) {
        return all.stream().filter(wanted).min(Comparator.comparing(PeerAuthentication::created));
    }

    @Provide
    Arbitrary<List<PeerAuthentication>> all() {
        Arbitrary<Map<String, String>> selectors =
                Arbitraries.of(Map.of(), Map.of("app", "cart"), Map.of("app", "cart", "tier", "web"), Map.of("a", "b"));
        Arbitrary<Map<Integer, Mode>> ports = Arbitraries.maps(Arbitraries.of(PORTS), Arbitraries.of(Mode.class))
                .ofMaxSize(3);
        // The name holds the age, so that both are unique.
        return Combinators.combine(
                        namespaces(),
                        selectors,
                        Arbitraries.integers().between(0, 1000),
                        Arbitraries.of(Mode.class),
                        ports)
                .as((namespace, selector, age, mode, portModes) -> new PeerAuthentication(
                        new PolicyName(namespace, "pa" + age),
                        selector,
                        Instant.EPOCH.plusSeconds(age),
                        mode,
                        portModes))
                .list()
                .uniqueElements(PeerAuthentication::created)
                .ofMaxSize(8);
    }

    @Provide
    Arbitrary<String> namespaces() {
        return Arbitraries.of("shop", "shop", "bar", ROOT);
    }

    @Provide
    Arbitrary<Map<String, String>> labels() {
        return Arbitraries.of(Map.of(), Map.of("app", "cart"), Map.of("app", "cart", "tier", "web"));
    }
}
