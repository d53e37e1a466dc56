package dev.ambit.ports.dns;

import dev.ambit.ports.dns.DnsServer.DnsBinding;
import dev.ambit.ports.podnetwork.FakeNetworkNamespace;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;

/** Listeners on loopback that a test serves, and clients that are plain sockets. */
@Timeout(60)
public abstract class DnsServerFixture {
    static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");
    static final InetAddress LOOPBACK_V6 = InetAddress.ofLiteral("::1");
    static final DnsLimits LIMITS = DnsLimits.STANDARD.withPacketMark(0);

    private final Deque<AutoCloseable> resources = new ArrayDeque<>();

    /** The adapter under test; the suite closes it. */
    protected abstract DnsServer server(DnsLimits limits);

    @AfterEach
    void closeAll() throws Exception {
        while (!resources.isEmpty()) {
            resources.pop().close();
        }
    }

    final <T extends AutoCloseable> T closing(T resource) {
        resources.push(resource);
        return resource;
    }

    final DnsListener serve(DnsMessages messages) {
        return serve(LIMITS, messages, LOOPBACK);
    }

    final DnsListener serve(DnsLimits limits, DnsMessages messages, InetAddress... addresses) {
        DnsServer server = closing(server(limits));
        return closing(server.serve(new DnsBinding(new FakeNetworkNamespace(7), List.of(addresses), 0), messages));
    }

    /** Replies with what it got, backwards. */
    static DnsMessages reversing() {
        return (_, _, message) -> CompletableFuture.completedFuture(Optional.of(reversed(message)));
    }

    static byte[] reversed(byte[] message) {
        byte[] reversed = new byte[message.length];
        for (int i = 0; i < message.length; i++) {
            reversed[i] = message[message.length - 1 - i];
        }
        return reversed;
    }

    final DatagramSocket datagrams() throws SocketException {
        return closing(new DatagramSocket(new InetSocketAddress(LOOPBACK, 0)));
    }

    final Socket connect(DnsListener listener) throws IOException {
        return closing(new Socket(LOOPBACK, listener.port()));
    }

    static byte[] text(String text) {
        return text.getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    }

    /** Whether the server ends the connection, in order or by a reset. */
    static boolean ends(Socket socket) throws IOException {
        socket.setSoTimeout(20_000);
        try {
            return socket.getInputStream().read() < 0;
        } catch (SocketException reset) {
            return true;
        }
    }
}
