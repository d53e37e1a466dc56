package dev.ambit.services.controlplane;

import dev.ambit.ports.ca.ServerCertificates;
import dev.ambit.ports.ca.ServerCertificates.ServerCertificate;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.util.AdvancedTlsX509KeyManager;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
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
    private final AdvancedTlsX509KeyManager keyManager = new AdvancedTlsX509KeyManager();

    ServingIdentity(ServerCertificates authority, List<String> names) {
        this.authority = authority;
        this.names = List.copyOf(names);
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

    /** What a handshake shows now. */
    X509Certificate shown() {
        return keyManager.getCertificateChain(keyManager.chooseServerAlias("EC", null, null))[0];
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
