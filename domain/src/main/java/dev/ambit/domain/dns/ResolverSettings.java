package dev.ambit.domain.dns;

import dev.ambit.domain.address.IpAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * What a host's resolv.conf says (man 5 resolv.conf).
 *
 * @param nameservers in the order in which to ask them
 * @param search domains to append to short names; the last {@code search} or {@code domain} line counts
 */
public record ResolverSettings(List<IpAddress> nameservers, List<DnsName> search) {

    /** As many as the C library uses. */
    private static final int NAMESERVERS_MAX = 3;

    public ResolverSettings {
        nameservers = List.copyOf(nameservers);
        search = List.copyOf(search);
    }

    /** Reads the file's text. Lines that mean nothing here, or nothing at all, are skipped, as every resolver does. */
    public static ResolverSettings parse(String text) {
        List<IpAddress> nameservers = new ArrayList<>();
        List<DnsName> search = List.of();
        for (String line : text.lines().toList()) {
            String[] words = line.strip().split("\\s+");
            if (words.length < 2) {
                continue;
            }
            switch (words[0]) {
                case "nameserver" -> {
                    if (nameservers.size() < NAMESERVERS_MAX) {
                        IpAddress.parse(words[1]).ifPresent(nameservers::add);
                    }
                }
                case "domain" -> search = List.of(new DnsName(words[1]));
                case "search" ->
                    search = List.of(words).stream().skip(1).map(DnsName::new).toList();
                default -> {
                    // Options and comments.
                }
            }
        }
        return new ResolverSettings(nameservers, search);
    }

    /** The name servers that are not this host itself: what listens on loopback here is not there in a pod. */
    public List<IpAddress> reachableFromPods() {
        return nameservers.stream().filter(server -> !server.isLoopback()).toList();
    }
}
