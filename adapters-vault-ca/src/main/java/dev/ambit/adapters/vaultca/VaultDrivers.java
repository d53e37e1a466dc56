package dev.ambit.adapters.vaultca;

import dev.ambit.ports.ca.CertificateAuthorityException;
import io.github.jopenlibs.vault.EnvironmentLoader;
import io.github.jopenlibs.vault.SslConfig;
import io.github.jopenlibs.vault.Vault;
import io.github.jopenlibs.vault.VaultConfig;
import io.github.jopenlibs.vault.VaultException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** Makes drivers for one Vault, all over the same HTTP client, so that its connections are kept. */
final class VaultDrivers implements AutoCloseable {
    /** Version 2 of Vault's key/value engine rewrites paths; the PKI engine's are to be left alone. */
    private static final int PATHS_AS_THEY_ARE = 1;

    private final URI address;
    private final Optional<String> namespace;
    private final int timeoutSeconds;
    private final HttpClient http;
    private final SslConfig ssl;

    VaultDrivers(VaultCaOptions options) {
        this.address = options.address();
        this.namespace = options.namespace();
        this.timeoutSeconds = Math.toIntExact(options.timeout().toSeconds());
        this.http = http(options.trustedCa(), options.timeout());
        try {
            this.ssl = new SslConfig().verify(true).build();
        } catch (VaultException e) {
            // Not ours to use, but the driver looks into VAULT_SSL_CERT whatever we give it.
            throw new CertificateAuthorityException("VAULT_SSL_CERT cannot be read; unset it: " + e.getMessage(), e);
        }
    }

    URI address() {
        return address;
    }

    /** A driver that shows this token; an empty one shows none. */
    Vault with(String token) {
        try {
            VaultConfig config = new VaultConfig()
                    .environmentLoader(new Nothing())
                    .address(address.toString().replaceAll("/+$", ""))
                    .openTimeout(timeoutSeconds)
                    .readTimeout(timeoutSeconds)
                    .sslConfig(ssl)
                    .httpClient(http);
            return Vault.create(
                    token.isEmpty() ? config.build() : config.token(token).build(), PATHS_AS_THEY_ARE);
        } catch (VaultException e) {
            throw new IllegalStateException("nothing is configured here that could be wrong", e);
        }
    }

    /** The namespace that every request is for; null is none. */
    @Nullable
    String namespace() {
        return namespace.orElse(null);
    }

    private static HttpClient http(Optional<Path> trustedCa, Duration timeout) {
        var builder =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(timeout);
        trustedCa.ifPresent(file -> builder.sslContext(trusting(file)));
        return builder.build();
    }

    /** Every certificate of the file; the driver by itself would read the first one only. */
    private static SSLContext trusting(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            KeyStore roots = KeyStore.getInstance(KeyStore.getDefaultType());
            roots.load(null, null);
            for (var certificate : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                roots.setCertificateEntry("ca" + roots.size(), certificate);
            }
            if (roots.size() == 0) {
                throw new CertificateAuthorityException("Vault's CA file " + file + " has no certificate in it");
            }
            var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(roots);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return context;
        } catch (IOException | GeneralSecurityException e) {
            throw new CertificateAuthorityException(
                    "Vault's CA file " + file + " cannot be read: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        http.close();
    }

    /** The driver would fill gaps from the environment and the home folder; what counts is our own configuration. */
    private static final class Nothing extends EnvironmentLoader {
        private static final long serialVersionUID = 1L;

        @Override
        public @Nullable String loadVariable(String name) {
            return null;
        }
    }
}
