package dev.ambit.adapters.netty.tls;

import dev.ambit.domain.identity.SpiffeId;
import dev.ambit.ports.trust.PeerIdentities;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/** Who the other end of a finished handshake is. */
public final class PeerIdentity {

    /** The identity that a finished handshake proved: the first URI name that is one. */
    public static Optional<SpiffeId> of(SSLSession session) {
        try {
            return session.getPeerCertificates()[0] instanceof X509Certificate leaf
                    ? PeerIdentities.all(leaf).stream().findFirst()
                    : Optional.empty();
        } catch (SSLPeerUnverifiedException anonymous) {
            return Optional.empty();
        }
    }

    /** What the other end of a finished handshake showed, leaf first. */
    public static List<X509Certificate> chain(SSLSession session) {
        try {
            return Arrays.stream(session.getPeerCertificates())
                    .filter(X509Certificate.class::isInstance)
                    .map(X509Certificate.class::cast)
                    .toList();
        } catch (SSLPeerUnverifiedException anonymous) {
            return List.of();
        }
    }

    private PeerIdentity() {}
}
