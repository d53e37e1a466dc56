package dev.ambit.services.controlplane;

import dev.ambit.adapters.istiodca.IstiodCertificateAuthority;
import dev.ambit.adapters.istiodca.ServingCertificate;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.util.AdvancedTlsX509KeyManager;
import io.grpc.util.CertificateUtils;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SSLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The certificate that this control plane shows to proxies: signed by its own authority, renewed without a restart, read
 * anew at every handshake.
 */
final class ServingIdentity {
    private static final Logger LOG = LoggerFactory.getLogger(ServingIdentity.class);
    private static final Duration VALIDITY = Duration.ofHours(24);

    /** How often {@link #renew} is called: half of the validity, like everybody else's certificates. */
    static final Duration RENEWAL = VALIDITY.dividedBy(2);

    private final IstiodCertificateAuthority authority;
    private final List<String> names;
    private final AdvancedTlsX509KeyManager keyManager = new AdvancedTlsX509KeyManager();

    ServingIdentity(IstiodCertificateAuthority authority, List<String> names) {
        this.authority = authority;
        this.names = List.copyOf(names);
        renew();
    }

    /** Takes a new key and certificate into use; handshakes from now on show it. */
    void renew() {
        ServingCertificate serving = authority.servingCertificate(names, VALIDITY);
        try {
            PrivateKey key = CertificateUtils.getPrivateKey(stream(serving.keyPem()));
            X509Certificate[] chain =
                    CertificateUtils.getX509Certificates(stream(String.join("\n", serving.chainPem())));
            keyManager.updateIdentityCredentials(chain, key);
            LOG.info(
                    "serving certificate renewed\tnames={} expires={}",
                    names,
                    chain[0].getNotAfter().toInstant());
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("our own serving certificate cannot be read back", e);
        }
    }

    /** What a handshake shows now. */
    X509Certificate shown() {
        return keyManager.getCertificateChain(keyManager.chooseServerAlias("EC", null, null))[0];
    }

    private static InputStream stream(String pem) {
        return new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII));
    }

    SslContext sslContext() {
        try {
            return GrpcSslContexts.configure(SslContextBuilder.forServer(keyManager))
                    .protocols("TLSv1.3")
                    .build();
        } catch (SSLException e) {
            throw new IllegalStateException("no TLS for the control plane's server", e);
        }
    }
}
