package dev.ambit.ports.trust;

import dev.ambit.domain.identity.SpiffeId;
import dev.ambit.domain.identity.TrustDomain;
import dev.ambit.ports.credentials.Revocations;
import dev.ambit.ports.credentials.RevokedCertificate;
import dev.ambit.ports.credentials.WorkloadCertificate;
import dev.ambit.ports.trust.PeerRefused.Reason;
import dev.ambit.ports.trust.VerifiedChains.VerifiedChain;
import java.security.GeneralSecurityException;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Verifies the other end of a mutual TLS handshake as the holder of one certificate does: its chain to the holder's
 * roots, its extended key usage, and its SPIFFE identity. A client must belong to the holder's trust domain; a server
 * must present one of the identities that the dialler expects. Nobody on the chain may be revoked.
 */
public final class PeerVerification {
    private static final String SERVER_AUTH = "1.3.6.1.5.5.7.3.1";
    private static final String CLIENT_AUTH = "1.3.6.1.5.5.7.3.2";

    private final WorkloadCertificate own;
    private final Revocations revocations;
    private final Set<TrustAnchor> anchors;
    private final VerifiedChains known;
    private final InstantSource time;

    /** @param known what was verified before, of one transport */
    public PeerVerification(
            WorkloadCertificate own, Revocations revocations, VerifiedChains known, InstantSource time) {
        this.own = own;
        this.revocations = revocations;
        this.known = known;
        this.time = time;
        this.anchors =
                own.roots().stream().map(root -> new TrustAnchor(root, null)).collect(Collectors.toSet());
    }

    /** Of a client that wants in; leaf first. Throws {@link PeerRefused}, or what the JDK says of a date. */
    public void checkClient(X509Certificate[] chain) throws CertificateException {
        List<SpiffeId> presented = verify(chain, CLIENT_AUTH).identities();
        if (presented.isEmpty()) {
            throw stranger("client certificate has no SPIFFE identity");
        }
        TrustDomain wanted = own.identity().trustDomain();
        if (presented.stream().noneMatch(peer -> peer.trustDomain().equals(wanted))) {
            throw stranger("client " + presented + " is of another trust domain than " + wanted);
        }
    }

    /** Of a server that was dialled, which must be one of those. Otherwise as {@link #checkClient}. */
    public void checkServer(X509Certificate[] chain, Set<SpiffeId> wanted) throws CertificateException {
        List<SpiffeId> presented = verify(chain, SERVER_AUTH).identities();
        if (presented.stream().noneMatch(wanted::contains)) {
            throw stranger("peer presented " + presented + ", expected one of " + wanted);
        }
    }

    private VerifiedChain verify(X509Certificate[] chain, String purpose) throws CertificateException {
        Instant now = time.instant();
        List<X509Certificate> presented = List.of(chain);
        VerifiedChain verified = known.find(own.roots(), presented, now).orElse(null);
        if (verified == null) {
            verified = verifyChain(presented, now);
            known.add(own.roots(), presented, verified);
        }
        if (verified.purposes() != null && !verified.purposes().contains(purpose)) {
            throw PeerRefused.because(
                    Reason.PURPOSE,
                    "certificate of " + subject(chain[0]) + " is not for this use: " + verified.purposes(),
                    null);
        }
        Optional<RevokedCertificate> revoked = revocations.revokedIn(verified.path(), own.roots());
        if (revoked.isPresent()) {
            throw PeerRefused.revoked(revoked.get());
        }
        return verified;
    }

    private VerifiedChain verifyChain(List<X509Certificate> chain, Instant now) throws CertificateException {
        X509Certificate leaf = chain.getFirst();
        List<X509Certificate> path = chain.stream()
                .filter(certificate -> !own.roots().contains(certificate))
                .toList();
        try {
            for (X509Certificate certificate : chain) {
                certificate.checkValidity(Date.from(now));
            }
            var parameters = new PKIXParameters(anchors);
            parameters.setRevocationEnabled(false);
            parameters.setDate(Date.from(now));
            if (path.isEmpty()) {
                throw PeerRefused.because(Reason.UNUSABLE, "peer presented a root as its own certificate", null);
            }
            CertPathValidator.getInstance("PKIX")
                    .validate(CertificateFactory.getInstance("X.509").generateCertPath(path), parameters);
        } catch (CertPathValidatorException broken) {
            throw PeerRefused.because(
                    Reason.UNTRUSTED,
                    "certificate of " + subject(leaf) + " is not trusted: " + broken.getMessage(),
                    broken);
        } catch (CertificateException described) {
            throw described;
        } catch (GeneralSecurityException broken) {
            throw PeerRefused.because(
                    Reason.UNUSABLE,
                    "certificate of " + subject(leaf) + " cannot be verified: " + broken.getMessage(),
                    broken);
        }
        return new VerifiedChain(
                path,
                VerifiedChains.latest(chain),
                VerifiedChains.earliest(chain),
                leaf.getExtendedKeyUsage(),
                PeerIdentities.all(leaf));
    }

    private static Object subject(X509Certificate leaf) {
        List<SpiffeId> identities = PeerIdentities.all(leaf);
        return identities.isEmpty() ? leaf.getSubjectX500Principal() : identities.getFirst();
    }

    private static CertificateException stranger(String why) {
        return PeerRefused.because(Reason.IDENTITY, why, null);
    }

    /** Whose certificates are believed, to be told to a peer. */
    public List<X509Certificate> roots() {
        return own.roots();
    }
}
