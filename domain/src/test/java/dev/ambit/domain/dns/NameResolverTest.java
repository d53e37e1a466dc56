package dev.ambit.domain.dns;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.domain.address.IpAddress;
import dev.ambit.domain.dns.Resolution.Foreign;
import dev.ambit.domain.service.IpFamilies;
import dev.ambit.domain.service.Visibility;
import dev.ambit.domain.view.MeshView;
import dev.ambit.domain.workload.PodRef;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The rows of Istio's own table, for a client in {@code ns1} on {@code nw1}, with {@code preferred-ns} preferred. */
class NameResolverTest {
    private static final MeshView VIEW = mesh().view();

    private final NameResolver resolver = resolver(true);

    private static NameResolver resolver(boolean ipv6) {
        var expansion = new NameExpansion("cluster.local", new SearchDomains.OfNamespace());
        return new NameResolver(expansion, "preferred-ns", ipv6, new Random(1));
    }

    private static DnsMesh mesh() {
        var mesh = new DnsMesh()
                .with(DnsMesh.service("ns1", "www.google.com", "nw1/1.1.1.1"))
                .kubernetes("productpage", "ns1", "nw1/9.9.9.9")
                .kubernetes("example", "ns2", "nw1/10.10.10.10")
                .with(scoped("ns2", "nslocal.ns2.svc.cluster.local", "nw1/10.10.10.240"))
                .with(scoped("ns1", "nslocalsame.ns1.svc.cluster.local", "nw1/10.10.10.241"))
                .with(DnsMesh.service("ns2", "everywhere.io", "nw1/10.10.10.110"))
                .with(DnsMesh.service("preferred-ns", "everywhere.io", "nw1/10.10.10.111"))
                .with(DnsMesh.service("ns1", "everywhere.io", "nw1/10.10.10.112"))
                .with(DnsMesh.service("ns2", "preferred.io", "nw1/10.10.10.210"))
                .with(DnsMesh.service("preferred-ns", "preferred.io", "nw1/10.10.10.211"))
                .with(DnsMesh.service("ns2", "canonical.svc", "nw1/10.10.10.140"))
                .with(canonical("ns3", "canonical.svc", "nw1/10.10.10.141"))
                .with(DnsMesh.service("preferred-ns", "canonical.svc", "nw1/10.10.10.142"))
                .with(DnsMesh.service("ns1", "canonical.with.local", "nw1/10.10.10.150"))
                .with(canonical("ns2", "canonical.with.local", "nw1/10.10.10.151"));
        return networks(mesh);
    }

    private static DnsMesh networks(DnsMesh mesh) {
        return mesh.with(DnsMesh.service("ns2", "details.ns2.svc.cluster.remote", "nw1/11.11.11.11", "nw1/12.12.12.12"))
                .with(DnsMesh.service("ns1", "ipv4.localhost", "nw1/2.2.2.2"))
                .with(DnsMesh.service("ns1", "ipv6.localhost", "nw1/2001:db8::ff00:42:8329"))
                .with(DnsMesh.service("ns1", "dual.localhost", "nw1/2.2.2.2", "nw1/2001:db8::ff00:42:8329"))
                .with(DnsMesh.service("ns1", "*.wildcard", "nw1/10.10.10.10"))
                .with(DnsMesh.service("ns1", "*.b.wildcard", "nw1/11.11.11.11"))
                .with(DnsMesh.service("ns1", "*.svc.mesh.company.net", "nw1/10.1.2.3"))
                .with(DnsMesh.service("ns1", "Mixed.Case.io", "nw1/10.4.4.4"))
                .with(DnsMesh.service("ns1", "block.io", "nw1/10.7.0.0/16"))
                .kubernetes("nw2-only", "ns1", "nw2/20.20.20.20")
                .kubernetes("both-networks", "ns1", "nw1/21.21.21.21", "nw2/22.22.22.22")
                .kubernetes("headless", "ns1")
                .with(DnsMesh.service("ns1", "headless.example.com"))
                .with(DnsMesh.service(
                        "ns1", "headless-ipv6.ns1.svc.cluster.local", false, Visibility.PUBLIC, IpFamilies.IPV6_ONLY))
                .endpoint("headless0", "ns1/headless.ns1.svc.cluster.local", "30.30.30.30", "2001:db8::30")
                .endpoint("headless1", "ns1/headless.ns1.svc.cluster.local", "31.31.31.31", "2001:db8::31")
                .endpoint("headless2", "ns1/headless-ipv6.ns1.svc.cluster.local", "33.33.33.33", "2001:db8::33")
                .endpoint("external", "ns1/headless.example.com", "32.32.32.32");
    }

