package dev.ambit.adapters.linux.namespace;

import dev.ambit.domain.address.IpAddress;
import dev.ambit.ports.podnetwork.PodNetworkException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;

/**
 * The addresses of the namespace that the calling thread is in. Not by {@link java.net.NetworkInterface}: for IPv6 that
 * reads {@code /proc/net}, which is the namespace of the process's first thread.
 */
final class LocalAddresses {
    private static final Path IPV4 = Path.of("/proc/thread-self/net/fib_trie");
    private static final Path IPV6 = Path.of("/proc/thread-self/net/if_inet6");
    private static final String LEAF = "|-- ";

    private LocalAddresses() {}

    /** Loopback addresses are left out: every namespace has them. */
    static Set<IpAddress> read() {
        var found = new HashSet<IpAddress>();
        String leaf = "";
        for (String line : lines(IPV4)) {
            int at = line.indexOf(LEAF);
            if (at >= 0) {
                leaf = line.substring(at + LEAF.length()).strip();
            } else if (line.endsWith("/32 host LOCAL")) {
                IpAddress.parse(leaf).ifPresent(found::add);
            }
        }
        for (String line : lines(IPV6)) {
            String[] columns = line.split(" ", 2);
            if (columns[0].length() == 32) {
                IpAddress.ofBytes(HexFormat.of().parseHex(columns[0])).ifPresent(found::add);
            }
        }
        found.removeIf(IpAddress::isLoopback);
        return found;
    }

    /** A kernel without one of the families has no file for it. */
    private static List<String> lines(Path file) {
        try {
            return Files.exists(file) ? Files.readAllLines(file) : List.of();
        } catch (IOException e) {
            throw new PodNetworkException("cannot read the addresses of a network namespace from " + file, e);
        }
    }
}
