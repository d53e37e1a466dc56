package dev.ambit.ports.dns;

import dev.ambit.ports.podnetwork.NetworkNamespace;
import dev.ambit.ports.podnetwork.PodNetworkException;
import java.net.InetAddress;
import java.util.List;

/**
 * Takes DNS messages (RFC 1035) by UDP and TCP inside the network namespaces of pods, and carries replies back. What a
 * message means is the application's business: bytes go up, bytes come down.
 *
 * <p>What a client sends never takes the server down, and costs it only what {@link DnsLimits} allow.
 */
public interface DnsServer extends AutoCloseable {

    /**
     * Listens by UDP and TCP on each of the addresses, inside the namespace, which the caller keeps open until the
     * returned listener is closed. If another process serves an address already, and both share ports ({@link DnsLimits}), what is
     * asked from now on comes to this one, and to the other again when this one closes. An IPv6 address that the namespace does not have is left out; an IPv4 address is not.
     *
     * @throws PodNetworkException if an address cannot be bound; then none stays bound
     */
    DnsListener serve(DnsBinding binding, DnsMessages messages);

    /** Closes every listener. */
    @Override
    void close();

    /**
     * Where to listen.
     *
     * @param port 0 lets the kernel choose, one for all addresses and both protocols
     */
    record DnsBinding(NetworkNamespace namespace, List<InetAddress> addresses, int port) {
        public DnsBinding {
            addresses = List.copyOf(addresses);
        }
    }
}
