package dev.ambit.adapters.loom.socket;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketException;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The sockets that listen on one port of one namespace with SO_REUSEPORT (socket(7)): while a proxy is replaced, the old
 * one's and the new one's. The kernel spreads connections over them unless a program of the group says which member takes
 * all.
 */
final class ReusePortGroup {
    /** In /proc/net/tcp. */
    private static final String LISTENING = "0A";

    private static final int COLUMN_LOCAL = 1;
    private static final int COLUMN_STATE = 3;
    private static final int COLUMN_QUEUES = 4;
    private static final int COLUMN_INODE = 9;

    /**
     * The sockets that listen on the port, by inode, each with the number of connections that wait to be accepted. To be
     * called inside the namespace. Empty where /proc cannot be read: then nobody else is known to be there.
     */
    static Map<Long, Integer> listening(int port) {
        var found = new HashMap<Long, Integer>();
        // The thread's, because the process is in another namespace.
        for (String table : List.of("/proc/thread-self/net/tcp", "/proc/thread-self/net/tcp6")) {
            try (BufferedReader lines = Files.newBufferedReader(Path.of(table), StandardCharsets.US_ASCII)) {
                read(lines, port, found);
            } catch (NoSuchFileException noIpv6) {
                // A kernel without IPv6 has no such table.
            } catch (IOException e) {
                throw new UncheckedIOException("cannot read " + table, e);
            }
        }
        return found;
    }

    /** The kernel lists what listens before what is connected, so this reads no further than it must. */
    static void read(BufferedReader lines, int port, Map<Long, Integer> found) throws IOException {
        String header = lines.readLine();
        for (String line = header == null ? null : lines.readLine(); line != null; line = lines.readLine()) {
            String[] columns = line.strip().split("\\s+", COLUMN_INODE + 2);
            if (columns.length <= COLUMN_INODE || !columns[COLUMN_STATE].equals(LISTENING)) {
                return;
            }
            if (hex(columns[COLUMN_LOCAL]) == port) {
                found.put(Long.parseLong(columns[COLUMN_INODE]), hex(columns[COLUMN_QUEUES]));
            }
        }
    }

    /** What is behind the colon. */
    private static int hex(String pair) {
        return Integer.parseInt(pair.substring(pair.lastIndexOf(':') + 1), 16);
    }

    /** The socket's inode, by which {@link #listening} knows it; empty when it is closed. */
    static Optional<Long> inode(ServerSocketChannel listener) {
        try {
            String link = Files.readSymbolicLink(Path.of("/proc/self/fd/" + Descriptors.of(listener)))
                    .toString();
            return Optional.of(Long.parseLong(link.substring(link.indexOf('[') + 1, link.length() - 1)));
        } catch (IOException | NumberFormatException closed) {
            return Optional.empty();
        }
    }

    /**
     * Sends every new connection to one member. Members are numbered in the order in which they began to listen; when one
     * leaves, the last takes its number. A number that nobody has means that the kernel spreads connections again.
     */
    static void prefer(ServerSocketChannel member, int number) throws SocketException {
        KernelOptions.REUSEPORT_PROGRAM.setProgram(member, number);
    }

    private ReusePortGroup() {}
}
