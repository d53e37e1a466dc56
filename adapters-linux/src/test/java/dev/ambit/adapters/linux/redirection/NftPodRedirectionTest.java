package dev.ambit.adapters.linux.redirection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ambit.adapters.linux.CommandLine;
import dev.ambit.adapters.linux.namespace.LinuxNetworkNamespace;
import dev.ambit.domain.enrolment.Capture;
import dev.ambit.ports.podnetwork.FakeNetworkNamespace;
import dev.ambit.ports.podnetwork.NetworkNamespace;
import dev.ambit.ports.podnetwork.PodNetworkException;
import dev.ambit.ports.podnetwork.PodRedirection;
import dev.ambit.ports.podnetwork.PodRedirectionContract;
import org.junit.jupiter.api.Test;

class NftPodRedirectionTest extends PodRedirectionContract {

    /** Rules of others, near to ours and with our table's name in another family. */
    private static final String FOREIGN = """
            ip link set lo up
            nft 'table ip ambit { chain other { type filter hook input priority 5; counter accept; }; }'
            nft 'table inet istio { chain other { type nat hook output priority -99; tcp dport 81 accept; }; }'
            ip rule add fwmark 0x222 pref 32763 lookup 101
            ip route add local 198.51.100.0/24 dev lo table 101
            """;

    private final NftPodRedirection redirection = new NftPodRedirection();

    @Override
    protected PodRedirection redirection() {
        return redirection;
    }

    @Override
    protected NetworkNamespace podNamespace() {
        var namespace = LinuxNetworkNamespace.createAnonymous();
        CommandLine.run(namespace, FOREIGN);
        return namespace;
    }

    @Override
    protected String settings(NetworkNamespace namespace) {
        return CommandLine.run(
                namespace,
                "nft list ruleset; ip rule; ip -6 rule; ip route show table all; ip -6 route show table all");
    }

    @Test
    void aMissingRuleIsNoticedAndMended() {
        try (NetworkNamespace namespace = podNamespace()) {
            redirection.apply(namespace, Capture.CONNECTIONS_AND_NAMES);
            String whole = settings(namespace);
            CommandLine.run(namespace, "nft flush chain inet ambit nat_output; ip -6 rule del pref 32764");
            assertThat(redirection.isApplied(namespace)).isFalse();

            redirection.apply(namespace, Capture.CONNECTIONS_AND_NAMES);

            assertThat(settings(namespace)).isEqualTo(whole);
        }
    }

    @Test
    void settingsAreTakenBackWhenALaterStepFails() {
        try (NetworkNamespace namespace = podNamespace()) {
            // another route for everything in table 100 makes ours fail, after the rule went in
            CommandLine.run(namespace, "ip route add blackhole default table 100");
            String before = settings(namespace);

            assertThatThrownBy(() -> redirection.apply(namespace, Capture.CONNECTIONS_AND_NAMES))
                    .isInstanceOf(PodNetworkException.class)
                    .hasMessageContaining("ip -4 route add local 0.0.0.0/0 dev lo table 100")
                    .hasMessageContaining("File exists");
            assertThat(settings(namespace)).isEqualTo(before);
        }
    }

    @Test
    void namespaceWithoutIpv6IsProgrammedForIpv4() {
        try (NetworkNamespace namespace = podNamespace()) {
            CommandLine.run(namespace, "echo 1 > /proc/sys/net/ipv6/conf/all/disable_ipv6");

            redirection.apply(namespace, Capture.CONNECTIONS_AND_NAMES);

            assertThat(redirection.isApplied(namespace)).isTrue();
            assertThat(CommandLine.run(namespace, "ip -6 rule")).doesNotContain("0x111");
        }
    }

    @Test
    void namespaceOfAnotherKindIsRefused() {
        assertThatThrownBy(() -> redirection.apply(new FakeNetworkNamespace(7), Capture.CONNECTIONS_AND_NAMES))
                .isInstanceOf(PodNetworkException.class)
                .hasMessageContaining("fake network namespace 7");
    }
}
