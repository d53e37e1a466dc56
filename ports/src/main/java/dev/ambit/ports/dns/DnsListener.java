package dev.ambit.ports.dns;

import java.net.InetAddress;
import java.util.List;

/** The sockets on which one pod is served. */
public interface DnsListener extends AutoCloseable {

    /** The addresses actually bound. */
    List<InetAddress> addresses();

    /** The port actually bound. */
    int port();

    /** Stops listening and ends its TCP connections; replies still to come are dropped. When it returns, the port is free. */
    @Override
    void close();
}
