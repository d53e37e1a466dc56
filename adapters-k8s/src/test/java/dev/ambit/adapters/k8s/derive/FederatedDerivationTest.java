package dev.ambit.adapters.k8s.derive;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.adapters.k8s.derive.FederatedDerivation.Member;
import dev.ambit.adapters.k8s.derive.MeshDerivation.Derived;
import dev.ambit.adapters.k8s.translate.DerivationFeatures;
import dev.ambit.adapters.k8s.translate.DerivationOptions;
import dev.ambit.adapters.k8s.translate.ObjectKey;
import dev.ambit.adapters.k8s.translate.ServiceSharing;
import dev.ambit.domain.address.IpAddress;
import dev.ambit.domain.address.IpPort;
import dev.ambit.domain.address.NamespacedHostname;
import dev.ambit.domain.flow.OutboundAttempt;
import dev.ambit.domain.flow.OutboundPlan;
import dev.ambit.domain.flow.OutboundPlanner;
import dev.ambit.domain.identity.SpiffeId;
import dev.ambit.domain.policy.PolicyName;
import dev.ambit.domain.service.MeshService;
import dev.ambit.domain.view.MeshState;
import dev.ambit.domain.view.MeshView;
import dev.ambit.domain.workload.PodRef;
import dev.ambit.domain.workload.Workload;
import dev.ambit.domain.workload.WorkloadUid;
import io.fabric8.istio.api.networking.v1.ServiceEntry;
import io.fabric8.istio.api.networking.v1.WorkloadEntry;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.Gateway;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** Clusters' objects to one mesh. What a federation is, is the domain's matter; here it is what counts of whose objects. */
class FederatedDerivationTest {
    private static final DerivationOptions OPTIONS =
            DerivationOptions.defaults().with(DerivationFeatures.defaults().with(ServiceSharing.OFF.on()));
    private static final NamespacedHostname CART = new NamespacedHostname("shop", "cart.shop.svc.cluster.local");
    private static final String GLOBAL = "labels: {'istio.io/global': 'true'}";

    private final FederatedDerivation derivation = new FederatedDerivation(OPTIONS);

    private Member west(HasMetadata... objects) {
        Member member = derivation.member("west");
        for (HasMetadata object : objects) {
            member.put(object);
        }
        return member;
    }

    private static Service cart(String metadata, String ip) {
        return Manifests.service(
                metadata, "clusterIP: '" + ip + "', selector: {app: 'cart'}, ports: [{port: 80, targetPort: 8080}]");
    }

    private static Pod pod(String ip) {
        return Manifests.pod(
                "labels: {app: 'cart'}", "nodeName: 'node-a', serviceAccountName: 'cart'", "podIP: '" + ip + "'");
    }

    private static Namespace root(String network) {
        return Manifests.namespace("istio-system", "labels: {'topology.istio.io/network': '" + network + "'}");
    }

    private static Gateway gateway(String className, String rest) {
        return Manifests.object(
                Gateway.class,
                "metadata: {name: 'ew', namespace: 'istio-gw', labels: {'topology.istio.io/network': 'far'}}, spec:"
                        + " {gatewayClassName: '" + className
                        + "', listeners: [{name: 'hbone', port: 15009, protocol: 'HBONE'"
                        + rest + "}]}, status: {addresses: [{type: 'IPAddress', value: '198.51.100.1'}]}");
    }

    private static MeshService cartIn(Derived derived) {
        return Objects.requireNonNull(derived.state().services().get(CART));
    }

    private static List<String> uids(Derived derived) {
        return derived.state().workloads().keySet().stream()
                .map(WorkloadUid::value)
                .sorted()
                .toList();
    }

