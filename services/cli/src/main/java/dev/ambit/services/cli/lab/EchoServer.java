package dev.ambit.services.cli.lab;

import dev.ambit.ports.podnetwork.NetworkNamespace;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/**
 * The application of a pod: answers every HTTP/1.1 request with its own name and the address it sees the caller at.
 * Listens inside the pod's namespace; keeps connections alive.
 */
public final class EchoServer implements AutoCloseable {
    private static final int HEAD_BYTES_MAX = 8192;

    private final String name;
    private final ServerSocket socket;

    private EchoServer(String name, ServerSocket socket) {
        this.name = name;
        this.socket = socket;
    }

    public static EchoServer start(String name, NetworkNamespace namespace, int port) {
        ServerSocket socket = namespace.call(() -> {
            try {
                var listening = new ServerSocket();
                listening.setReuseAddress(true);
                listening.bind(new InetSocketAddress(port), 1024);
                return listening;
            } catch (IOException e) {
                throw new UncheckedIOException("cannot listen for " + name, e);
            }
        });
        var server = new EchoServer(name, socket);
        Thread.ofVirtual().name("echo-" + name).start(server::acceptUntilClosed);
        return server;
    }

    private void acceptUntilClosed() {
        while (!socket.isClosed()) {
            try {
                Socket caller = socket.accept();
                Thread.ofVirtual().start(() -> serve(caller));
            } catch (IOException _) {
                // Closed, or out of descriptors for a moment: the loop's condition tells which.
            }
        }
    }

    private void serve(Socket caller) {
        try (caller) {
            caller.setTcpNoDelay(true);
            byte[] body = ("hello from " + name + ", you are "
                            + caller.getInetAddress().getHostAddress() + "\n")
                    .getBytes(StandardCharsets.UTF_8);
            byte[] head = ("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: " + body.length + "\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII);
            byte[] answer = new byte[head.length + body.length];
            System.arraycopy(head, 0, answer, 0, head.length);
            System.arraycopy(body, 0, answer, head.length, body.length);
            while (readHead(caller.getInputStream())) {
                caller.getOutputStream().write(answer);
            }
        } catch (IOException _) {
            // The caller left; there is nobody to tell.
        }
    }

    /** Reads until the empty line; false at the end of the stream. */
    private static boolean readHead(InputStream in) throws IOException {
        int matched = 0;
        for (int read = 0; read < HEAD_BYTES_MAX; read++) {
            int next = in.read();
            if (next < 0) {
                return false;
            }
            boolean expected = next == (matched % 2 == 0 ? '\r' : '\n');
            matched = expected ? matched + 1 : next == '\r' ? 1 : 0;
            if (matched == 4) {
                return true;
            }
        }
        return false;
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException _) {
            // Closing is best effort: the namespace goes away with it.
        }
    }
}
