package dev.ambit.services.cli.lab;

import dev.ambit.ports.podnetwork.NetworkNamespace;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** Calls made from inside a pod, as its application would make them. */
public final class PodClient {
    private final NetworkNamespace namespace;
    private final Duration timeout;

    public PodClient(NetworkNamespace namespace, Duration timeout) {
        this.namespace = namespace;
        this.timeout = timeout;
    }

    /** What became of a call. */
    public sealed interface Answer {
        record Ok(String body) implements Answer {}

        /** No (whole) answer: reset, closed, timed out, or another status. */
        record Failed(String why) implements Answer {}

        default boolean isOk() {
            return this instanceof Ok;
        }
    }

    /** A socket of the pod, connected. Call on a platform thread. */
    public Socket connect(InetSocketAddress address) throws IOException {
        Socket socket = namespace.call(() -> {
            try {
                var created = new Socket();
                // The kernel socket is made by the first option or bind, and belongs to the namespace it is made in.
                created.setTcpNoDelay(true);
                return created;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        socket.setSoTimeout((int) timeout.toMillis());
        socket.connect(address, (int) timeout.toMillis());
        return socket;
    }

    /** One GET on a connection of its own. */
    public Answer get(InetSocketAddress address, String path) {
        try (Socket socket = connect(address)) {
            return get(socket, new BufferedInputStream(socket.getInputStream()), path);
        } catch (IOException e) {
            return new Answer.Failed(describe(e));
        }
    }

    /** One GET on a connection that stays open. */
    public static Answer get(Socket socket, InputStream in, String path) throws IOException {
        String request = "GET " + path + " HTTP/1.1\r\nHost: lab\r\n\r\n";
        socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        String status = line(in);
        if (status.isEmpty()) {
            return new Answer.Failed("connection closed without an answer");
        }
        int length = 0;
        for (String header = line(in); !header.isEmpty(); header = line(in)) {
            if (header.regionMatches(true, 0, "content-length:", 0, 15)) {
                length = Integer.parseInt(header.substring(15).strip());
            }
        }
        String body = new String(in.readNBytes(length), StandardCharsets.UTF_8).strip();
        return status.startsWith("HTTP/1.1 200") ? new Answer.Ok(body) : new Answer.Failed(status);
    }

    private static String line(InputStream in) throws IOException {
        var line = new StringBuilder();
        for (int next = in.read(); next >= 0 && next != '\n'; next = in.read()) {
            if (next != '\r') {
                line.append((char) next);
            }
        }
        return line.toString();
    }

    private static String describe(IOException e) {
        String message = e.getMessage();
        return message == null ? e.getClass().getSimpleName() : message;
    }
}