    @Test
    void podsOfAnotherClusterInThisNetworkAreWorkloadsOfTheirCluster() {
        derivation.put(cart(GLOBAL, "10.96.0.1"));
        Member west = west(
                cart(GLOBAL, "10.97.0.1"), pod("10.2.0.1"), Manifests.node("'topology.kubernetes.io/region': 'r1'"));
        assertThat(derivation.derived().state().workloads())
                .as("not admitted yet")
                .isEmpty();

        derivation.admit(west);
        Derived derived = derivation.derived();

        Workload workload = derived.state().workloads().values().iterator().next();
        assertThat(workload.uid()).isEqualTo(WorkloadUid.ofPod("west", "shop", "cart"));
        assertThat(workload.clusterId()).isEqualTo("west");
        assertThat(workload.services()).containsOnlyKeys(CART);
        assertThat(workload.locality().region()).isEqualTo("r1");
        assertThat(cartIn(derived).addresses()).hasSize(2);
        assertThat(derived.state().pods())
                .as("certificates are for the local cluster's")
                .isEmpty();

        derivation.dismiss("west");
        assertThat(derivation.derived().state().workloads()).isEmpty();
    }

    @Test
    void whatAnotherClusterDoesNotShareIsNotSeen() {
        derivation.put(Manifests.namespace("shop", "labels: {}"));
        Member west = west(cart("labels: {}", "10.97.0.1"), pod("10.2.0.1"));
        derivation.admit(west);

        Derived derived = derivation.derived();
        assertThat(derived.state().services()).isEmpty();
        assertThat(derived.state().workloads().values())
                .singleElement()
                .satisfies(workload -> assertThat(workload.services()).isEmpty());

        west.put(cart(GLOBAL, "10.97.0.1"));
        assertThat(derivation.derived().state().services()).containsOnlyKeys(CART);
    }

    @Test
    void policiesOfThisClusterHoldForAllPods() {
        Member west = west(pod("10.2.0.1"));
        derivation.admit(west);
        derivation.put(Manifests.policy("shop", "selector: {matchLabels: {app: 'cart'}}, action: 'DENY', rules: [{}]"));
        derivation.put(Manifests.peerAuthentication("istio-system", "strict", "mtls: {mode: 'STRICT'}"));

        assertThat(derivation.derived().state().workloads().values())
                .singleElement()
                .satisfies(workload -> assertThat(workload.policies())
                        .containsExactly(
                                new PolicyName("shop", "guard"),
                                new PolicyName("istio-system", "istio_converted_static_strict")));

        Member replaced = west(pod("10.2.0.2"));
        derivation.remove(new ObjectKey("AuthorizationPolicy", "shop", "guard"));
        derivation.admit(replaced);
        assertThat(derivation.derived().state().workloads().values())
                .singleElement()
                .satisfies(workload -> assertThat(workload.policies())
                        .containsExactly(new PolicyName("istio-system", "istio_converted_static_strict")));
    }

    @Test
    void anotherNetworkIsReachedThroughItsEastWestGateway() {
        derivation.put(cart(GLOBAL, "10.96.0.1"));
        derivation.put(root("near"));
        derivation.admit(west(
                root("far"),
                cart(GLOBAL, "10.96.0.1"),
                pod("10.1.0.1"),
                gateway("istio-east-west", ", tls: {mode: 'Terminate'}")));

        Derived derived = derivation.derived();
        assertThat(uids(derived))
                .containsExactly(
                        "NetworkGateway/far/198.51.100.1/0",
                        "far/SplitHorizonWorkload/istio-gw/ew/198.51.100.1/shop/cart.shop.svc.cluster.local");
        assertThat(cartIn(derived).subjectAltNames()).containsExactly("spiffe://cluster.local/ns/shop/sa/cart");
        assertThat(cartIn(derived).addresses())
                .extracting(address -> address.network())
                .containsExactly("far", "near");
    }

