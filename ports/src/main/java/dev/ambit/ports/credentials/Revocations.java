package dev.ambit.ports.credentials;

import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;

/**
 * Which certificates their issuers have revoked (RFC 5280, section 5). Answers from memory; safe for use by several
 * threads.
 */
public interface Revocations extends AutoCloseable {

    /**
     * The first certificate of a verified chain that is revoked, from the leaf up. One about which nothing is known is
     * not revoked; the age of a list does not matter.
     *
     * @param chain the leaf first, then intermediates; the root may be missing and is never looked at
     * @param roots what the chain was verified against: one of them or an intermediate must have signed a list for it to
     *     count
     */
    Optional<RevokedCertificate> revokedIn(List<X509Certificate> chain, List<X509Certificate> roots);

    /** Runs the action after every change of the answers, on a thread of the implementer's. */
    void onChange(Runnable action);

    @Override
    void close();

    /** Nothing is ever revoked. */
    static Revocations none() {
        return new Revocations() {
            @Override
            public Optional<RevokedCertificate> revokedIn(List<X509Certificate> chain, List<X509Certificate> roots) {
                return Optional.empty();
            }

            @Override
            public void onChange(Runnable action) {
                // Nothing changes.
            }

            @Override
            public void close() {
                // Nothing is open.
            }
        };
    }
}