    private static dev.ambit.domain.service.MeshService scoped(String namespace, String hostname, String address) {
        return DnsMesh.service(namespace, hostname, false, Visibility.NAMESPACE, IpFamilies.AUTOMATIC, address);
    }

    private static dev.ambit.domain.service.MeshService canonical(String namespace, String hostname, String address) {
        return DnsMesh.service(namespace, hostname, true, Visibility.PUBLIC, IpFamilies.AUTOMATIC, address);
    }

    private Resolution resolve(String name, int type) {
        return resolver.resolve(VIEW, DnsMesh.CLIENT, new DnsQuestion(new DnsName(name), type, 1));
    }

    /** Answers as {@code owner: addresses}, sorted; without owner if it is the requested name. */
    private static String text(Resolution resolution, String requested) {
        return switch (resolution) {
            case Resolution.Found found ->
                (found.owner().equals(new DnsName(requested)) ? "" : found.owner() + ": ")
                        + new TreeSet<>(found.addresses())
                                .stream().map(IpAddress::toString).collect(Collectors.joining(" "));
            case Resolution.Empty(var _, Resolution.Lack lack) -> lack.name();
            case Resolution.Forward(Foreign foreign) -> foreign.name();
            case Resolution.ClientUnknown() -> "CLIENT_UNKNOWN";
        };
    }

    @ParameterizedTest
    @CsvSource({
        "www.google.com, 1.1.1.1",
        "WWW.Google.com., 1.1.1.1",
        "www.google.com.ns1.svc.cluster.local, www.google.com: 1.1.1.1",
        "www.bing.com, UNKNOWN_NAME",
        "productpage.ns1.svc.cluster.local, 9.9.9.9",
        "productpage.ns1, 9.9.9.9",
        "productpage, 9.9.9.9",
        "productpage.ns1.svc, 9.9.9.9",
        "productpage.ns1.ns1.svc.cluster.local, productpage.ns1: 9.9.9.9",
        "productpage.ns1.svc.cluster.local.ns1.svc.cluster.local, productpage.ns1.svc.cluster.local: 9.9.9.9",
        "example.ns2, 10.10.10.10",
        "example.ns2.svc.cluster.local, 10.10.10.10",
        "example.ns2.svc, 10.10.10.10",
        "example.ns2.svc.svc.cluster.local, example.ns2.svc: 10.10.10.10",
        "example, UNKNOWN_NAME",
        "nslocal.ns2.svc.cluster.local, UNKNOWN_NAME",
        "nslocalsame.ns1.svc.cluster.local, 10.10.10.241",
        "details.ns2.svc.cluster.remote, 11.11.11.11 12.12.12.12",
        "details.ns2, UNKNOWN_NAME",
        "dual.localhost, 2.2.2.2",
        "ipv6.localhost, NO_ADDRESS",
        "foo.wildcard, 10.10.10.10",
        "a.b.wildcard, 11.11.11.11",
        "deep.a.b.wildcard, 11.11.11.11",
        "wildcard, UNKNOWN_NAME",
        "foo.svc.mesh.company.net, 10.1.2.3",
        "foo.foons.svc.mesh.company.net, 10.1.2.3",
        "foo.svc.mesh.company.net.ns1.svc.cluster.local, 10.1.2.3",
        "mixed.case.io, 10.4.4.4",
        "block.io, UNKNOWN_NAME",
        "nw2-only.ns1.svc.cluster.local, NO_ADDRESS",
        "both-networks.ns1.svc.cluster.local, 21.21.21.21",
        "headless.ns1.svc.cluster.local, 30.30.30.30 31.31.31.31",
        "headless-ipv6.ns1.svc.cluster.local, FAMILY_NOT_SERVED",
        "headless.example.com, UNKNOWN_NAME",
        "preferred.io, 10.10.10.211",
        "everywhere.io, 10.10.10.112",
        "canonical.svc, 10.10.10.141",
        "canonical.with.local, 10.10.10.150",
        "'', UNKNOWN_NAME",
    })
    void ipv4(String name, String answer) {
        assertThat(text(resolve(name, RecordType.A), name)).isEqualTo(answer);
    }

