package dev.ambit.systemtests;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** A local port that leads into the sandbox, for clients that cannot be brought there. */
final class Forward implements AutoCloseable {
    private final ServerSocket server;
    private final Pod from;
    private final InetSocketAddress to;

    /** Connections to {@link #port} become connections from that machine to that address. */
    Forward(Pod from, InetSocketAddress to) {
        this.from = from;
        this.to = to;
        try {
            server = new ServerSocket(0, 16, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofPlatform().daemon().start(this::acceptUntilClosed);
    }

    int port() {
        return server.getLocalPort();
    }

    private void acceptUntilClosed() {
        while (!server.isClosed()) {
            try {
                Socket client = server.accept();
                Socket upstream = from.connect(to);
                upstream.setSoTimeout(0);
                Thread.ofVirtual().start(() -> copy(client, upstream));
                Thread.ofVirtual().start(() -> copy(upstream, client));
            } catch (IOException _) {
                // Closed, or nobody there: the client sees its connection end.
            }
        }
    }

    private static void copy(Socket source, Socket sink) {
        try (source;
                sink) {
            InputStream in = source.getInputStream();
            OutputStream out = sink.getOutputStream();
            in.transferTo(out);
        } catch (IOException _) {
            // One side is gone; both are closed.
        }
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
