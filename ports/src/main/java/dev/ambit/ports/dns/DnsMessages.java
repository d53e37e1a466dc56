package dev.ambit.ports.dns;

import dev.ambit.domain.address.IpPort;
import dev.ambit.domain.dns.DnsProtocol;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** The application's side of a DNS server. */
@FunctionalInterface
public interface DnsMessages {

    /**
     * Called once per message on the server's own threads; must not block. The reply goes to the client that sent the
     * message; with none, and if the stage fails, nothing is sent, and a TCP connection is closed.
     *
     * @param message as it came, without the length in front of it on a stream; not empty; the receiver's own
     */
    CompletionStage<Optional<byte[]>> received(IpPort client, DnsProtocol protocol, byte[] message);
}
