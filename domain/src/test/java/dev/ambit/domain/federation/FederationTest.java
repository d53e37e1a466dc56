package dev.ambit.domain.federation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.domain.address.Cidr;
import dev.ambit.domain.address.IpAddress;
import dev.ambit.domain.address.NamespacedHostname;
import dev.ambit.domain.address.NetworkAddress;
import dev.ambit.domain.service.AppProtocol;
import dev.ambit.domain.service.MeshService;
import dev.ambit.domain.service.ServicePort;
import dev.ambit.domain.service.VirtualAddress;
import dev.ambit.domain.view.MeshState;
import dev.ambit.domain.workload.GatewayReference;
import dev.ambit.domain.workload.PortMap;
import dev.ambit.domain.workload.TunnelProtocol;
import dev.ambit.domain.workload.Workload;
import dev.ambit.domain.workload.WorkloadUid;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What the local cluster's proxies are told of others: Istio's rules, case by case. */
class FederationTest {
    private static final NamespacedHostname CART = new NamespacedHostname("shop", "cart.shop.svc.cluster.local");
    private static final NetworkWay WAY = new NetworkWay("far", "west", "istio-gw", "east-west", "198.51.100.1", 0);

    private static ClusterShare share(String network, boolean global, List<NetworkWay> ways, Object... things) {
        Map<WorkloadUid, Workload> workloads = new HashMap<>();
        Map<NamespacedHostname, MeshService> services = new HashMap<>();
        for (Object thing : things) {
            if (thing instanceof Workload workload) {
                workloads.put(workload.uid(), workload);
            } else if (thing instanceof MeshService service) {
                services.put(service.key(), service);
            }
        }
        Map<NamespacedHostname, Boolean> shared = new HashMap<>();
        services.keySet().stream().filter(_ -> global).forEach(key -> shared.put(key, true));
        return new ClusterShare(new MeshState(workloads, services, Map.of(), List.of()), network, shared, ways);
    }

    private static MeshService cart(String network, String... addresses) {
        return service(CART, network, addresses);
    }

    private static MeshService service(NamespacedHostname key, String network, String... addresses) {
        return MeshService.plain(
                key,
                key.hostname().substring(0, key.hostname().indexOf('.')),
                Arrays.stream(addresses)
                        .map(ip -> new VirtualAddress(
                                network, Cidr.host(IpAddress.parse(ip).orElseThrow())))
                        .toList(),
                List.of(new ServicePort(80, 8080, AppProtocol.HTTP11), new ServicePort(443, 0, AppProtocol.TCP)));
    }

    private static Workload pod(String cluster, String name, String network, String ip, String account) {
        return Workload.builder(WorkloadUid.ofPod(cluster, "shop", name), "shop", name)
                .clusterId(cluster)
                .network(network)
                .addresses(List.of(IpAddress.parse(ip).orElseThrow()))
                .serviceAccount(account)
                .services(Map.of(CART, new PortMap(Map.of(80, 8080))))
                .build();
    }

    private static Federation of(ClusterShare east, ClusterShare west) {
        return Federation.seenFrom("east").with("east", east).with("west", west);
    }

    private static MeshService cartIn(Federation federation) {
        return Objects.requireNonNull(federation.state().services().get(CART));
    }

    private static List<String> uids(Federation federation) {
        return federation.state().workloads().keySet().stream()
                .map(WorkloadUid::value)
                .sorted()
                .toList();
    }

    @Test
    void podsOfTheSameNetworkArePublishedWhateverTheirCluster() {
        Workload remote = pod("west", "b", "n1", "10.2.0.1", "cart");
        var federation = of(
                share("n1", true, List.of(), cart("n1", "10.96.0.1"), pod("east", "a", "n1", "10.1.0.1", "cart")),
                share("n1", true, List.of(), cart("n1", "10.97.0.1"), remote));

        assertThat(uids(federation)).containsExactly("east//Pod/shop/a", "west//Pod/shop/b");
        assertThat(federation.state().workloads()).containsEntry(remote.uid(), remote);
    }

