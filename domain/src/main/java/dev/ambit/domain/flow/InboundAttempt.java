package dev.ambit.domain.flow;

import dev.ambit.domain.address.IpPort;
import dev.ambit.domain.identity.SpiffeId;
import dev.ambit.domain.workload.PodRef;

/** A connection (or tunnel stream) that arrives at a pod. */
public sealed interface InboundAttempt {

    PodRef destination();

    IpPort client();

    /**
     * A CONNECT stream on port 15008.
     *
     * @param peer the identity that mutual TLS proved
     * @param local the address the tunnel arrived at
     * @param authority the CONNECT authority, as sent
     * @param headers what the client's node proxy says about the connection
     */
    record Hbone(PodRef destination, IpPort client, IpPort local, SpiffeId peer, String authority, HboneHeaders headers)
            implements InboundAttempt {}

    /**
     * A connection captured on port 15006.
     *
     * @param original the address the caller dialled, before redirection
     */
    record Plaintext(PodRef destination, IpPort client, IpPort original) implements InboundAttempt {}
}
