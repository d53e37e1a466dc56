package dev.ambit.adapters.k8s.derive;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.adapters.k8s.derive.MeshDerivation.Derived;
import dev.ambit.adapters.k8s.translate.DerivationOptions;
import dev.ambit.adapters.k8s.translate.ObjectKey;
import dev.ambit.adapters.k8s.translate.ObjectProblem;
import dev.ambit.adapters.k8s.translate.UnreadablePolicy;
import dev.ambit.domain.address.IpAddress;
import dev.ambit.domain.address.NamespacedHostname;
import dev.ambit.domain.policy.AuthorizationPolicy;
import dev.ambit.domain.policy.AuthorizationPolicy.Action;
import dev.ambit.domain.policy.PolicyName;
import dev.ambit.domain.service.MeshService;
import dev.ambit.domain.workload.NetworkMode;
import dev.ambit.domain.workload.Workload;
import dev.ambit.domain.workload.WorkloadUid;
import io.fabric8.istio.api.networking.v1.ServiceEntry;
import io.fabric8.istio.api.networking.v1.WorkloadEntry;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Objects that somebody wrote to do harm, or by mistake: each is bounded, reported on itself, and of no effect on others.
 */
@Timeout(20)
class HostileInputTest {
    private static final int MANY = 100_000;
    private static final int MESSAGE_MAX = 400;
    private static final PolicyName GUARD = new PolicyName("shop", "guard");

    private static final HasMetadata NEIGHBOUR = Manifests.podNamed("neighbour", "10.0.0.9");
    private static final HasMetadata CART =
            Manifests.service("clusterIP: '10.96.0.1', selector: {app: 'cart'}, ports: [{port: 80}]");

    /** With a pod and a service that have nothing to do with it. */
    private static Derived beside(HasMetadata... hostile) {
        var all = new ArrayList<HasMetadata>(List.of(hostile));
        all.add(NEIGHBOUR);
        all.add(CART);
        Derived derived = new MeshDerivation(DerivationOptions.defaults()).derive(KubernetesObjects.of(all, List.of()));
        assertThat(derived.state().workloads()).containsKey(WorkloadUid.ofPod("Kubernetes", "shop", "neighbour"));
        assertThat(cart(derived).addresses())
                .extracting(address -> address.address().ip())
                .containsExactly(IpAddress.of("10.96.0.1"));
        assertThat(derived.problems())
                .allSatisfy(problem -> assertThat(problem.message())
                        .hasSizeLessThan(MESSAGE_MAX)
                        .doesNotContain("\n"));
        return derived;
    }

    private static MeshService cart(Derived derived) {
        return Objects.requireNonNull(
                derived.state().services().get(new NamespacedHostname("shop", "cart.shop.svc.cluster.local")));
    }

    private static String many(int count, String element) {
        return IntStream.range(0, count)
                .mapToObj(i -> element.replace("#", Integer.toString(i)))
                .collect(Collectors.joining(", "));
    }

    private static ServiceEntry entry(String spec) {
        return Manifests.object(
                ServiceEntry.class, "metadata: {name: 'entry', namespace: 'evil'}, spec: {" + spec + "}");
    }

    private static AuthorizationPolicy guard(Derived derived) {
        return Objects.requireNonNull(derived.state().policies().get(GUARD));
    }

    @Test
    void aPolicyOfAHundredThousandRulesIsReadClosed() {
        String rules = many(MANY, "{from: [{source: {namespaces: ['n#']}}]}");

        Derived derived = beside(Manifests.policy("shop", "action: 'DENY', rules: [" + rules + "]"));

        assertThat(guard(derived).action()).isEqualTo(Action.DENY);
        assertThat(guard(derived).rules()).hasSize(1);
        assertThat(derived.problems()).hasSize(1).allMatch(ObjectProblem::isRejection);
    }

    @Test
    void aPolicyOfAMillionValuesIsReadClosed() {
        Derived derived = beside(Manifests.policy(
                "shop", "rules: [{from: [{source: {principals: [" + many(10 * MANY, "'p#'") + "]}}]}]"));

        assertThat(guard(derived).rules()).isEmpty();
        assertThat(derived.problems()).hasSize(1);
    }