    @Test
    void aSharedServiceHasTheAddressesOfAllClustersInOrder() {
        var federation = of(
                share("n2", true, List.of(), cart("n2", "10.96.0.1")),
                share(
                        "n1",
                        true,
                        List.of(),
                        cart("n1", "10.97.0.1").withSubjectAltNames(List.of("spiffe://x/ns/a/sa/b"))));

        MeshService cart = cartIn(federation);
        assertThat(cart.addresses())
                .containsExactly(
                        cart("n1", "10.97.0.1").addresses().getFirst(),
                        cart("n2", "10.96.0.1").addresses().getFirst());
        assertThat(cart.subjectAltNames()).containsExactly("spiffe://x/ns/a/sa/b");
    }

    @Test
    void theLocalDescriptionCounts() {
        MeshService own = cart("n1", "10.96.0.1")
                .withWaypoint(new GatewayReference.ByHostname(new NamespacedHostname("shop", "wp"), 15_008));
        var federation = of(share("n1", true, List.of(), own), share("n1", true, List.of(), cart("n1", "10.97.0.1")));

        assertThat(cartIn(federation).waypoint()).isEqualTo(own.waypoint());
    }

    @Test
    void aServiceThatIsNotSharedIsTheLocalClustersAlone() {
        MeshService own = cart("n1", "10.96.0.1");
        Workload near = pod("west", "b", "n1", "10.2.0.1", "cart");
        ClusterShare west = share(
                "n1", true, List.of(WAY), cart("n1", "10.97.0.1"), near, pod("west", "c", "far", "10.3.0.1", "x"));
        var federation = of(share("n1", false, List.of(), own), west);

        assertThat(cartIn(federation)).isEqualTo(own);
        assertThat(uids(federation)).containsExactly("west//Pod/shop/b");
        assertThat(Objects.requireNonNull(federation.state().workloads().get(near.uid()))
                        .services())
                .as("its endpoints are not the local service's")
                .isEmpty();

        Federation shared = federation.with("east", share("n1", true, List.of(), own));
        assertThat(shared.state().workloads()).containsEntry(near.uid(), near);
    }

    @Test
    void aServiceThatOnlyOthersHaveIsThereIfItIsShared() {
        MeshService theirs = cart("n1", "10.97.0.1");

        assertThat(cartIn(of(ClusterShare.NOTHING, share("n1", true, List.of(), theirs))))
                .isEqualTo(theirs);
        assertThat(of(ClusterShare.NOTHING, share("n1", false, List.of(), theirs))
                        .state()
                        .services())
                .isEmpty();
    }

    @Test
    void whatIsBehindAnotherNetworksGatewayIsOneWorkload() {
        var federation = of(
                share("n1", true, List.of(), cart("n1", "10.96.0.1")),
                share(
                        "far",
                        true,
                        List.of(WAY, new NetworkWay("far", "west", "istio-gw", "zz", "198.51.100.2", 0)),
                        cart("far", "10.97.0.1"),
                        pod("west", "b", "far", "10.2.0.1", "cart"),
                        pod("west", "c", "far", "10.2.0.2", "other").toBuilder()
                                .capacity(4)
                                .build()));

        var uid = new WorkloadUid(
                "far/SplitHorizonWorkload/istio-gw/east-west/198.51.100.1/shop/cart.shop.svc.cluster.local");
        assertThat(federation.state().workloads())
                .containsExactly(Map.entry(
                        uid,
                        Workload.builder(uid, "shop", uid.value())
                                .network("far")
                                .networkGateway(new GatewayReference.ByAddress(
                                        new NetworkAddress(
                                                "far",
                                                IpAddress.parse("198.51.100.1").orElseThrow()),
                                        15_008))
                                .clusterId("west")
                                .tunnelProtocol(TunnelProtocol.HBONE)
                                .capacity(5)
                                .services(Map.of(CART, new PortMap(Map.of(80, 8080, 443, 0))))
                                .build()));
        assertThat(cartIn(federation).subjectAltNames())
                .containsExactly("spiffe://cluster.local/ns/shop/sa/cart", "spiffe://cluster.local/ns/shop/sa/other");
    }

