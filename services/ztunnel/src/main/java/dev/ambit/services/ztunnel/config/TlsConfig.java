package dev.ambit.services.ztunnel.config;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * TLS between proxies and to the control plane.
 *
 * @param postQuantumOnly whether X25519MLKEM768 is the only key exchange
 * @param tls12Enabled whether TLS 1.2 is allowed beside 1.3
 * @param revocationList file of revoked certificates, PEM or DER
 */
public record TlsConfig(boolean postQuantumOnly, boolean tls12Enabled, Optional<Path> revocationList) {
    static TlsConfig read(Settings settings) {
        return new TlsConfig(
                settings.optional("COMPLIANCE_POLICY").isPresent()
                        && settings.choice("COMPLIANCE_POLICY", Map.of("pqc", true)),
                settings.flag("TLS12_ENABLED"),
                settings.optional("CRL_PATH").map(Path::of));
    }
}
