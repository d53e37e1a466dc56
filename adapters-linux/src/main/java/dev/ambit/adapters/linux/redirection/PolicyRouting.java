package dev.ambit.adapters.linux.redirection;

import dev.ambit.ports.podnetwork.NetworkNamespace;
import dev.ambit.ports.podnetwork.PodNetworkException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/**
 * One of the settings that keep packets with the reply mark in the pod: a rule that sends them to a table of their own,
 * whose only route is local. For IPv4, and for IPv6 unless the namespace has it disabled.
 */
enum PolicyRouting {
    RULE_V4("-4", "rule", "fwmark 0x111/0xfff pref 32764 lookup 100"),
    ROUTE_V4("-4", "route", "local 0.0.0.0/0 dev lo table 100"),
    RULE_V6("-6", "rule", "fwmark 0x111/0xfff pref 32764 lookup 100"),
    ROUTE_V6("-6", "route", "local ::/0 dev lo table 100");

    private static final Tool IP = new Tool("ip", "iproute2");
    private static final Pattern RULE = Pattern.compile("32764:\\s+from all fwmark 0x111/0xfff lookup 100\\s*");
    private static final Pattern ROUTE = Pattern.compile("local default dev lo table 100( .*)?");
    private static final Path IPV6_DISABLED = Path.of("/proc/sys/net/ipv6/conf/lo/disable_ipv6");

    private final String family;
    private final String kind;
    private final String specification;

    PolicyRouting(String family, String kind, String specification) {
        this.family = family;
        this.kind = kind;
        this.specification = specification;
    }

    /** The settings that the namespace needs and does not have. */
    static List<PolicyRouting> missing(NetworkNamespace namespace) {
        return needed(namespace).stream().filter(s -> !s.isThere(namespace)).toList();
    }

    /** The settings that the namespace has. */
    static List<PolicyRouting> present(NetworkNamespace namespace) {
        return needed(namespace).stream().filter(s -> s.isThere(namespace)).toList();
    }

    void add(NetworkNamespace namespace) {
        run(namespace, "add " + specification).orThrow();
    }

    void delete(NetworkNamespace namespace) {
        run(namespace, "del " + specification).orThrow();
    }

    private boolean isThere(NetworkNamespace namespace) {
        boolean rule = kind.equals("rule");
        // "show table 100" fails while the table has never had a route, so all are listed
        String listing =
                run(namespace, rule ? "show" : "show table all type local").orThrow();
        return listing.lines().anyMatch((rule ? RULE : ROUTE).asMatchPredicate());
    }

    private Tool.Outcome run(NetworkNamespace namespace, String arguments) {
        String[] words = (family + " " + kind + " " + arguments).split(" ", -1);
        return IP.run(namespace, "", words);
    }

    private static List<PolicyRouting> needed(NetworkNamespace namespace) {
        boolean ipv6 = namespace.call(PolicyRouting::hasIpv6);
        return Arrays.stream(values())
                .filter(s -> ipv6 || s.family.equals("-4"))
                .toList();
    }

    private static boolean hasIpv6() {
        try {
            return Files.exists(IPV6_DISABLED)
                    && Files.readString(IPV6_DISABLED).strip().equals("0");
        } catch (IOException e) {
            throw new PodNetworkException("cannot read " + IPV6_DISABLED, e);
        }
    }
}