    @ParameterizedTest
    @CsvSource({
        "productpage.ns1.ns1.svc.cluster.local, NO_ADDRESS",
        "dual.localhost, 2001:db8::ff00:42:8329",
        "ipv4.localhost, NO_ADDRESS",
        "headless.ns1.svc.cluster.local, 2001:db8::30 2001:db8::31",
        "headless-ipv6.ns1.svc.cluster.local, 2001:db8::33",
    })
    void ipv6(String name, String answer) {
        assertThat(text(resolve(name, RecordType.AAAA), name)).isEqualTo(answer);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 12, 16, 33, 65, 255, 65_535})
    void whatIsNotAnAddressIsForwarded(int type) {
        assertThat(resolve("productpage.ns1", type)).isEqualTo(new Resolution.Forward(Foreign.NOT_AN_ADDRESS));
    }

    @Test
    void otherClassesAreForwarded() {
        assertThat(resolver.resolve(
                        VIEW, DnsMesh.CLIENT, new DnsQuestion(new DnsName("productpage.ns1"), RecordType.A, 3)))
                .isEqualTo(new Resolution.Forward(Foreign.NOT_AN_ADDRESS));
    }

    @ParameterizedTest
    @ValueSource(strings = {"dual.localhost", "headless.ns1.svc.cluster.local", "ipv6.localhost"})
    void withoutIpv6NobodyHearsOfIt(String name) {
        Resolution resolution =
                resolver(false).resolve(VIEW, DnsMesh.CLIENT, new DnsQuestion(new DnsName(name), RecordType.AAAA, 1));

        assertThat(text(resolution, name)).isEqualTo("FAMILY_NOT_SERVED");
    }

    @Test
    void aPodThatTheControlPlaneHasNotNamedIsToldNothing() {
        var stranger = new PodRef("uid", "ns1", "stranger", "stranger");

        assertThat(resolver.resolve(VIEW, stranger, new DnsQuestion(new DnsName("productpage.ns1"), RecordType.A, 1)))
                .isEqualTo(new Resolution.ClientUnknown());
    }

    @Test
    void everyAddressComesFirstNowAndThen() {
        var firsts = new TreeSet<IpAddress>();
        for (int i = 0; i < 100; i++) {
            if (resolve("details.ns2.svc.cluster.remote", RecordType.A) instanceof Resolution.Found found) {
                firsts.add(found.addresses().getFirst());
            }
        }

        assertThat(firsts).hasSize(2);
    }

    @Test
    void wildcardsThatAreGoneAreNotLookedFor() {
        var wildcard = DnsMesh.service("ns1", "*.three.labels", "nw1/10.0.0.9");
        MeshView with = new DnsMesh().with(wildcard).view();
        MeshView without =
                with.apply(java.util.List.of(new dev.ambit.domain.view.MeshChange.ServiceRemoved(wildcard.key())));

        assertThat(with.hasWildcardServices(3)).isTrue();
        assertThat(with.hasWildcardServices(2)).isFalse();
        assertThat(without.hasWildcardServices(3)).isFalse();
    }
}
