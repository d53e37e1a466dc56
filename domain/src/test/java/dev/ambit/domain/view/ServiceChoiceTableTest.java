package dev.ambit.domain.view;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.domain.address.Cidr;
import dev.ambit.domain.address.IpAddress;
import dev.ambit.domain.address.NetworkAddress;
import dev.ambit.domain.service.MeshService;
import dev.ambit.domain.service.VirtualAddress;
import dev.ambit.domain.workload.TunnelProtocol;
import dev.ambit.domain.workload.Workload;
import dev.ambit.domain.workload.WorkloadUid;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Which service an address or a host name means to whom, case by case of the tests of Istio's node proxy. */
@Timeout(30)
class ServiceChoiceTableTest {

    @ParameterizedTest(name = "{0}")
    @MethodSource({"exact", "blocks", "namespaces"})
    void means(String name, List<MeshService> services, String address, String caller, String meant) {
        assertThat(view(services)
                        .serviceAt(new NetworkAddress("", IpAddress.of(address)), caller)
                        .map(service -> service.namespace() + "/" + service.name())
                        .orElse("nobody"))
                .isEqualTo(meant);
    }

    static Stream<Arguments> exact() {
        List<MeshService> shared =
                List.of(in("a", "svc", "10.0.0.1", "10.0.0.2"), in("b", "svc", "10.0.0.1", "10.0.0.3"));
        List<MeshService> canonical = List.of(
                in("a", "svc", "10.0.0.1"),
                shaped("b", "svc", "10.0.0.1").canonical().build());
        return Stream.of(
                row("shared, caller in a", shared, "10.0.0.1", "a", "a/svc"),
                row("shared, caller in b", shared, "10.0.0.1", "b", "b/svc"),
                row("only a has it", shared, "10.0.0.2", "b", "a/svc"),
                row("only b has it", shared, "10.0.0.3", "a", "b/svc"),
                row("after a is gone", shared.subList(1, 2), "10.0.0.1", "a", "b/svc"),
                row("nobody has it", shared.subList(1, 2), "10.0.0.2", "a", "nobody"),
                row("own namespace before the canonical one", canonical, "10.0.0.1", "a", "a/svc"),
                row("the canonical one to everybody else", canonical, "10.0.0.1", "c", "b/svc"));
    }

    static Stream<Arguments> blocks() {
        List<MeshService> four = List.of(in("ns", "svc", "10.0.0.0/24"));
        List<MeshService> six = List.of(in("ns", "svc", "fd00::/112"));
        List<MeshService> nested = List.of(in("ns", "wide", "10.0.0.0/16"), in("ns", "narrow", "10.0.0.0/24"));
        List<MeshService> nestedSix = List.of(in("ns", "wide", "fd00::/48"), in("ns", "narrow", "fd00::/112"));
        List<MeshService> dual = List.of(in("ns", "dual", "10.0.0.0/24", "fd00::/112"));
        List<MeshService> apart = List.of(in("ns", "v4", "10.0.0.0/24"), in("ns", "v6", "fd00::/112"));
        List<MeshService> mixed = List.of(in("ns", "mixed", "10.0.0.1", "fd00::/112"));
        List<MeshService> both = List.of(in("ns", "block", "10.0.0.0/24"), in("ns", "exact", "10.0.0.5"));
        List<MeshService> bothSix = List.of(in("ns", "block", "fd00::/112"), in("ns", "exact", "fd00::5"));
        return Stream.of(
                row("inside", four, "10.0.0.5", "c", "ns/svc"),
                row("its last address", four, "10.0.0.255", "c", "ns/svc"),
                row("behind it", four, "10.0.1.5", "c", "nobody"),
                row("IPv6, inside", six, "fd00::5", "c", "ns/svc"),
                row("IPv6, its last address", six, "fd00::ffff", "c", "ns/svc"),
                row("IPv6, behind it", six, "fd00::1:0", "c", "nobody"),
                row("IPv6, another prefix", six, "fd01::5", "c", "nobody"),
                row("longest prefix", nested, "10.0.0.5", "c", "ns/narrow"),
                row("the wide one beside", nested, "10.0.1.5", "c", "ns/wide"),
                row("IPv6, longest prefix", nestedSix, "fd00::5", "c", "ns/narrow"),
                row("IPv6, the wide one beside", nestedSix, "fd00::1:0", "c", "ns/wide"),
                row("dual, IPv4", dual, "10.0.0.5", "c", "ns/dual"),
                row("dual, IPv6", dual, "fd00::5", "c", "ns/dual"),
                row("dual, outside", dual, "10.0.1.5", "c", "nobody"),
                row("IPv4 is not IPv6", apart, "253.0.0.0", "c", "nobody"),
                row("IPv6 is not IPv4", apart, "a00::5", "c", "nobody"),
                row("address and block, the address", mixed, "10.0.0.1", "c", "ns/mixed"),
                row("address and block, the block", mixed, "fd00::5", "c", "ns/mixed"),
                row("address and block, neither", mixed, "10.0.0.2", "c", "nobody"),
                row("exact before block", both, "10.0.0.5", "c", "ns/exact"),
                row("block beside exact", both, "10.0.0.6", "c", "ns/block"),
                row("IPv6, exact before block", bothSix, "fd00::5", "c", "ns/exact"),
                row("IPv6, block beside exact", bothSix, "fd00::6", "c", "ns/block"));
    }

