package dev.ambit.ports.dns;

import dev.ambit.domain.address.IpPort;
import dev.ambit.domain.dns.DnsProtocol;
import dev.ambit.domain.dns.DnsQuery;
import dev.ambit.ports.podnetwork.NetworkNamespace;
import java.time.Duration;
import java.util.concurrent.CompletionStage;

/** Asks a name server from inside a pod's network namespace. */
public interface DnsUpstream extends AutoCloseable {

    /**
     * Sends the query from a socket of its own, whose port nobody can guess, and completes with the first message from
     * that server that {@linkplain DnsQuery#isAnsweredBy answers} it; others are ignored. Fails with
     * {@link DnsUpstreamException} when the server cannot be reached, and when it has not answered in time. Either way
     * the socket is gone when the stage completes. Does not block; completes on any thread.
     */
    CompletionStage<byte[]> ask(
            NetworkNamespace namespace, IpPort server, DnsProtocol protocol, DnsQuery query, Duration timeout);

    /** Fails what is still being asked. */
    @Override
    void close();
}
