package dev.ambit.services.controlplane;

import dev.ambit.ports.ca.ServerCertificates;
import dev.ambit.ports.ca.ServerCertificates.ServerCertificate;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.util.AdvancedTlsX509KeyManager;
import io.grpc.util.AdvancedTlsX509TrustManager;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
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

    private final ServerCertificates authority;
    private final List<String> names;
    private final AdvancedTlsX509TrustManager trustManager;
    private String trusted = "";
    private final AdvancedTlsX509KeyManager keyManager = new AdvancedTlsX509KeyManager();

    ServingIdentity(ServerCertificates authority, List<String> names) {
        this.authority = authority;
        this.names = List.copyOf(names);
        try {
            // A client has no host name that its certificate could be for.
            this.trustManager = AdvancedTlsX509TrustManager.newBuilder()
                    .setVerification(AdvancedTlsX509TrustManager.Verification.CERTIFICATE_ONLY_VERIFICATION)
                    .build();
        } catch (CertificateException impossible) {
            throw new IllegalStateException("a trust manager without certificates", impossible);
        }
        renew();
    }

    /** Takes a new key and certificate into use; handshakes from now on show it. */
    void renew() {
        ServerCertificate serving = authority.serverCertificate(names, VALIDITY);
        keyManager.updateIdentityCredentials(serving.chain().toArray(X509Certificate[]::new), serving.key());
        LOG.info(
                "serving certificate renewed\tnames={} expires={}",
                names,
                serving.chain().getFirst().getNotAfter().toInstant());
    }

    /** From now on client certificates are accepted that lead to one of these roots (PEM). */
    synchronized void trust(String rootsPem) {
        if (rootsPem.equals(trusted)) {
            return;
        }
        try {
            trustManager.updateTrustCredentials(CertificateFactory.getInstance("X.509")
                    .generateCertificates(new ByteArrayInputStream(rootsPem.getBytes(StandardCharsets.US_ASCII)))
                    .stream()
                    .map(X509Certificate.class::cast)
                    .toArray(X509Certificate[]::new));
            trusted = rootsPem;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("our own trust bundle cannot be used", e);
        }
    }

    /** What a handshake shows now. */
    X509Certificate shown() {
        return keyManager.getCertificateChain(keyManager.chooseServerAlias("EC", null, null))[0];
    }

    SslContext sslContext() {
        try {
            return GrpcSslContexts.configure(SslContextBuilder.forServer(keyManager))
                    .trustManager(trustManager)
                    // Node proxies show a token, machines that renew their certificate show that.
                    .clientAuth(ClientAuth.OPTIONAL)
                    .protocols("TLSv1.3")
                    .build();
        } catch (SSLException e) {
            throw new IllegalStateException("no TLS for the control plane's server", e);
        }
    }
}
