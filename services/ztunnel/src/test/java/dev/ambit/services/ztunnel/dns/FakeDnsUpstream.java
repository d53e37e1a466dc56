package dev.ambit.services.ztunnel.dns;

import dev.ambit.domain.address.IpPort;
import dev.ambit.domain.dns.DnsProtocol;
import dev.ambit.domain.dns.DnsQuery;
import dev.ambit.ports.dns.DnsUpstream;
import dev.ambit.ports.podnetwork.NetworkNamespace;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;

/** Remembers what it is asked; the test answers. */
final class FakeDnsUpstream implements DnsUpstream {
    final List<Asked> asked = new CopyOnWriteArrayList<>();

    record Asked(
            IpPort server, DnsProtocol protocol, DnsQuery query, Duration timeout, CompletableFuture<byte[]> reply) {}

    @Override
    public CompletionStage<byte[]> ask(
            NetworkNamespace namespace, IpPort server, DnsProtocol protocol, DnsQuery query, Duration timeout) {
        var asking = new Asked(server, protocol, query, timeout, new CompletableFuture<>());
        asked.add(asking);
        return asking.reply();
    }

    Asked last() {
        return asked.getLast();
    }

    /** A reply to what was asked last, with this response code and no records. */
    void answerWith(int code) {
        byte[] reply = last().query().bytes();
        reply[2] |= (byte) 0x84;
        reply[3] = (byte) code;
        last().reply().complete(reply);
    }

    @Override
    public void close() {
        // Nothing is open.
    }
}
