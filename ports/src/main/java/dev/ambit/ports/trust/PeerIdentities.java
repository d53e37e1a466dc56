package dev.ambit.ports.trust;

import dev.ambit.domain.identity.SpiffeId;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** Reads SPIFFE identities out of certificates: URI subject alternative names only, never a DNS name or common name. */
public final class PeerIdentities {
    private static final int URI = 6;

    /** Every URI name that is an identity, in the certificate's order. */
    public static List<SpiffeId> all(X509Certificate leaf) {
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

    private PeerIdentities() {}
}
