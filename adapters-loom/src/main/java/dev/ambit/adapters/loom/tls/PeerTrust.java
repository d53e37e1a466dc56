package dev.ambit.adapters.loom.tls;

import dev.ambit.domain.identity.SpiffeId;
import dev.ambit.ports.trust.PeerRefused;
import dev.ambit.ports.trust.PeerVerification;
import io.netty.handler.ssl.OpenSslCertificateException;
import io.netty.internal.tcnative.CertificateVerifier;
import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/** Our verification as BoringSSL asks for it, with BoringSSL's numbers for the alerts that follow a refusal. */
final class PeerTrust extends X509ExtendedTrustManager {
    private final PeerVerification verification;

    /** Which identities each handshake under way expects: one context serves tunnels to many peers. */
    private final Map<SSLEngine, Set<SpiffeId>> expected = Collections.synchronizedMap(new WeakHashMap<>());

    PeerTrust(PeerVerification verification) {
        this.verification = verification;
    }

    void expect(SSLEngine engine, Set<SpiffeId> identities) {
        expected.put(engine, identities);
    }

    /** What every handshake asks. */
    PeerVerification verification() {
        return verification;
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        try {
            verification.checkClient(chain);
        } catch (PeerRefused refused) {
            throw alert(refused);
        }
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        try {
            verification.checkServer(chain, expected.getOrDefault(engine, Set.of()));
        } catch (PeerRefused refused) {
            throw alert(refused);
        }
    }

    /** BoringSSL has no alert for "identity": any error it knows no better word for becomes certificate_unknown. */
    private static CertificateException alert(PeerRefused refused) {
        int error = switch (refused.reason()) {
            case IDENTITY, UNUSABLE -> CertificateVerifier.X509_V_ERR_PERMITTED_VIOLATION;
            case PURPOSE -> CertificateVerifier.X509_V_ERR_INVALID_PURPOSE;
            case UNTRUSTED -> CertificateVerifier.X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY;
            case REVOKED -> CertificateVerifier.X509_V_ERR_CERT_REVOKED;
        };
        return new OpenSslCertificateException(String.valueOf(refused.getMessage()), refused, error);
    }

    private static CertificateException noHandshake() {
        return new OpenSslCertificateException(
                "no handshake to verify", CertificateVerifier.X509_V_ERR_PERMITTED_VIOLATION);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        throw noHandshake();
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        throw noHandshake();
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, @Nullable Socket socket)
            throws CertificateException {
        throw noHandshake();
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, @Nullable Socket socket)
            throws CertificateException {
        throw noHandshake();
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return verification.roots().toArray(X509Certificate[]::new);
    }
}
