package dev.ambit.ports.ca;

import dev.ambit.domain.identity.SpiffeId;
import java.security.PublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Signs certificates. Whether the caller may have one ({@link dev.ambit.domain.issuing.NodeCheck}), whether its request is
 * sound ({@link dev.ambit.domain.issuing.RequestRules}) and how long it lives
 * ({@link dev.ambit.domain.issuing.ValidityRule}) is decided before, once for all authorities.
 *
 * <p>Safe for use by several threads. May block, but no longer than {@link #PATIENCE}.
 */
public interface CertificateAuthority {

    /** The longest that signing takes; a node proxy waits ten seconds for its certificate. */
    Duration PATIENCE = Duration.ofSeconds(8);

    /**
     * A sound request for one certificate.
     *
     * @param csrPem PKCS#10 in PEM (RFC 7468), signed with its own key; names and extensions in it are ignored
     * @param key the public key in it, which the certificate is for
     * @param identity the single URI SAN of the certificate
     * @param validity how long it should live, more than zero; an authority may shorten it, never lengthen
     */
    record SigningRequest(String csrPem, PublicKey key, SpiffeId identity, Duration validity) {}

    /** What became of a request. */
    sealed interface SigningResult {
        /**
         * A certificate.
         *
         * @param chainPem leaf, then intermediates, one certificate each, each signed by the next
         * @param rootsPem every root that peers must trust, concatenated
         * @param serial of the leaf, hexadecimal in lower case
         * @param notAfter of the leaf
         */
        record Signed(List<String> chainPem, String rootsPem, String serial, Instant notAfter)
                implements SigningResult {
            public Signed {
                chainPem = List.copyOf(chainPem);
            }
        }

        /** This authority does not sign such a request, now or later: another trust domain, a key its backend refuses. */
        record Rejected(String why) implements SigningResult {}
    }

    /**
     * Signs, or says why it never will.
     *
     * @throws CertificateAuthorityException if the authority cannot sign now, whatever the request: sealed, away, too slow
     */
    SigningResult sign(SigningRequest request);

    /**
     * What peers must trust, from memory. Certificates that are signed later never need more than the present bundle, but
     * for a change that is announced to whoever watches this value at least once a minute.
     */
    TrustBundle trustBundle();

    /** Why this authority could not sign now, for the readiness of this process; empty if it could. Never blocks. */
    Optional<String> impediment();
}
