package dev.ambit.services.cli.lab;

import dev.ambit.domain.address.IpAddress;
import dev.ambit.domain.dns.DnsName;
import dev.ambit.domain.dns.DnsQuery;
import dev.ambit.domain.dns.DnsQuestion;
import dev.ambit.domain.dns.DnsReply;
import dev.ambit.ports.podnetwork.NetworkNamespace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/** Asks a name server from inside a pod, as the resolver of its application would. */
public final class NameLookup {
    private static final SecureRandom RANDOM = new SecureRandom();

    /** What every resolver takes in a datagram. */
    private static final int BYTES_MAX = DnsReply.DATAGRAM_BYTES_MIN;

    private final NetworkNamespace namespace;
    private final Duration timeout;

    public NameLookup(NetworkNamespace namespace, Duration timeout) {
        this.namespace = namespace;
        this.timeout = timeout;
    }

    /**
     * The IPv4 addresses of a name; empty if it has none, or if nobody answers. Call on a platform thread.
     *
     * @throws IllegalArgumentException if the name cannot be asked for
     */
    public List<IpAddress> addresses(String name, InetSocketAddress nameServer) {
        DnsQuery query = DnsQuery.of(DnsQuestion.forAddress(new DnsName(name), IpAddress.Family.IPV4), RANDOM)
                .orElseThrow(() -> new IllegalArgumentException("not a host name: " + name));
        try (DatagramSocket socket = open()) {
            socket.setSoTimeout((int) timeout.toMillis());
            byte[] question = query.bytes();
            socket.send(new DatagramPacket(question, question.length, nameServer));
            var packet = new DatagramPacket(new byte[BYTES_MAX], BYTES_MAX);
            socket.receive(packet);
            byte[] reply = Arrays.copyOf(packet.getData(), packet.getLength());
            return query.isAnsweredBy(reply) ? DnsReply.addresses(query, reply, IpAddress.Family.IPV4) : List.of();
        } catch (IOException nobody) {
            return List.of();
        }
    }

    private DatagramSocket open() {
        return namespace.call(() -> {
            try {
                return new DatagramSocket(new InetSocketAddress(InetAddress.ofLiteral("0.0.0.0"), 0));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }
}
