package dev.ambit.services.ztunnel.config;

import dev.ambit.ports.transport.TlsPolicy;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * TLS between proxies and to the control plane.
 *
 * @param postQuantumOnly whether X25519MLKEM768 is the only key exchange
 * @param tls12Enabled whether TLS 1.2 is allowed beside 1.3; never if {@code postQuantumOnly}, as no peer could use it
 * @param revocationList file of revoked certificates, PEM or DER
 */
public record TlsConfig(boolean postQuantumOnly, boolean tls12Enabled, Optional<Path> revocationList) {
    private static final Logger LOG = LoggerFactory.getLogger(TlsConfig.class);

    static TlsConfig read(Settings settings) {
        boolean postQuantumOnly = settings.optional("COMPLIANCE_POLICY").isPresent()
                && settings.choice("COMPLIANCE_POLICY", Map.of("pqc", true));
        boolean tls12 = settings.flag("TLS12_ENABLED");
        if (postQuantumOnly && tls12) {
            LOG.warn("TLS 1.2 is not offered, as it has no post-quantum key exchange: remove one of the two settings"
                    + "\tTLS12_ENABLED=true COMPLIANCE_POLICY=\"pqc\"");
        }
        return new TlsConfig(
                postQuantumOnly,
                tls12 && !postQuantumOnly,
                settings.optional("CRL_PATH").map(Path::of));
    }

    /** What of this every connection of ours obeys. */
    public TlsPolicy policy() {
        return new TlsPolicy(tls12Enabled, postQuantumOnly);
    }
}
