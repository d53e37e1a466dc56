package dev.ambit.adapters.netty.socket;

import dev.ambit.ports.podnetwork.NetworkNamespace;
import io.netty.channel.Channel;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One address that several processes serve with SO_REUSEPORT, while one replaces the other. Whoever comes last takes all that
 * arrives from then on, so that what the one before has not read yet is all it has left to read.
 */
public final class ReusePort {
    private static final Logger LOG = LoggerFactory.getLogger(ReusePort.class);

    private static final int COLUMN_LOCAL = 1;
    private static final int COLUMN_STATE = 3;
    private static final int COLUMNS = 5;

    /** Where the kernel lists sockets of a protocol, and the state there of those that wait for others. */
    public enum Protocol {
        TCP("tcp", "0A"),
        UDP("udp", "07");

        private final String table;
        private final String waiting;

        Protocol(String table, String waiting) {
            this.table = table;
            this.waiting = waiting;
        }
    }

    /** How many sockets of the namespace serve exactly this address now. None where /proc cannot be read. */
    public static int members(NetworkNamespace namespace, Protocol protocol, InetSocketAddress address) {
        if (address.getPort() == 0) {
            return 0;
        }
        String wanted = shown(address);
        String table = protocol.table + (address.getAddress().getAddress().length == 4 ? "" : "6");
        return namespace.call(() -> {
            // The thread's, because the process is in another namespace.
            try (BufferedReader lines =
                    Files.newBufferedReader(Path.of("/proc/thread-self/net/" + table), StandardCharsets.US_ASCII)) {
                return (int) lines.lines()
                        .skip(1)
                        .map(line -> line.strip().split("\\s+", COLUMNS))
                        .filter(columns -> columns.length == COLUMNS
                                && columns[COLUMN_LOCAL].equals(wanted)
                                && columns[COLUMN_STATE].equals(protocol.waiting))
                        .count();
            } catch (NoSuchFileException noIpv6) {
                return 0;
            } catch (IOException e) {
                throw new UncheckedIOException("cannot read the kernel's table of " + table + " sockets", e);
            }
        });
    }

    /** As the kernel shows it: words of the address as this machine reads them, then the port. */
    static String shown(InetSocketAddress address) {
        InetAddress ip = address.getAddress();
        ByteBuffer bytes = ByteBuffer.wrap(ip.getAddress()).order(ByteOrder.nativeOrder());
        var text = new StringBuilder();
        while (bytes.hasRemaining()) {
            text.append("%08X".formatted(bytes.getInt()));
        }
        return text.append(":%04X".formatted(address.getPort())).toString().toUpperCase(Locale.ROOT);
    }

    /**
     * Sends everything that comes from now on to one member. When it leaves, the others are given it again; when an older one
     * leaves, it keeps it.
     *
     * @param older how many members there were when it joined
     */
    public static void takeOver(Channel newest, int older) {
        if (older == 0) {
            return;
        }
        try {
            ReusePortGroup.prefer(newest, older);
        } catch (RuntimeException refused) {
            LOG.warn(
                    "the kernel spreads what arrives over the old and the new proxy, a little may be lost\tlocal={} error=\"{}\"",
                    newest.localAddress(),
                    String.valueOf(refused.getMessage()));
        }
    }

    private ReusePort() {}
}