    static Stream<Arguments> namespaces() {
        List<MeshService> hidden = List.of(
                shaped("a", "hidden", "10.0.0.1").onlyForItsNamespace().build(),
                shaped("a", "hidden-block", "10.1.0.0/16").onlyForItsNamespace().build());
        List<MeshService> behind = List.of(
                shaped("a", "hidden", "10.2.0.5").onlyForItsNamespace().build(), in("b", "public", "10.2.0.0/16"));
        List<MeshService> overlapping = List.of(in("a", "svc", "10.0.0.0/24"), in("b", "svc", "10.0.0.0/24"));
        List<MeshService> local =
                List.of(in("own", "local", "10.0.0.0/16"), in("istio-system", "global", "10.0.0.0/24"));
        return Stream.of(
                row("seen by its namespace", hidden, "10.0.0.1", "a", "a/hidden"),
                row("not by others", hidden, "10.0.0.1", "b", "nobody"),
                row("block seen by its namespace", hidden, "10.1.0.5", "a", "a/hidden-block"),
                row("block not by others", hidden, "10.1.0.5", "b", "nobody"),
                row("what is seen counts", behind, "10.2.0.5", "a", "a/hidden"),
                row("what is not seen hides no block", behind, "10.2.0.5", "b", "b/public"),
                row("one block, caller in a", overlapping, "10.0.0.5", "a", "a/svc"),
                row("one block, caller in b", overlapping, "10.0.0.5", "b", "b/svc"),
                row("one block, after a is gone", overlapping.subList(1, 2), "10.0.0.5", "a", "b/svc"),
                row("namespace before prefix", local, "10.0.0.5", "own", "own/local"),
                row("prefix to everybody else", local, "10.0.0.5", "c", "istio-system/global"),
                row("outside the longer prefix", local, "10.0.1.5", "c", "own/local"));
    }

    @Test
    void blocksBelongToTheirNetwork() {
        var block = new VirtualAddress("net-a", Cidr.parse("10.0.0.0/24").orElseThrow());
        MeshService service = MeshService.plain(TestMesh.key("svc"), "svc", List.of(block), List.of());
        MeshView view = new TestMesh().with(service).view();

        assertThat(view.serviceAt(new NetworkAddress("net-a", IpAddress.of("10.0.0.5")), "c"))
                .contains(service);
        assertThat(view.serviceAt(new NetworkAddress("net-b", IpAddress.of("10.0.0.5")), "c"))
                .isEmpty();
    }

    @Test
    void everybodyAtAnAddressIsFoundForWhoReceives() {
        List<MeshService> services = List.of(
                shaped("a", "hidden", "10.2.0.5").onlyForItsNamespace().build(),
                in("b", "block", "10.2.0.0/16"),
                in("c", "other", "10.3.0.0/16"));
        MeshView view = view(services);

        assertThat(view.servicesAt(new NetworkAddress("", IpAddress.of("10.2.0.5"))))
                .extracting(MeshService::name)
                .containsExactlyInAnyOrder("hidden", "block");
        assertThat(view.servicesAt(new NetworkAddress("far", IpAddress.of("10.2.0.5"))))
                .isEmpty();
    }

    @Test
    void hostNamesFollowTheSameRules() {
        String shared = "shared.example.com";
        MeshView view = view(List.of(
                shaped("a", "local", "10.3.0.3")
                        .in("a", shared)
                        .onlyForItsNamespace()
                        .build(),
                shaped("b", "public", "10.3.0.4").in("b", shared).build(),
                shaped("a", "alone", "10.3.0.1").onlyForItsNamespace().build()));

        assertThat(view.serviceByHostname(shared, "a")).map(MeshService::name).contains("local");
        assertThat(view.serviceByHostname(shared, "c")).map(MeshService::name).contains("public");
        String alone = "alone.a.svc.cluster.local";
        assertThat(view.serviceByHostname(alone, "a")).isPresent();
        assertThat(view.serviceByHostname(alone, "b")).isEmpty();
    }

    @Test
    void aPodBeforeAnEntryWithTheSameAddress() {
        Workload entry = Workload.builder(
                        new WorkloadUid("cluster1/networking.istio.io/WorkloadEntry/default/entry"), "shop", "entry")
                .addresses(List.of(IpAddress.of("10.0.0.1")))
                .tunnelProtocol(TunnelProtocol.HBONE)
                .build();
        Workload pod = TestMesh.pod("pod", "10.0.0.1").build();
        var address = new NetworkAddress("", IpAddress.of("10.0.0.1"));
        MeshView both = MeshView.EMPTY.apply(List.of(
                new MeshChange.WorkloadUpserted(entry),
                new MeshChange.WorkloadUpserted(pod),
                new MeshChange.WorkloadUpserted(entry)));

        assertThat(both.workloadAt(address)).contains(pod);
        MeshView one = both.apply(List.of(new MeshChange.WorkloadRemoved(pod.uid())));
        assertThat(one.workloadAt(address)).contains(entry);
        assertThat(one.apply(List.of(new MeshChange.WorkloadRemoved(entry.uid())))
                        .workloadAt(address))
                .isEmpty();
    }

    private static MeshView view(List<MeshService> services) {
        var changes = new ArrayList<MeshChange>();
        services.forEach(service -> changes.add(new MeshChange.ServiceUpserted(service)));
        return MeshView.EMPTY.apply(changes);
    }

    private static ShapedService shaped(String namespace, String name, String... addresses) {
        return ShapedService.from(TestMesh.service(name, addresses))
                .in(namespace, name + "." + namespace + ".svc.cluster.local");
    }

    private static MeshService in(String namespace, String name, String... addresses) {
        return shaped(namespace, name, addresses).build();
    }

    private static Arguments row(String name, List<MeshService> services, String address, String caller, String meant) {
        return Arguments.of(name, services, address, caller, meant);
    }
}
