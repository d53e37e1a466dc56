package dev.ambit.domain.flow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.domain.address.IpAddress;
import dev.ambit.domain.address.IpPort;
import dev.ambit.domain.address.NamespacedHostname;
import dev.ambit.domain.address.NetworkAddress;
import dev.ambit.domain.identity.SpiffeId;
import dev.ambit.domain.service.MeshService;
import dev.ambit.domain.service.VirtualAddress;
import dev.ambit.domain.view.MeshChange;
import dev.ambit.domain.view.MeshName;
import dev.ambit.domain.view.MeshView;
import dev.ambit.domain.workload.GatewayReference;
import dev.ambit.domain.workload.PodRef;
import dev.ambit.domain.workload.PortMap;
import dev.ambit.domain.workload.Workload;
import dev.ambit.domain.workload.WorkloadUid;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Which names are asked for (facts on ztunnel, section 5, "on demand", and sections 10, 11 and 13 for what needs them). */
class NeededNamesTest {
    private static final PodRef CART = new PodRef("uid", "shop", "cart", "cart");
    private static final NamespacedHostname BANK = new NamespacedHostname("money", "bank.money.svc.cluster.local");
    private static final NamespacedHostname GATE = new NamespacedHostname("infra", "gate.infra.svc.cluster.local");
    private static final GatewayReference WAYPOINT = new GatewayReference.ByHostname(GATE, 15_008);
    private static final MeshName DIALLED = address("10.96.0.2");

    private final NeededNames names = new NeededNames("", "Kubernetes");

    private static MeshName address(String ip) {
        return new MeshName.OfAddress(new NetworkAddress("", IpAddress.of(ip)));
    }

    private static MeshChange workload(String name, UnaryOperator<Workload.Builder> with) {
        return new MeshChange.WorkloadUpserted(
                with.apply(Workload.builder(WorkloadUid.ofPod("Kubernetes", "shop", name), "shop", name)
                                .serviceAccount(name))
                        .build());
    }

    private static MeshService bank() {
        return MeshService.plain(
                BANK, "bank", List.of(VirtualAddress.of(new NetworkAddress("", IpAddress.of("10.96.0.2")))), List.of());
    }

    private Set<MeshName> outbound(String to, MeshChange... changes) {
        return names.outbound(
                MeshView.EMPTY.apply(List.of(changes)),
                new OutboundAttempt(CART, IpPort.of("10.0.0.1", 40_000), IpPort.of(to, 80)));
    }

    private Set<MeshName> inbound(String authority, MeshChange... changes) {
        return names.inbound(
                MeshView.EMPTY.apply(List.of(changes)),
                new InboundAttempt.Hbone(
                        CART,
                        IpPort.of("10.0.0.7", 40_000),
                        IpPort.of("10.0.0.1", 15_008),
                        SpiffeId.of("spiffe://cluster.local/ns/shop/sa/web"),
                        authority,
                        new HboneHeaders("", "", "")));
    }

    @Test
    void aPodThatIsUnknownAndWhatItDialled() {
        assertThat(outbound("10.96.0.2"))
                .containsExactly(new MeshName.OfWorkload(WorkloadUid.ofPod("Kubernetes", "shop", "cart")), DIALLED);
        assertThat(outbound("10.96.0.2", workload("cart", cart -> cart))).containsExactly(DIALLED);
    }

    @Test
    void nothingForLoopback() {
        assertThat(outbound("127.0.0.1", workload("cart", cart -> cart))).isEmpty();
    }

    @Test
    void theWaypointOfTheService() {
        assertThat(outbound(
                        "10.96.0.2",
                        workload("cart", cart -> cart),
                        new MeshChange.ServiceUpserted(bank().withWaypoint(WAYPOINT))))
                .containsExactly(DIALLED, new MeshName.OfHostname(GATE));
    }

    @Test
    void theWaypointOfTheWorkload() {
        var byAddress = new GatewayReference.ByAddress(new NetworkAddress("", IpAddress.of("10.0.0.9")), 15_008);

        assertThat(outbound(
                        "10.0.0.2",
                        workload("cart", cart -> cart),
                        workload(
                                "pay",
                                pay -> pay.addresses(List.of(IpAddress.of("10.0.0.2")))
                                        .waypoint(byAddress))))
                .containsExactly(address("10.0.0.2"), address("10.0.0.9"));
    }

    @Test
    void theGatewayOfTheNetworkWhereAnEndpointIs() {
        assertThat(outbound(
                        "10.96.0.2",
                        workload("cart", cart -> cart),
                        new MeshChange.ServiceUpserted(bank()),
                        workload(
                                "bank",
                                bank -> bank.network("far")
                                        .networkGateway(WAYPOINT)
                                        .services(Map.of(BANK, new PortMap(Map.of()))))))
                .containsExactly(DIALLED, new MeshName.OfHostname(GATE));
    }

    @Test
    void theGatewayOfTheNetworkWhereTheWaypointIs() {
        var far = new GatewayReference.ByAddress(new NetworkAddress("", IpAddress.of("10.0.0.99")), 15_008);

        assertThat(outbound(
                        "10.96.0.2",
                        workload("cart", cart -> cart),
                        new MeshChange.ServiceUpserted(bank().withWaypoint(WAYPOINT)),
                        new MeshChange.ServiceUpserted(MeshService.plain(GATE, "gate", List.of(), List.of())),
                        workload(
                                "gate",
                                gate -> gate.network("far")
                                        .networkGateway(far)
                                        .services(Map.of(GATE, new PortMap(Map.of()))))))
                .containsExactly(DIALLED, new MeshName.OfHostname(GATE), address("10.0.0.99"));
    }

    @Test
    void theCallerAndTheServicesOfThePod() {
        assertThat(inbound("10.0.0.1:80", workload("cart", cart -> cart.services(Map.of(BANK, new PortMap(Map.of()))))))
                .containsExactlyInAnyOrder(address("10.0.0.7"), new MeshName.OfHostname(BANK));
    }

    @Test
    void whatTheConnectNamesInsteadOfThePod() {
        assertThat(inbound("10.96.0.2:80", workload("cart", cart -> cart)))
                .containsExactlyInAnyOrder(address("10.0.0.7"), DIALLED);
        assertThat(inbound("bank.example:80", workload("cart", cart -> cart)))
                .containsExactlyInAnyOrder(
                        address("10.0.0.7"), new MeshName.OfHostname(new NamespacedHostname("shop", "bank.example")));
    }

    @Test
    void neverMoreThanTheBound() {
        var many = new HashMap<NamespacedHostname, PortMap>();
        for (int i = 0; i < 3 * NeededNames.NAMES_MAX; i++) {
            many.put(new NamespacedHostname("shop", "s" + i), new PortMap(Map.of()));
        }

        assertThat(inbound("10.0.0.1:80", workload("cart", cart -> cart.services(many))))
                .hasSize(NeededNames.NAMES_MAX)
                .contains(address("10.0.0.7"));
    }
}
