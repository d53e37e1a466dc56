package dev.ambit.systemtests;

import dev.ambit.adapters.linux.namespace.LinuxNetworkNamespace;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Random;

/** A machine of the mesh (pod or node) as its applications see it: calls go out from it, an HTTP server may run in it. */
final class Pod implements AutoCloseable {
    static final int PORT = 8080;

    /** Reads to the end, then answers with count and SHA-256 of what it read. */
    static final int DIGEST_PORT = 9090;

    /** Reads a number and sends as many bytes of {@link #pattern}. */
    static final int FETCH_PORT = 9091;

    private static final int TIMEOUT_MILLIS = (int) Duration.ofSeconds(8).toMillis();

    private final String name;
    private final String address;
    private final LinuxNetworkNamespace namespace;

    Pod(String name, String address, LinuxNetworkNamespace namespace) {
        this.name = name;
        this.address = address;
        this.namespace = namespace;
    }

    String address() {
        return address;
    }

    LinuxNetworkNamespace namespace() {
        return namespace;
    }

    InetSocketAddress application() {
        return new InetSocketAddress(address, PORT);
    }

    /** What one connection is answered with. */
    interface Application {
        void serve(Socket caller) throws IOException;
    }

    /** Starts the pod's application: answers every request with its name and the caller's address. */
    void serve() {
        listen(PORT, this::answer);
    }

    /** Starts the applications on {@link #DIGEST_PORT} and {@link #FETCH_PORT}. */
    void serveDigests() {
        listen(DIGEST_PORT, caller -> {
            byte[] all = caller.getInputStream().readAllBytes();
            caller.getOutputStream().write((all.length + " " + hex(all)).getBytes(StandardCharsets.UTF_8));
        });
        listen(FETCH_PORT, caller -> {
            int bytes = Integer.parseInt(line(caller));
            caller.getOutputStream().write(pattern(bytes));
        });
    }

    /** Bytes that repeat only after a while. */
    static byte[] pattern(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    /** SHA-256. */
    static String hex(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException impossible) {
            throw new AssertionError(impossible);
        }
    }

    /** Starts an application on a port of every address. */
    void listen(int port, Application application) {
        ServerSocket server = namespace.call(() -> {
            try {
                var listening = new ServerSocket();
                listening.bind(new InetSocketAddress(port));
                return listening;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        Thread.ofVirtual().start(() -> {
            while (true) {
                try {
                    Socket caller = server.accept();
                    Thread.ofVirtual().start(() -> run(application, caller));
                } catch (IOException _) {
                    return;
                }
            }
        });
    }

    private static void run(Application application, Socket caller) {
        try (caller) {
            application.serve(caller);
        } catch (IOException _) {
            // The caller left.
        }
    }

    private void answer(Socket caller) throws IOException {
        try (var in = new BufferedReader(new InputStreamReader(caller.getInputStream(), StandardCharsets.UTF_8))) {
            String body = name + " hears " + caller.getInetAddress().getHostAddress();
            byte[] answer = ("HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body)
                    .getBytes(StandardCharsets.UTF_8);
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                if (line.isEmpty()) {
                    caller.getOutputStream().write(answer);
                }
            }
        }
    }

    /** A connection from this pod. */
    Socket connect(InetSocketAddress to) throws IOException {
        Socket socket = namespace.call(() -> {
            try {
                var created = new Socket();
                // The first option makes the kernel's socket, in the namespace that the thread is in.
                created.setTcpNoDelay(true);
                return created;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        try {
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.connect(to, TIMEOUT_MILLIS);
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    /** One GET on a connection of its own: the body, or {@code failed: why}. */
    String get(InetSocketAddress to) {
        return get(to, "/");
    }

    String get(InetSocketAddress to, String path) {
        try (Socket socket = connect(to)) {
            return get(socket, path);
        } catch (IOException e) {
            return "failed: " + e.getMessage();
        }
    }

    /** One GET on a connection that stays open. */
    static String get(Socket socket, String path) throws IOException {
        socket.getOutputStream()
                .write(("GET " + path + " HTTP/1.1\r\nHost: mesh\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
        String status = line(socket);
        int length = 0;
        for (String header = line(socket); !header.isEmpty(); header = line(socket)) {
            if (header.toLowerCase(java.util.Locale.ROOT).startsWith("content-length:")) {
                length = Integer.parseInt(header.substring(15).strip());
            }
        }
        String body = new String(socket.getInputStream().readNBytes(length), StandardCharsets.UTF_8);
        return status.contains(" 200") ? body : "failed: '" + status + "' " + body;
    }

    private static String line(Socket socket) throws IOException {
        var line = new StringBuilder();
        for (int next = socket.getInputStream().read();
                next >= 0 && next != '\n';
                next = socket.getInputStream().read()) {
            line.append(next == '\r' ? "" : Character.toString(next));
        }
        return line.toString();
    }

    @Override
    public void close() {
        namespace.close();
    }
}