    @Test
    void aNodeProxyWithTheDerivedMeshGoesThereByATunnelInATunnel() {
        derivation.put(cart(GLOBAL, "10.96.0.1"));
        derivation.put(root("near"));
        derivation.put(Manifests.object(
                Pod.class,
                "metadata: {name: 'web', namespace: 'shop', uid: 'u1', annotations: {'ambient.istio.io/redirection': 'enabled'}},"
                        + " spec: {nodeName: 'node-a', serviceAccountName: 'web'}, status: {podIP: '10.1.0.9'}"));
        derivation.admit(west(
                root("far"),
                cart(GLOBAL, "10.96.0.1"),
                pod("10.1.0.1"),
                gateway("istio-east-west", ", tls: {mode: 'Terminate'}")));
        MeshView view = MeshView.EMPTY.apply(derivation.derived().state().changesSince(MeshState.EMPTY));

        OutboundPlan plan = new OutboundPlanner("near", new Random(1))
                .plan(
                        view,
                        new OutboundAttempt(
                                new PodRef("u1", "shop", "web", "web"),
                                new IpPort(IpAddress.parse("10.1.0.9").orElseThrow(), 40_000),
                                new IpPort(IpAddress.parse("10.96.0.1").orElseThrow(), 80)));

        assertThat(plan).isInstanceOfSatisfying(OutboundPlan.DoubleTunnel.class, twice -> {
            assertThat(twice.outer().hop())
                    .isEqualTo(new IpPort(IpAddress.parse("198.51.100.1").orElseThrow(), 15_008));
            assertThat(twice.outer().authority()).isEqualTo("cart.shop.svc.cluster.local:80");
            assertThat(twice.outer().expected())
                    .containsExactly(SpiffeId.of("spiffe://cluster.local/ns/istio-gw/sa/ew"));
            assertThat(twice.expected()).containsExactly(SpiffeId.of("spiffe://cluster.local/ns/shop/sa/cart"));
        });
    }

    @Test
    void gatewaysOfOtherKindsAreNoWays() {
        derivation.put(root("near"));
        derivation.admit(west(root("far"), gateway("istio-east-west", "")));
        assertThat(uids(derivation.derived())).as("does not end TLS").isEmpty();

        derivation.admit(west(root("far"), gateway("istio-remote", ", tls: {mode: 'Terminate'}")));
        assertThat(uids(derivation.derived()))
                .as("another cluster's own view of others")
                .isEmpty();

        derivation.put(gateway("istio-east-west", ", tls: {mode: 'Terminate'}"));
        assertThat(uids(derivation.derived()))
                .as("the way into this network is for others")
                .isEmpty();

        derivation.put(gateway("istio-remote", ""));
        assertThat(uids(derivation.derived())).containsExactly("NetworkGateway/far/198.51.100.1/15009");
    }

    @Test
    void machinesOfAnotherNetworkStandBehindItsGateway() {
        derivation.put(cart(GLOBAL, "10.96.0.1"));
        derivation.put(gateway("istio-remote", ""));
        derivation.put(Manifests.object(
                WorkloadEntry.class,
                "metadata: {name: 'vm', namespace: 'shop', labels: {app: 'cart'}}, spec: {address: '10.9.0.1', network: 'far',"
                        + " weight: 7, serviceAccount: 'vm'}"));

        Derived derived = derivation.derived();
        Workload standing = Objects.requireNonNull(derived.state()
                .workloads()
                .get(new WorkloadUid(
                        "far/SplitHorizonWorkload/istio-gw/ew/198.51.100.1/shop/cart.shop.svc.cluster.local")));
        assertThat(standing.capacity()).isEqualTo(7);
        assertThat(cartIn(derived).subjectAltNames()).containsExactly("spiffe://cluster.local/ns/shop/sa/vm");
        assertThat(derived.state().workloads()).hasSize(2);
    }

    @Test
    void aConflictIsRemarkedOnTheService() {
        derivation.put(cart(GLOBAL, "10.96.0.1"));
        derivation.admit(west(Manifests.service(GLOBAL, "clusterIP: '10.97.0.1', ports: [{port: 81}]")));

        assertThat(Manifests.messages(derivation.derived()))
                .singleElement()
                .asString()
                .contains("ports in cluster west");
    }

