package dev.ambit.ports.credentials;

import dev.ambit.domain.identity.CertificateLifetime;
import dev.ambit.domain.identity.SpiffeId;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * A key and the certificates that prove a workload's identity. Compared by instance: a renewed certificate is another
 * one.
 */
public final class WorkloadCertificate {
    private final SpiffeId identity;
    private final PrivateKey key;
    private final List<X509Certificate> chain;
    private final List<X509Certificate> roots;

    /**
     * @param chain the leaf first, then intermediates, without the root
     * @param roots what peers are verified against; at least one
     */
    public WorkloadCertificate(
            SpiffeId identity, PrivateKey key, List<X509Certificate> chain, List<X509Certificate> roots) {
        if (chain.isEmpty() || roots.isEmpty()) {
            throw new IllegalArgumentException("certificate of " + identity + " needs a leaf and a root");
        }
        this.identity = identity;
        this.key = key;
        this.chain = List.copyOf(chain);
        this.roots = List.copyOf(roots);
    }

    public SpiffeId identity() {
        return identity;
    }

    public PrivateKey key() {
        return key;
    }

    public List<X509Certificate> chain() {
        return chain;
    }

    public List<X509Certificate> roots() {
        return roots;
    }

    public X509Certificate leaf() {
        return chain.getFirst();
    }

    public CertificateLifetime lifetime() {
        return new CertificateLifetime(
                leaf().getNotBefore().toInstant(), leaf().getNotAfter().toInstant());
    }

    /** Names the identity and the serial number; never the key. */
    @Override
    public String toString() {
        return identity + " serial " + leaf().getSerialNumber().toString(16) + " until "
                + leaf().getNotAfter().toInstant();
    }
}