    @Test
    void withoutAWayThereIsNothingAndARemark() {
        ClusterShare west =
                share("far", true, List.of(), cart("far", "10.97.0.1"), pod("west", "b", "far", "10.2.0.1", "cart"));
        var federation = of(share("n1", true, List.of(), cart("n1", "10.96.0.1")), west);

        assertThat(uids(federation)).isEmpty();
        assertThat(federation.remarks().get(CART)).singleElement().asString().contains("'far'", "no gateway");
    }

    @Test
    void theLocalClustersWayCountsFirst() {
        var own = new NetworkWay("far", "east", "istio-gw", "remote", "gw.example", 15_010);
        var federation = of(
                share("n1", true, List.of(own), cart("n1", "10.96.0.1")),
                share(
                        "far",
                        true,
                        List.of(WAY),
                        cart("far", "10.97.0.1"),
                        pod("west", "b", "far", "10.2.0.1", "cart")));

        assertThat(federation.state().workloads().values())
                .singleElement()
                .satisfies(workload -> assertThat(workload.networkGateway())
                        .isEqualTo(new GatewayReference.ByHostname(
                                new NamespacedHostname("istio-gw", "gw.example"), 15_010)));
    }

    @Test
    void gatewaysOfOtherNetworksArePublishedOnce() {
        var uid = new WorkloadUid("NetworkGateway/far/198.51.100.1/0");
        Workload gateway = Workload.builder(uid, "istio-gw", uid.value())
                .network("far")
                .clusterId("")
                .serviceAccount("east")
                .build();
        Workload same = gateway.toBuilder().serviceAccount("west").build();
        var federation = Federation.seenFrom("east")
                .with("west", share("far", false, List.of(), same))
                .with("east", share("n1", false, List.of(), gateway));

        assertThat(federation.state().workloads()).containsExactly(Map.entry(uid, gateway));
        assertThat(federation.with("east", ClusterShare.NOTHING).state().workloads())
                .containsExactly(Map.entry(uid, same));
    }

    @Test
    void anAddressThatIsAnothersIsLeftOut() {
        var other = new NamespacedHostname("shop", "other.shop.svc.cluster.local");
        ClusterShare west = share("n1", true, List.of(), cart("n1", "10.96.0.2"));
        var federation =
                of(share("n1", true, List.of(), cart("n1", "10.96.0.1"), service(other, "n1", "10.96.0.2")), west);

        assertThat(cartIn(federation).addresses())
                .isEqualTo(cart("n1", "10.96.0.1").addresses());
        assertThat(federation.remarks().get(CART))
                .singleElement()
                .asString()
                .contains("10.96.0.2", "west", "other.shop.svc.cluster.local");

        Federation freed = federation.with("east", share("n1", true, List.of(), cart("n1", "10.96.0.1")));
        assertThat(cartIn(freed).addresses()).hasSize(2);
        assertThat(freed.remarks()).isEmpty();
    }

    @Test
    void otherPortsAreRemarkedOn() {
        MeshService theirs =
                MeshService.plain(CART, "cart", List.of(), List.of(new ServicePort(81, 8080, AppProtocol.HTTP11)));
        var federation =
                of(share("n1", true, List.of(), cart("n1", "10.96.0.1")), share("n1", true, List.of(), theirs));

        assertThat(cartIn(federation).ports()).isEqualTo(cart("n1").ports());
        assertThat(federation.remarks().get(CART)).singleElement().asString().contains("ports", "west", "east");
    }

    @Test
    void aClusterThatIsGoneLeavesNothing() {
        ClusterShare east = share("n1", true, List.of(), cart("n1", "10.96.0.1"));
        ClusterShare west =
                share("far", true, List.of(WAY), cart("far", "10.97.0.1"), pod("west", "b", "far", "10.2.0.1", "cart"));

        assertThat(of(east, west).without("west").state()).isEqualTo(east.state());
    }
}
