package dev.ambit.domain.issuing;

import dev.ambit.domain.address.IpAddress;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The names of a server's certificate: DNS names (RFC 1123; a leading {@code *.} stands for one label) and IP addresses.
 *
 * @param dnsNames in the order they were given
 * @param addresses in the order they were given
 */
public record ServerNames(List<String> dnsNames, List<String> addresses) {

    /** The most names of one certificate. */
    public static final int COUNT_MAX = 100;

    private static final int LENGTH_MAX = 253;
    private static final Pattern DNS_NAME = Pattern.compile(
            "(\\*\\.)?[a-zA-Z0-9]([-a-zA-Z0-9]{0,61}[a-zA-Z0-9])?(\\.[a-zA-Z0-9]([-a-zA-Z0-9]{0,61}[a-zA-Z0-9])?)*");

    public ServerNames {
        dnsNames = List.copyOf(dnsNames);
        addresses = List.copyOf(addresses);
    }

    /**
     * Tells the two kinds apart.
     *
     * @throws IllegalArgumentException if there is none, if there are more than {@link #COUNT_MAX}, or if one is neither
     */
    public static ServerNames of(List<String> names) {
        if (names.isEmpty() || names.size() > COUNT_MAX) {
            throw new IllegalArgumentException(
                    "a server certificate has 1 to " + COUNT_MAX + " names, not " + names.size());
        }
        for (String name : names) {
            if (!isAddress(name)
                    && (name.length() > LENGTH_MAX || !DNS_NAME.matcher(name).matches())) {
                throw new IllegalArgumentException("neither a DNS name nor an IP address: '" + name + "'");
            }
        }
        return new ServerNames(
                names.stream().filter(name -> !isAddress(name)).toList(),
                names.stream().filter(ServerNames::isAddress).toList());
    }

    private static boolean isAddress(String name) {
        return IpAddress.parse(name).isPresent();
    }
}
