package dev.ambit.adapters.netty.tls;

import dev.ambit.adapters.netty.tls.VerifiedChains.VerifiedChain;
import dev.ambit.domain.identity.SpiffeId;
import dev.ambit.domain.identity.TrustDomain;
import dev.ambit.ports.credentials.Revocations;
import dev.ambit.ports.credentials.RevokedCertificate;
import dev.ambit.ports.credentials.WorkloadCertificate;
import io.netty.handler.ssl.OpenSslCertificateException;
import io.netty.internal.tcnative.CertificateVerifier;
import java.net.Socket;
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
import java.util.Collections;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.stream.Collectors;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Verifies the other end of a mutual TLS handshake as the holder of one certificate does: its chain to the holder's
 * roots, its extended key usage, and its SPIFFE identity. A client must belong to the holder's trust domain; a server
 * must present one of the identities that the dialler expects. Nobody on the chain may be revoked.
 */
final class PeerVerification extends X509ExtendedTrustManager {
    private static final String SERVER_AUTH = "1.3.6.1.5.5.7.3.1";
    private static final String CLIENT_AUTH = "1.3.6.1.5.5.7.3.2";

    /** BoringSSL has no alert for "identity": any error it knows no better word for becomes certificate_unknown. */
    private static final int CERTIFICATE_UNKNOWN = CertificateVerifier.X509_V_ERR_PERMITTED_VIOLATION;

    private final WorkloadCertificate own;
    private final Revocations revocations;
    private final Set<TrustAnchor> anchors;
    private final VerifiedChains known;
    private final InstantSource time;

    /** Which identities each handshake under way expects: one context serves tunnels to many peers. */
    private final Map<SSLEngine, Set<SpiffeId>> expected = Collections.synchronizedMap(new WeakHashMap<>());

    PeerVerification(WorkloadCertificate own, Revocations revocations, VerifiedChains known, InstantSource time) {
        this.own = own;
        this.revocations = revocations;
        this.known = known;
        this.time = time;
        this.anchors =
                own.roots().stream().map(root -> new TrustAnchor(root, null)).collect(Collectors.toSet());
    }

    void expect(SSLEngine engine, Set<SpiffeId> identities) {
        expected.put(engine, identities);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        checkClient(chain);
    }

    void checkClient(X509Certificate[] chain) throws CertificateException {
        List<SpiffeId> presented = verify(chain, CLIENT_AUTH).identities();
        if (presented.isEmpty()) {
            throw stranger("client certificate has no SPIFFE identity");
        }
        TrustDomain wanted = own.identity().trustDomain();
        if (presented.stream().noneMatch(peer -> peer.trustDomain().equals(wanted))) {
            throw stranger("client " + presented + " is of another trust domain than " + wanted);
        }
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        checkServer(chain, expected.getOrDefault(engine, Set.of()));
    }

    void checkServer(X509Certificate[] chain, Set<SpiffeId> wanted) throws CertificateException {
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
            throw new OpenSslCertificateException(
                    "certificate of " + subject(chain[0]) + " is not for this use: " + verified.purposes(),
                    CertificateVerifier.X509_V_ERR_INVALID_PURPOSE);
        }
        Optional<RevokedCertificate> revoked = revocations.revokedIn(verified.path(), own.roots());
        if (revoked.isPresent()) {
            PeerRefused refused = PeerRefused.revoked(revoked.get());
            throw new OpenSslCertificateException(
                    String.valueOf(refused.getMessage()), refused, CertificateVerifier.X509_V_ERR_CERT_REVOKED);
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
                throw refusal("peer presented a root as its own certificate", null);
            }
            CertPathValidator.getInstance("PKIX")
                    .validate(CertificateFactory.getInstance("X.509").generateCertPath(path), parameters);
        } catch (CertPathValidatorException broken) {
            throw new OpenSslCertificateException(
                    "certificate of " + subject(leaf) + " is not trusted: " + broken.getMessage(),
                    broken,
                    CertificateVerifier.X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY);
        } catch (CertificateException described) {
            throw described;
        } catch (GeneralSecurityException broken) {
            throw refusal("certificate of " + subject(leaf) + " cannot be verified: " + broken.getMessage(), broken);
        }
        return new VerifiedChain(
                path,
                VerifiedChains.latest(chain),
                VerifiedChains.earliest(chain),
                leaf.getExtendedKeyUsage(),
                PeerIdentity.all(leaf));
    }

    private static Object subject(X509Certificate leaf) {
        List<SpiffeId> identities = PeerIdentity.all(leaf);
        return identities.isEmpty() ? leaf.getSubjectX500Principal() : identities.getFirst();
    }

    private static CertificateException stranger(String why) {
        return refusal(why, PeerRefused.identity(why));
    }

    private static CertificateException refusal(String why, @Nullable Throwable cause) {
        return new OpenSslCertificateException(why, cause, CERTIFICATE_UNKNOWN);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        throw refusal("no handshake to verify", null);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        throw refusal("no handshake to verify", null);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        throw refusal("no handshake to verify", null);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        throw refusal("no handshake to verify", null);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return own.roots().toArray(X509Certificate[]::new);
    }
}
