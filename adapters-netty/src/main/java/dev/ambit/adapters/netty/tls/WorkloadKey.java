package dev.ambit.adapters.netty.tls;

import dev.ambit.ports.credentials.WorkloadCertificate;
import io.netty.handler.ssl.OpenSslCachingX509KeyManagerFactory;
import java.net.Socket;
import java.security.KeyStore;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.KeyManagerFactorySpi;
import javax.net.ssl.ManagerFactoryParameters;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * One certificate and its key for BoringSSL, converted once for each context. Netty's own way from a key goes through a
 * key store, which costs a key derivation per context and a conversion per handshake.
 */
final class WorkloadKey extends X509ExtendedKeyManager {
    private static final String ALIAS = "workload";

    private final WorkloadCertificate certificate;

    private WorkloadKey(WorkloadCertificate certificate) {
        this.certificate = certificate;
    }

    static KeyManagerFactory factory(WorkloadCertificate certificate) {
        return new OpenSslCachingX509KeyManagerFactory(new Single(new WorkloadKey(certificate)));
    }

    /** TLS's names for key types begin with the key's algorithm: EC, EC_EC, RSA. */
    private @Nullable String aliasFor(@Nullable String... keyTypes) {
        for (String type : keyTypes) {
            if (type != null && type.startsWith(certificate.key().getAlgorithm())) {
                return ALIAS;
            }
        }
        return null;
    }

    @Override
    public @Nullable String chooseEngineServerAlias(
            String keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
        return aliasFor(keyType);
    }

    @Override
    public @Nullable String chooseEngineClientAlias(
            String[] keyTypes, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
        return aliasFor(keyTypes);
    }

    @Override
    public @Nullable String chooseServerAlias(String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return aliasFor(keyType);
    }

    @Override
    public @Nullable String chooseClientAlias(
            String[] keyTypes, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return aliasFor(keyTypes);
    }

    @Override
    public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
        return aliasFor(keyType) == null ? null : new String[] {ALIAS};
    }

    @Override
    public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
        return getServerAliases(keyType, issuers);
    }

    @Override
    public X509Certificate[] getCertificateChain(String alias) {
        return certificate.chain().toArray(X509Certificate[]::new);
    }

    @Override
    public PrivateKey getPrivateKey(String alias) {
        return certificate.key();
    }

    /** The factory of one key manager. */
    private static final class Single extends KeyManagerFactory {
        Single(KeyManager only) {
            super(
                    new KeyManagerFactorySpi() {
                        @Override
                        protected void engineInit(@Nullable KeyStore store, char @Nullable [] password) {
                            // There already.
                        }

                        @Override
                        protected void engineInit(@Nullable ManagerFactoryParameters parameters) {
                            // There already.
                        }

                        @Override
                        protected KeyManager[] engineGetKeyManagers() {
                            return new KeyManager[] {only};
                        }
                    },
                    null,
                    "workload");
        }
    }
}
