package dev.ambit.services.cli.bench;

import dev.ambit.ports.podnetwork.NetworkNamespace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/** The far end of bulk transfers, inside a pod: the first byte says whether to swallow or to send without end. */
final class BulkServer implements AutoCloseable {
    static final byte SWALLOW = 'U';
    static final byte SEND = 'D';
    static final int CHUNK_BYTES = 256 << 10;

    private final ServerSocketChannel socket;

    private BulkServer(ServerSocketChannel socket) {
        this.socket = socket;
    }

    static BulkServer start(NetworkNamespace namespace, int port) {
        ServerSocketChannel socket = namespace.call(() -> {
            try {
                return ServerSocketChannel.open().bind(new InetSocketAddress(port), 128);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        var server = new BulkServer(socket);
        Thread.ofPlatform().daemon().name("bulk-accept").start(server::acceptUntilClosed);
        return server;
    }

    private void acceptUntilClosed() {
        while (socket.isOpen()) {
            try {
                SocketChannel caller = socket.accept();
                Thread.ofPlatform().daemon().name("bulk").start(() -> serve(caller));
            } catch (IOException _) {
                // Closed: the loop's condition says so.
            }
        }
    }

    private static void serve(SocketChannel caller) {
        try (caller) {
            var buffer = ByteBuffer.allocateDirect(CHUNK_BYTES);
            var command = ByteBuffer.allocate(1);
            if (caller.read(command) != 1) {
                return;
            }
            if (command.get(0) == SWALLOW) {
                while (caller.read(buffer.clear()) >= 0) {
                    // Swallowed.
                }
            } else {
                while (true) {
                    buffer.clear();
                    while (buffer.hasRemaining()) {
                        caller.write(buffer);
                    }
                }
            }
        } catch (IOException _) {
            // The caller has had enough.
        }
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException _) {
            // Nothing is left to do: the process ends soon.
        }
    }
}
