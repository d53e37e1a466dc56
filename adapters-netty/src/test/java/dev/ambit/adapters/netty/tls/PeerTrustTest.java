package dev.ambit.adapters.netty.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.ambit.domain.flow.ResponseFlag;
import dev.ambit.domain.identity.SpiffeId;
import dev.ambit.ports.credentials.FakeRevocations;
import dev.ambit.ports.trust.Certificates;
import dev.ambit.ports.trust.Certificates.Request;
import dev.ambit.ports.trust.PeerVerification;
import dev.ambit.ports.trust.VerifiedChains;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.OpenSslCertificateException;
import io.netty.internal.tcnative.CertificateVerifier;
import java.net.Socket;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.Set;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class PeerTrustTest {
    private static final String CART = "spiffe://cluster.local/ns/shop/sa/cart";
    private static final String STOCK = "spiffe://cluster.local/ns/shop/sa/stock";
    private static final Certificates ROOT = Certificates.root("O=root");

    static {
        // The alerts' numbers are BoringSSL's.
        OpenSsl.ensureAvailability();
    }

    private final FakeRevocations revocations = new FakeRevocations();
    private final PeerTrust trust = new PeerTrust(new PeerVerification(
            ROOT.workload(SpiffeId.of(CART)), revocations, new VerifiedChains(), InstantSource.system()));
    private final SSLEngine engine = engine();

    private static SSLEngine engine() {
        try {
            return SSLContext.getDefault().createSSLEngine();
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static Request stock() {
        return new Request().uri(STOCK);
    }

    /** What the peer's alert becomes: expired or revoked or unsuitable certificates have words of their own. */
    @Test
    void everyRefusalHasItsAlert() {
        X509Certificate[] serverOnly = ROOT.chain(stock().purposes(KeyPurposeId.id_kp_serverAuth));
        X509Certificate[] chain = ROOT.chain(stock());
        revocations.revoke(chain[0]);

        assertThat(alert(serverOnly)).isEqualTo(CertificateVerifier.X509_V_ERR_INVALID_PURPOSE);
        assertThat(alert(chain)).isEqualTo(CertificateVerifier.X509_V_ERR_CERT_REVOKED);
        assertThat(alert(Certificates.root("O=root").chain(stock())))
                .isEqualTo(CertificateVerifier.X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY);
        assertThat(alert(ROOT.chain(new Request().dns("cluster.local"))))
                .isEqualTo(CertificateVerifier.X509_V_ERR_PERMITTED_VIOLATION);
    }

    private int alert(X509Certificate... chain) {
        ThrowingCallable check = () -> trust.checkClientTrusted(chain, "", engine);
        return catchThrowableOfType(OpenSslCertificateException.class, check).errorCode();
    }

    @Test
    void eachHandshakeExpectsItsOwn() throws CertificateException {
        trust.expect(engine, Set.of(SpiffeId.of(STOCK)));
        trust.checkServerTrusted(ROOT.chain(stock()), "", engine);

        assertThatThrownBy(() -> trust.checkServerTrusted(ROOT.chain(stock()), "", engine()))
                .as("a handshake that expects nobody")
                .hasMessageContaining("expected one of")
                .satisfies(failure ->
                        assertThat(HandshakeFailure.of(failure).flag()).isEqualTo(ResponseFlag.CONNECT));
        assertThat(HandshakeFailure.of(new CertificateException("other")).flag())
                .isEqualTo(ResponseFlag.TLS_FAILURE);
    }

    @Test
    void withoutAHandshakeNobodyIsTrusted() {
        X509Certificate[] chain = ROOT.chain(stock());
        assertThatThrownBy(() -> trust.checkClientTrusted(chain, "")).hasMessageContaining("no handshake");
        assertThatThrownBy(() -> trust.checkServerTrusted(chain, "")).hasMessageContaining("no handshake");
        assertThatThrownBy(() -> trust.checkClientTrusted(chain, "", new Socket()))
                .hasMessageContaining("no handshake");
        assertThatThrownBy(() -> trust.checkServerTrusted(chain, "", new Socket()))
                .hasMessageContaining("no handshake");
        assertThat(trust.getAcceptedIssuers()).containsExactly(ROOT.certificate());
    }
}
