package dev.ambit.services.ztunnel.dns;

import dev.ambit.domain.address.IpPort;
import dev.ambit.domain.dns.DnsProtocol;
import dev.ambit.ports.dns.DnsListener;
import dev.ambit.ports.dns.DnsMessages;
import dev.ambit.ports.dns.DnsServer;
import dev.ambit.ports.podnetwork.PodNetworkException;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;

/** Hands on what the test sends. */
final class FakeDnsServer implements DnsServer {
    final List<Served> served = new CopyOnWriteArrayList<>();
    boolean refusing;

    static final class Served implements DnsListener {
        final DnsBinding binding;
        final DnsMessages messages;
        boolean closed;

        Served(DnsBinding binding, DnsMessages messages) {
            this.binding = binding;
            this.messages = messages;
        }

        CompletableFuture<Optional<byte[]>> send(DnsProtocol protocol, byte[] message) {
            return messages.received(IpPort.of("127.0.0.1", 40_000), protocol, message)
                    .toCompletableFuture();
        }

        @Override
        public List<InetAddress> addresses() {
            return binding.addresses();
        }

        @Override
        public int port() {
            return binding.port();
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    @Override
    public DnsListener serve(DnsBinding binding, DnsMessages messages) {
        if (refusing) {
            throw new PodNetworkException("the test's port is taken");
        }
        served.add(new Served(binding, messages));
        return served.getLast();
    }

    @Override
    public void close() {
        served.forEach(Served::close);
    }
}
