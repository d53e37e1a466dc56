package dev.ambit.services.cli.bench;

import dev.ambit.ports.podnetwork.NetworkNamespace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * TCP connections that were ever opened from a network namespace, as the kernel counts them.
 *
 * @param count {@code ActiveOpens} of RFC 4022
 */
record OpenedConnections(long count) {

    static OpenedConnections in(NetworkNamespace namespace) {
        return parse(namespace.call(() -> {
            try {
                return Files.readAllLines(Path.of("/proc/thread-self/net/snmp"));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }));
    }

    /** Two lines that begin with {@code Tcp:}, names and figures. */
    static OpenedConnections parse(List<String> snmp) {
        List<List<String>> tcp = snmp.stream()
                .filter(line -> line.startsWith("Tcp:"))
                .map(line -> List.of(line.split(" ")))
                .toList();
        return new OpenedConnections(
                Long.parseLong(tcp.get(1).get(tcp.getFirst().indexOf("ActiveOpens"))));
    }
}