    @Test
    void aValueOfTenMegabytesIsReadClosedAndNotRepeated() {
        Derived derived = beside(Manifests.policy(
                "shop", "rules: [{from: [{source: {principals: ['" + "p".repeat(10_000_000) + "']}}]}]"));

        assertThat(guard(derived).rules()).isEmpty();
    }

    @Test
    void aThousandMistakesAreNotAThousandLines() {
        Derived derived = beside(
                Manifests.policy("shop", "rules: [{from: [{source: {ipBlocks: [" + many(1_000, "'x#'") + "]}}]}]"));

        assertThat(guard(derived).rules()).isEmpty();
        assertThat(derived.problems()).hasSizeLessThan(30);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "hosts: []",
                "hosts: ['']",
                "hosts: ['*']",
                "hosts: ['*.*']",
                "hosts: ['a.*.b']",
                "hosts: ['a b']",
                "hosts: ['a/b']",
                "hosts: ['a\\nb']",
                "hosts: ['ü.example']",
                "hosts: ['a.example'], addresses: ['0.0.0.0/0']",
                "hosts: ['a.example'], addresses: ['::/0']",
                "hosts: ['a.example'], addresses: ['10.0.0.0/33']",
                "hosts: ['a.example'], addresses: ['010.0.0.1']",
                "hosts: ['a.example'], addresses: ['fe80::1%eth0']",
                "hosts: ['a.example'], ports: [{number: 0, name: 'p'}]",
                "hosts: ['a.example'], ports: [{number: 70000, name: 'p'}]",
                "hosts: ['a.example'], resolution: 'STATIC', endpoints: [{address: 'name.example'}]",
                "hosts: ['a.example'], resolution: 'STATIC', endpoints: [{address: 'unix:///run/x'}]",
                "hosts: ['a.example'], resolution: 'STATIC', endpoints: [{address: '10.0.0.1', weight: -1}]",
                "hosts: ['a.example'], resolution: 'STATIC', endpoints: [{address: '10.0.0.1', ports: {p: 99999}}]",
                "hosts: ['a.example'], resolution: 'STATIC', endpoints: [{address: '10.0.0.1', serviceAccount: 'a/b'}]",
            })
    void anEntryThatCannotBeMeantIsLeftOut(String spec) {
        Derived derived = beside(entry(spec));

        assertThat(derived.state().services()).hasSize(1);
        assertThat(derived.problems())
                .isNotEmpty()
                .allMatch(problem -> problem.object().name().equals("entry"));
    }

    @Test
    void listsAreBounded() {
        assertThat(beside(entry("hosts: [" + many(MANY, "'h#.example'") + "]"))
                        .state()
                        .services())
                .hasSize(1);
        assertThat(beside(entry("hosts: ['a.example'], addresses: [" + many(MANY, "'10.0.0.1'") + "]"))
                        .problems())
                .hasSize(1);
        assertThat(beside(entry("hosts: ['a.example'], resolution: 'STATIC', endpoints: ["
                                + many(MANY, "{address: '10.0.0.1'}") + "]"))
                        .state()
                        .workloads())
                .hasSize(1);
    }

    @Test
    void servicesAndSlicesAreBoundedToo() {
        var ports = Manifests.service("ports: [" + many(2_000, "{port: 80, name: 'p#'}") + "]");
        ports.getMetadata().setName("ports");
        var slice =
                Manifests.slice("addressType: 'IPv4', endpoints: [" + many(5_000, "{addresses: ['192.0.2.1']}") + "]");

        Derived derived = beside(ports, slice);

        assertThat(derived.state().services()).hasSize(1);
        assertThat(derived.state().workloads()).hasSize(1);
        assertThat(derived.problems()).hasSize(2);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            10.96.0.1        | Service shop/cart
            ::ffff:10.96.0.1 | Service shop/cart
            10.0.0.9         | Pod shop/neighbour
            10.0.0.9/32      | Pod shop/neighbour
            """)
    void anEntryDoesNotGetSomebodyElsesAddress(String address, String owner) {
        Derived derived = beside(entry("hosts: ['a.example'], addresses: ['" + address + "'], resolution: 'NONE'"));

        assertThat(derived.state().services().get(new NamespacedHostname("evil", "a.example")))
                .isNotNull()
                .satisfies(service -> assertThat(service.addresses()).isEmpty());
        assertThat(derived.problems()).singleElement().satisfies(problem -> {
            assertThat(problem.object()).hasToString("ServiceEntry evil/entry");
            assertThat(problem.message()).contains("is the address of " + owner);
        });
    }

    @Test
    void anEntryDoesNotTakeTheNameOfAServiceFromOthers() {
        Derived derived = beside(entry("hosts: ['cart.shop.svc.cluster.local'], resolution: 'NONE'"));

        assertThat(cart(derived).canonical()).isTrue();
        assertThat(derived.state().services().values())
                .filteredOn(service -> service.namespace().equals("evil"))
                .noneMatch(MeshService::canonical);
    }

    @Test
    void aMachineIsNotFoundAtAPodsAddress() {
        var machine = Manifests.object(
                WorkloadEntry.class,
                "metadata: {name: 'vm', namespace: 'evil'}, spec: {address: '::ffff:10.0.0.9', serviceAccount: 'evil'}");

        Derived derived = beside(machine);

        assertThat(derived.state().workloads().values())
                .filteredOn(workload -> workload.namespace().equals("evil"))
                .extracting(Workload::networkMode)
                .containsExactly(NetworkMode.HOST_NETWORK);
        assertThat(derived.problems()).singleElement().asString().contains("is the address of Pod shop/neighbour");
    }

    @Test
    void aMappedAddressIsTheAddressItMaps() {
        Derived derived = beside(Manifests.podNamed("second", "::ffff:10.0.0.9"));

        assertThat(derived.problems()).singleElement().asString().contains("already that of pod shop/neighbour");
    }

    @Test
    void whatRefersToNothingOrToItselfIsHarmless() {
        var circle = Manifests.service(
                "name: 'self', labels: {'istio.io/use-waypoint': 'self'}",
                "clusterIP: '10.96.0.7', ports: [{port: 80}]");
        circle.getMetadata().setName("self");
        var slice = Manifests.slice("addressType: 'IPv4', endpoints: [{addresses: ['192.0.2.1'], "
                + "targetRef: {kind: 'Pod', name: 'nobody'}}]");
        var policy =
                Manifests.policy("shop", "targetRefs: [{kind: 'Service', name: 'nobody'}, {kind: 'Pod', name: 'x'}]");

        Derived derived = beside(circle, slice, policy);

        assertThat(derived.state().services()).hasSize(2);
        assertThat(derived.problems()).hasSize(3);
    }

    @Test
    void aBadVersionLeavesTheLastGoodOne() {
        var derivation = new MeshDerivation(DerivationOptions.defaults());
        derivation.put(Manifests.policy("shop", "action: 'DENY', rules: [{from: [{source: {namespaces: ['a']}}]}]"));
        AuthorizationPolicy good = guard(derivation.derived());

        derivation.put(Manifests.policy("shop", "action: 'DENY', rules: [{from: [{source: {ipBlocks: ['x']}}]}]"));
        Derived bad = derivation.derived();

        assertThat(guard(bad)).isEqualTo(good);
        assertThat(bad.problems()).hasSize(1);
    }

    @Test
    void whatIsNoObjectAnyMoreLeavesTheLastGoodOneOrIsReadClosed() {
        var key = new ObjectKey("AuthorizationPolicy", "shop", "guard");
        Optional<UnreadablePolicy> closed =
                Optional.of(new UnreadablePolicy(UnreadablePolicy.Kind.DENY, GUARD, Map.of()));
        var derivation = new MeshDerivation(DerivationOptions.defaults());

        derivation.reject(key, closed);
        assertThat(guard(derivation.derived()).rules()).hasSize(1);
        derivation.remove(key);
        derivation.put(Manifests.policy("shop", "action: 'ALLOW', rules: [{}, {}]"));
        derivation.reject(key, closed);
        assertThat(guard(derivation.derived()).rules()).hasSize(2);
        derivation.remove(key);
        assertThat(derivation.derived().state().policies()).isEmpty();
    }
}
