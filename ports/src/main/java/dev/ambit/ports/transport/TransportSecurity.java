package dev.ambit.ports.transport;

import dev.ambit.ports.credentials.Credentials;
import dev.ambit.ports.credentials.Revocations;

/**
 * What a transport's mutual TLS rests on.
 *
 * @param credentials whom the pods of this node are
 * @param revocations whom to believe no longer; asked in every handshake, either side
 * @param tunnels hears of every tunnel
 */
public record TransportSecurity(
        Credentials credentials, Revocations revocations, TunnelWatch tunnels, TlsPolicy policy) {

    /** No revocations, nobody who watches, Istio's defaults. */
    public static TransportSecurity of(Credentials credentials) {
        return new TransportSecurity(credentials, Revocations.none(), TunnelWatch.none(), TlsPolicy.ISTIO);
    }
}
