package dev.ambit.adapters.linux.redirection;

import dev.ambit.domain.enrolment.Capture;

/**
 * The nftables rules of one pod, in a table of our own. They mean what the in-pod rules of Istio's node agent mean:
 *
 * <ul>
 *   <li>packets that carry the proxy's mark mark their connection, and replies of such a connection get the mark by which
 *       policy routing keeps them local: so a proxy that speaks with its client's address gets the answers;
 *   <li>what the node itself probes, and what the proxy sends, is left alone;
 *   <li>if names are captured, what leaves for port 53 goes to 15053, and the proxy's own questions are tracked apart: they
 *       may come from the port and go to the server of a question that was redirected a moment ago, and would else follow it;
 *   <li>all other TCP that leaves goes to 15001, all other TCP that arrives to 15006, but for 15008.
 * </ul>
 */
final class Ruleset {

    /** Address from which kubelet's probes appear to come (Istio's HOST_PROBE_SNAT_IP). */
    private static final String PROBE_V4 = "169.254.7.127";

    /** Address from which kubelet's probes appear to come (Istio's HOST_PROBE_SNAT_IPV6). */
    private static final String PROBE_V6 = "fd16:9254:7127:1337:ffff:ffff:ffff:ffff";

    private Ruleset() {}

    /** One transaction that takes the table away, whether it is there or not. */
    static String removal() {
        return """
                add table inet ambit
                delete table inet ambit
                """;
    }

    /** One transaction that puts the table in place of whatever it was before. */
    static String replacement(Capture capture) {
        return switch (capture) {
            case CONNECTIONS -> removal() + definition("");
            case CONNECTIONS_AND_NAMES -> removal() + definition(NAMES) + APART;
        };
    }

    /** What stays on loopback is between the pod and a resolver of its own. */
    private static final String NAMES = """
                        meta mark & 0xfff != 0x539 oifname != "lo" meta l4proto { tcp, udp } th dport 53 redirect to :15053
            """;

    private static final String APART = """
            table inet ambit {
                chain raw_output {
                    type filter hook output priority raw; policy accept;
                    meta mark & 0xfff == 0x539 udp dport 53 ct zone set 1
                }
                chain raw_prerouting {
                    type filter hook prerouting priority raw; policy accept;
                    meta mark & 0xfff != 0x539 udp sport 53 ct zone set 1
                }
            }
            """;

    private static String definition(String names) {
        return """
                table inet ambit {
                    chain mangle_prerouting {
                        type filter hook prerouting priority mangle; policy accept;
                        meta mark & 0xfff == 0x539 ct mark set ct mark & 0xfffff000 | 0x111
                    }
                    chain mangle_output {
                        type route hook output priority mangle; policy accept;
                        ct mark & 0xfff == 0x111 meta mark set ct mark
                    }
                    chain nat_prerouting {
                        type nat hook prerouting priority dstnat; policy accept;
                        meta l4proto != tcp accept
                        meta mark & 0xfff == 0x539 accept
                        ip saddr $PROBE_V4 accept
                        ip6 saddr $PROBE_V6 accept
                        ip daddr 127.0.0.0/8 accept
                        ip6 daddr ::1 accept
                        tcp dport 15008 accept
                        meta l4proto tcp redirect to :15006
                    }
                    chain nat_output {
                        type nat hook output priority -100; policy accept;
                        ip daddr $PROBE_V4 accept
                        ip6 daddr $PROBE_V6 accept
                $NAMES
                        meta l4proto != tcp accept
                        meta mark & 0xfff == 0x111 accept
                        ct mark & 0xfff == 0x111 accept
                        meta mark & 0xfff == 0x539 accept
                        oifname "lo" accept
                        ip daddr 127.0.0.0/8 accept
                        ip6 daddr ::1 accept
                        meta l4proto tcp redirect to :15001
                    }
                }
                """.replace("$PROBE_V4", PROBE_V4).replace("$PROBE_V6", PROBE_V6).replace("$NAMES", names);
    }
}
