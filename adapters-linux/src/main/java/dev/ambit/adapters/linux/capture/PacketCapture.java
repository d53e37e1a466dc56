package dev.ambit.adapters.linux.capture;

import dev.ambit.adapters.linux.syscall.PacketSocket;
import dev.ambit.ports.podnetwork.NetworkNamespace;
import dev.ambit.ports.podnetwork.PodNetworkException;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Watches the TCP traffic of pods on one link and says whether it was TLS. Only IPv4; only segments with data count, and
 * only those whose source or destination begins with the given text, such as {@code 10.78.}.
 */
public final class PacketCapture implements AutoCloseable {
    private static final int STREAMS_MAX = 100_000;
    private static final int SYN = 0x02;
    private static final int FRAME_BYTES_MAX = 65_536;
    private static final int KERNEL_BUFFER_BYTES = 16 << 20;
    private static final Duration TICK = Duration.ofMillis(50);

    /** Time for frames that are already on their way to be read. */
    private static final Duration SETTLE = Duration.ofMillis(200);

    private final PacketSocket socket;
    private final String addressPrefix;
    private final byte[] marker;
    private final Thread reader;
    private volatile boolean ending;
    private final Map<Direction, TlsStream> streams = new HashMap<>();
    private long tlsSegments;
    private long otherSegments;
    private boolean markerSeen;

    /** Both ends of one direction of a connection. */
    private record Direction(int source, int sourcePort, int destination, int destinationPort) {}

    /**
     * What was seen.
     *
     * @param tlsSegments segments with data that belong to TLS
     * @param tlsRecords TLS records in them
     * @param otherSegments segments with data that are anything else, or whose connection began before the capture
     * @param markerSeen whether the marker text was readable in any of them
     */
    public record Tally(long tlsSegments, long tlsRecords, long otherSegments, boolean markerSeen) {}

    private PacketCapture(PacketSocket socket, String addressPrefix, String marker) {
        this.socket = socket;
        this.addressPrefix = addressPrefix;
        this.marker = marker.getBytes(StandardCharsets.UTF_8);
        this.reader = Thread.ofPlatform().daemon().name("capture").start(this::readUntilFinished);
    }

    /**
     * Begins to watch.
     *
     * @param marker text that must not be readable on the link
     * @throws PodNetworkException if the namespace has no such interface
     */
    public static PacketCapture start(
            NetworkNamespace namespace, String interfaceName, String addressPrefix, String marker) {
        PacketSocket socket = namespace.call(() -> {
            try {
                NetworkInterface link = NetworkInterface.getByName(interfaceName);
                if (link == null) {
                    throw new PodNetworkException("no interface " + interfaceName + " in " + namespace);
                }
                return PacketSocket.open(link.getIndex(), KERNEL_BUFFER_BYTES);
            } catch (SocketException e) {
                throw new PodNetworkException("cannot look at the interfaces of " + namespace, e);
            }
        });
        return new PacketCapture(socket, addressPrefix, marker);
    }

    /** Stops and tells what was seen. */
    public Tally finish() {
        close();
        long records = streams.values().stream().mapToLong(TlsStream::records).sum();
        return new Tally(tlsSegments, records, otherSegments, markerSeen);
    }

    private void readUntilFinished() {
        ByteBuffer frame = ByteBuffer.allocateDirect(FRAME_BYTES_MAX);
        long settled = Long.MAX_VALUE;
        while (System.nanoTime() < settled) {
            if (socket.receive(frame, TICK)) {
                look(frame);
            }
            if (ending && settled == Long.MAX_VALUE) {
                settled = System.nanoTime() + SETTLE.toNanos();
            }
        }
    }

    /** RFC 791 and RFC 9293 headers; anything that does not look like them is not TCP over IPv4 and none of our business. */
    private void look(ByteBuffer frame) {
        if (frame.limit() < 40 || frame.get(0) >>> 4 != 4 || frame.get(9) != 6) {
            return;
        }
        int ipHeader = (frame.get(0) & 0xf) * 4;
        int total = Math.min(frame.getShort(2) & 0xffff, frame.limit());
        if (frame.limit() < ipHeader + 20 || !(address(frame, 12) || address(frame, 16))) {
            return;
        }
        int data = ipHeader + ((frame.get(ipHeader + 12) >>> 4) & 0xf) * 4;
        var direction = new Direction(
                frame.getInt(12),
                frame.getShort(ipHeader) & 0xffff,
                frame.getInt(16),
                frame.getShort(ipHeader + 2) & 0xffff);
        int sequence = frame.getInt(ipHeader + 4);
        if ((frame.get(ipHeader + 13) & SYN) != 0 && streams.size() < STREAMS_MAX) {
            streams.put(direction, new TlsStream(sequence + 1));
        }
        if (total > data) {
            count(streams.get(direction), sequence, frame, data, total);
        }
    }

    private void count(@Nullable TlsStream stream, int sequence, ByteBuffer frame, int from, int to) {
        if (stream != null) {
            stream.segment(sequence, frame, from, to);
        }
        if (stream != null && !stream.isBroken()) {
            tlsSegments++;
        } else {
            otherSegments++;
        }
        markerSeen |= contains(frame, from, to);
    }

    private boolean address(ByteBuffer frame, int at) {
        String text = (frame.get(at) & 0xff) + "." + (frame.get(at + 1) & 0xff) + "." + (frame.get(at + 2) & 0xff) + "."
                + (frame.get(at + 3) & 0xff);
        return text.startsWith(addressPrefix);
    }

    private boolean contains(ByteBuffer frame, int from, int to) {
        for (int start = from; start + marker.length <= to; start++) {
            int matched = 0;
            while (matched < marker.length && frame.get(start + matched) == marker[matched]) {
                matched++;
            }
            if (matched == marker.length) {
                return true;
            }
        }
        return false;
    }

    @Override
    public void close() {
        ending = true;
        try {
            reader.join();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        socket.close();
    }
}
