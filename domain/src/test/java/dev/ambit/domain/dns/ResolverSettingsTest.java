package dev.ambit.domain.dns;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.domain.address.IpAddress;
import org.junit.jupiter.api.Test;

class ResolverSettingsTest {

    @Test
    void kubernetesFileIsRead() {
        var settings = ResolverSettings.parse("""
                search istio-system.svc.cluster.local svc.cluster.local cluster.local
                nameserver 10.96.0.10
                options ndots:5
                """);

        assertThat(settings.nameservers()).containsExactly(IpAddress.of("10.96.0.10"));
        assertThat(settings.search())
                .extracting(DnsName::text)
                .containsExactly("istio-system.svc.cluster.local", "svc.cluster.local", "cluster.local");
    }

    @Test
    void whatMeansNothingIsSkipped() {
        var settings = ResolverSettings.parse("""
                # nameserver 1.1.1.1
                ; nameserver 2.2.2.2
                nameserver
                nameserver not-an-address
                \t nameserver\tfd00::53 extra
                frobnicate yes
                """);

        assertThat(settings.nameservers()).containsExactly(IpAddress.of("fd00::53"));
        assertThat(settings.search()).isEmpty();
    }

    @Test
    void theLastOfSearchAndDomainCountsAndTheFirstThreeServers() {
        var settings = ResolverSettings.parse("""
                search a.example b.example
                domain c.example
                nameserver 10.0.0.1
                nameserver 10.0.0.2
                nameserver 10.0.0.3
                nameserver 10.0.0.4
                """);

        assertThat(settings.search()).containsExactly(new DnsName("c.example"));
        assertThat(settings.nameservers()).hasSize(3);
    }

    @Test
    void whatListensOnLoopbackHereIsNotThereInAPod() {
        var settings = ResolverSettings.parse("""
                nameserver 127.0.0.53
                nameserver ::1
                nameserver 10.0.0.2
                """);

        assertThat(settings.reachableFromPods()).containsExactly(IpAddress.of("10.0.0.2"));
    }

    @Test
    void anEmptyFileSaysNothing() {
        assertThat(ResolverSettings.parse(""))
                .isEqualTo(new ResolverSettings(java.util.List.of(), java.util.List.of()));
    }
}
