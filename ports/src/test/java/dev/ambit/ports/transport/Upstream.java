package dev.ambit.ports.transport;

import dev.ambit.domain.address.IpPort;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;

/** An application on loopback that a test provides: one virtual thread per connection. */
final class Upstream implements AutoCloseable {

    /** What the application does with a connection, which is closed afterwards. */
    @FunctionalInterface
    interface Service {
        void serve(Socket connection) throws IOException;
    }

    private final ServerSocket listener;
    private final Thread accepting;
    private final Queue<Socket> connections = new ConcurrentLinkedQueue<>();
    private final Queue<IpPort> clients = new ConcurrentLinkedQueue<>();

    private Upstream(ServerSocket listener, Service service) {
        this.listener = listener;
        this.accepting = Thread.startVirtualThread(() -> accept(service));
    }

    static Upstream start(Service service) {
        try {
            return new Upstream(new ServerSocket(0, 200, InetAddress.ofLiteral("127.0.0.1")), service);
        } catch (IOException noPort) {
            throw new UncheckedIOException(noPort);
        }
    }

    /** Sends back what it gets, then its end. */
    static Upstream echo() {
        return start(connection -> {
            connection.getInputStream().transferTo(connection.getOutputStream());
            connection.shutdownOutput();
        });
    }

    /** Accepts and never reads. */
    static Upstream deaf() {
        return start(_ -> {
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException over) {
                Thread.currentThread().interrupt();
            }
        });
    }

    private void accept(Service service) {
        try {
            while (true) {
                Socket connection = listener.accept();
                connections.add(connection);
                clients.add(IpPort.of((InetSocketAddress) connection.getRemoteSocketAddress()));
                Thread.startVirtualThread(() -> {
                    try (connection) {
                        service.serve(connection);
                    } catch (IOException _) {
                        // The other end went away; the test looks at its own end.
                    }
                });
            }
        } catch (IOException _) {
            // The listener was closed: the test is over.
        }
    }

    IpPort address() {
        return IpPort.of((InetSocketAddress) listener.getLocalSocketAddress());
    }

    /** Who connected, in order. */
    Queue<IpPort> clients() {
        return clients;
    }

    /** Nobody listens any more when this returns: the last to use a socket closes it, not who asks for it first. */
    @Override
    public void close() {
        try {
            listener.close();
            accepting.join();
            for (Socket connection : connections) {
                connection.close();
            }
        } catch (IOException closing) {
            throw new UncheckedIOException(closing);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
