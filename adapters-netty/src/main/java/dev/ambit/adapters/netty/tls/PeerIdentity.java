package dev.ambit.adapters.netty.tls;

import dev.ambit.domain.identity.SpiffeId;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/** Reads SPIFFE identities out of certificates: URI subject alternative names only, never a DNS name or common name. */
public final class PeerIdentity {
    private static final int URI = 6;

    /** Every URI name that is an identity, in the certificate's order. */
    static List<SpiffeId> all(X509Certificate leaf) {
        try {
            Collection<List<?>> names = leaf.getSubjectAlternativeNames();
            if (names == null) {
                return List.of();
            }
            return names.stream()
                    .filter(name -> name.getFirst() instanceof Integer type && type == URI)
                    .map(name -> SpiffeId.parse(String.valueOf(name.get(1))))
                    .flatMap(parsed -> parsed instanceof SpiffeId.Parsed.Valid(SpiffeId id)
                            ? Optional.of(id).stream()
                            : Optional.<SpiffeId>empty().stream())
                    .toList();
        } catch (CertificateParsingException unreadable) {
            return List.of();
        }
    }

    /** The identity that a finished handshake proved: the first URI name that is one. */
    public static Optional<SpiffeId> of(SSLSession session) {
        try {
            return session.getPeerCertificates()[0] instanceof X509Certificate leaf
                    ? all(leaf).stream().findFirst()
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
