package dev.ambit.ports.ca;

import dev.ambit.domain.identity.SpiffeId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * Signs certificates. Whether the caller may have one is decided before ({@link dev.ambit.domain.issuing.NodeCheck}); an
 * authority only checks that the request itself is sound.
 *
 * <p>Safe for use by several threads; may block.
 */
public interface CertificateAuthority {

    /**
     * A request for one certificate.
     *
     * @param csrPem PKCS#10 in PEM (RFC 7468); only its public key is used, names and extensions in it are ignored. But a
     *     request that has URI SANs, none of which is {@code identity}, is a mix-up or an attack, and rejected
     * @param identity the single URI SAN of the certificate
     * @param validity how long it should live; capped by the authority, zero or less means the authority's default
     */
    record SigningRequest(String csrPem, SpiffeId identity, Duration validity) {}

    /** What became of a request. */
    sealed interface SigningResult {
        /**
         * A certificate.
         *
         * @param chainPem leaf, then intermediates, one certificate each
         * @param rootsPem every root that peers must trust, concatenated
         */
        record Signed(List<String> chainPem, String rootsPem, String serial, Instant notAfter)
                implements SigningResult {
            public Signed {
                chainPem = List.copyOf(chainPem);
            }
        }

        /** The request is at fault: unreadable, badly signed, weak key, asks to be a CA or someone else. */
        record Rejected(String why) implements SigningResult {}
    }

    /**
     * Signs, or says what is wrong with the request.
     *
     * @throws CertificateAuthorityException if the authority cannot sign now, whatever the request
     */
    SigningResult sign(SigningRequest request);

    /** Every root that peers must trust, PEM, concatenated. */
    String rootsPem();
}