    @Test
    void withoutMultiNetworkEverythingIsAsItWas() {
        var plain = new FederatedDerivation(DerivationOptions.defaults());
        plain.put(cart(GLOBAL, "10.96.0.1"));
        plain.put(Manifests.object(
                ServiceEntry.class,
                "metadata: {name: 'x', namespace: 'shop'}, spec: {hosts: ['x.example'], resolution: 'STATIC', ports: [{number: 80,"
                        + " name: 'http'}], endpoints: [{address: '10.9.0.1', network: 'far'}]}"));

        assertThat(plain.derived().state().workloads().values())
                .singleElement()
                .satisfies(workload -> assertThat(workload.network()).isEqualTo("far"));
    }

    @Property(tries = 40)
    void changeByChangeIsAsGoodAsAtOnce(@ForAll long seed) {
        var random = new Random(seed);
        var objects = new RandomCluster(random);
        var live = new FederatedDerivation(OPTIONS);
        List<String> names = List.of("Kubernetes", "west", "north");
        Map<String, Map<ObjectKey, HasMetadata>> clusters = new HashMap<>();
        names.forEach(name -> clusters.put(name, new HashMap<>()));
        Map<String, Member> members = new HashMap<>();
        MeshState last = MeshState.EMPTY;
        for (int i = 0; i < 150; i++) {
            String name = names.get(random.nextInt(names.size()));
            Map<ObjectKey, HasMetadata> cluster = Objects.requireNonNull(clusters.get(name));
            boolean home = name.equals("Kubernetes");
            HasMetadata object = objects.object();
            if (!home && random.nextInt(12) == 0) {
                cluster.clear();
                live.dismiss(name);
                members.remove(name);
            } else if (home || isRemote(object)) {
                Member member = home ? null : members.computeIfAbsent(name, live::member);
                boolean gone = random.nextInt(4) == 0 && !cluster.isEmpty();
                ObjectKey key =
                        gone ? List.copyOf(cluster.keySet()).get(random.nextInt(cluster.size())) : ObjectKey.of(object);
                if (gone) {
                    cluster.remove(key);
                } else {
                    cluster.put(key, object);
                }
                if (member == null && gone) {
                    live.remove(key);
                } else if (member == null) {
                    live.put(object);
                } else if (gone) {
                    member.remove(key);
                } else {
                    member.put(object);
                }
                if (member != null) {
                    live.admit(member);
                }
            }
            if (random.nextInt(4) == 0) {
                last = checked(live.derived(), clusters, members, last);
            }
        }
        checked(live.derived(), clusters, members, last);
    }

    private static boolean isRemote(HasMetadata object) {
        return object instanceof Pod
                || object instanceof Service
                || object instanceof EndpointSlice
                || object instanceof Namespace
                || object instanceof Node
                || object instanceof Gateway;
    }

    private static MeshState checked(
            Derived live,
            Map<String, Map<ObjectKey, HasMetadata>> clusters,
            Map<String, Member> members,
            MeshState last) {
        var fresh = new FederatedDerivation(OPTIONS);
        members.keySet().forEach(name -> {
            Member member = fresh.member(name);
            Objects.requireNonNull(clusters.get(name)).values().forEach(member::put);
            fresh.admit(member);
        });
        Derived atOnce = fresh.derive(KubernetesObjects.of(
                new ArrayList<>(
                        Objects.requireNonNull(clusters.get("Kubernetes")).values()),
                List.of()));
        assertThat(live.state().changesSince(atOnce.state())).isEmpty();
        assertThat(atOnce.state().changesSince(live.state())).isEmpty();
        assertThat(live.problems()).containsExactlyInAnyOrderElementsOf(atOnce.problems());
        assertThat(live.conditions()).isEqualTo(atOnce.conditions());
        assertThat(live.state().changesSince(last))
                .hasSameElementsAs(atOnce.state().changesSince(last));
        return live.state();
    }
}
