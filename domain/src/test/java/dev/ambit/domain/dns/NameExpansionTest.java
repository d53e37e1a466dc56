package dev.ambit.domain.dns;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NameExpansionTest {
    private static final DnsName NAMESPACE = new DnsName("ns1.svc.cluster.local");

    private final NameExpansion expansion = new NameExpansion("cluster.local", new SearchDomains.OfNamespace());

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "name                        | name.ns1.svc.cluster.local",
                "name.                       | name.ns1.svc.cluster.local",
                "NAME                        | name.ns1.svc.cluster.local",
                "name.ns2                    | name.ns2.svc.cluster.local, name.ns2.ns1.svc.cluster.local",
                "name.ns2.svc                | name.ns2.svc.cluster.local, name.ns2.svc.svc.cluster.local",
                "name.ns2.other              | name.ns2.other.svc.cluster.local",
                "host.sub.ns.svc             | host.sub.ns.svc.cluster.local",
                "host.sub.ns.other           | ",
                "name.ns2.svc.cluster        | ",
                "name.ns2.svc.cluster.local  | ",
                "www.google.com.             | www.google.com.svc.cluster.local",
                "''                          | ",
            })
    void shortNamesBecomeFullOnes(String requested, String expected) {
        assertThat(expansion.kubernetesNames(new DnsName(requested), NAMESPACE)).isEqualTo(names(expected));
    }

    private static List<DnsName> names(String text) {
        return text == null
                ? List.of()
                : Arrays.stream(text.split(", ")).map(DnsName::new).toList();
    }

    @Test
    void requestedNameComesFirstThenItsExpansionsThenThoseWithoutSearchDomains() {
        var requested = new DnsName("www.google.com.ns1.svc.cluster.local");

        assertThat(expansion.aliases(requested, "ns1"))
                .containsExactly(
                        new NameAlias(requested, requested),
                        alias("www.google.com", "www.google.com"),
                        alias("www.google.com.svc.cluster.local", "www.google.com"),
                        alias("www.google.com.ns1", "www.google.com.ns1"),
                        alias("www.google.com.ns1.svc", "www.google.com.ns1.svc"));
    }

    @Test
    void oneReadingIsTriedOnce() {
        var requested = new DnsName("name.ns1.svc.cluster.local");

        assertThat(expansion.aliases(requested, "ns1"))
                .extracting(NameAlias::name)
                .doesNotHaveDuplicates();
    }

    @Test
    void otherResolversHaveOtherSearchDomains() {
        var dedicated =
                new NameExpansion("cluster.local", new SearchDomains.Fixed(List.of(new DnsName("corp.example"))));
        var requested = new DnsName("name.corp.example");

        assertThat(dedicated.aliases(requested, "ns1"))
                .containsExactly(
                        new NameAlias(requested, requested),
                        alias("name.corp.example.svc.cluster.local", "name.corp.example"),
                        alias("name", "name"),
                        alias("name.ns1.svc.cluster.local", "name"));
    }

    private static NameAlias alias(String name, String owner) {
        return new NameAlias(new DnsName(name), new DnsName(owner));
    }

    @ParameterizedTest
    @CsvSource({
        "name.ns.svc.cluster.local, svc.cluster.local, name.ns",
        "name.ns.a.different.domain, svc.cluster.local,",
        "cluster.com, svc.cluster.local,",
        "svc.cluster.local, svc.cluster.local,",
        "notsvc.cluster.local, svc.cluster.local,",
        "name, '',",
    })
    void searchDomainIsTakenOff(String name, String domain, String left) {
        assertThat(new DnsName(name).before(new DnsName(domain)))
                .isEqualTo(java.util.Optional.ofNullable(left).map(DnsName::new));
    }
}
