package dev.ambit.ports.names;

import dev.ambit.domain.address.IpAddress;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** A name server on loopback that knows what the test tells it (RFC 1035, one question per message). */
public final class NameServer implements AutoCloseable {
    private static final int HEADER_BYTES = 12;
    private static final int TYPE_A = 1;
    private static final int TYPE_AAAA = 28;
    private static final int NO_SUCH_NAME = 3;
    private static final int POINTER_TO_QUESTION = 0xc00c;

    private final DatagramSocket socket;
    private final Map<String, Entry> names = new ConcurrentHashMap<>();
    private final AtomicInteger questions = new AtomicInteger();
    private volatile boolean silent;

    private record Entry(int ttlSeconds, List<IpAddress> addresses) {}

    private NameServer(DatagramSocket socket) {
        this.socket = socket;
    }

    static NameServer start() throws IOException {
        var server = new NameServer(new DatagramSocket(0, InetAddress.ofLiteral("127.0.0.1")));
        Thread.startVirtualThread(server::serve);
        return server;
    }

    public InetSocketAddress address() {
        return (InetSocketAddress) socket.getLocalSocketAddress();
    }

    void knows(String name, int ttlSeconds, String... addresses) {
        names.put(
                name,
                new Entry(
                        ttlSeconds, Arrays.stream(addresses).map(IpAddress::of).toList()));
    }

    void forgets(String name) {
        names.remove(name);
    }

    /** Hears from now on and does not answer. */
    void fallSilent() {
        silent = true;
    }

    int questions() {
        return questions.get();
    }

    private void serve() {
        byte[] buffer = new byte[2048];
        try {
            while (true) {
                var packet = new DatagramPacket(buffer, buffer.length);
                socket.receive(packet);
                questions.incrementAndGet();
                if (!silent) {
                    byte[] answer = answer(buffer);
                    socket.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
                }
            }
        } catch (IOException _) {
            // Closed: the test is over.
        }
    }

    private byte[] answer(byte[] query) throws IOException {
        int end = HEADER_BYTES;
        var name = new StringBuilder();
        while (query[end] != 0) {
            name.append(name.isEmpty() ? "" : ".")
                    .append(new String(query, end + 1, query[end], StandardCharsets.US_ASCII));
            end += query[end] + 1;
        }
        int type = ((query[end + 1] & 0xff) << 8) | (query[end + 2] & 0xff);
        int questionEnd = end + 5;
        Entry entry = names.get(name.toString());
        List<IpAddress> matching = entry == null
                ? List.of()
                : entry.addresses().stream()
                        .filter(ip -> type == (ip.isV4() ? TYPE_A : TYPE_AAAA))
                        .toList();
        var bytes = new ByteArrayOutputStream();
        var out = new DataOutputStream(bytes);
        out.write(query, 0, 2);
        out.writeShort(0x8180 | (entry == null ? NO_SUCH_NAME : 0));
        out.writeShort(1);
        out.writeShort(matching.size());
        out.writeInt(0);
        out.write(query, HEADER_BYTES, questionEnd - HEADER_BYTES);
        for (IpAddress ip : matching) {
            out.writeShort(POINTER_TO_QUESTION);
            out.writeShort(type);
            out.writeShort(1);
            out.writeInt(entry == null ? 0 : entry.ttlSeconds());
            out.writeShort(ip.bytes().length);
            out.write(ip.bytes());
        }
        return bytes.toByteArray();
    }

    @Override
    public void close() {
        socket.close();
    }
}
