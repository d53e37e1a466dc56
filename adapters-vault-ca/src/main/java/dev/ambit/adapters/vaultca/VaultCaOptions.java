package dev.ambit.adapters.vaultca;

import dev.ambit.domain.identity.TrustDomain;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * Which Vault signs, and how we ask it.
 *
 * @param address for example {@code https://vault.vault.svc:8200}
 * @param namespace of Vault Enterprise and HCP
 * @param trustedCa PEM file of those who may have signed Vault's own certificate; the machine's roots if empty
 * @param mount of the PKI engine
 * @param role of the PKI engine
 * @param signing which of the engine's two ways to sign
 * @param login how we become somebody who may use the role
 * @param serverRole of the PKI engine, for the control plane's own servers; Vault makes the key
 * @param trustDomain the only trust domain we ask for
 * @param timeout of connecting, and of one answer; one to {@value #TIMEOUT_SECONDS_MAX} seconds, so that a login and a signature
 *     fit into {@link dev.ambit.ports.ca.CertificateAuthority#PATIENCE}
 */
public record VaultCaOptions(
        URI address,
        Optional<String> namespace,
        Optional<Path> trustedCa,
        String mount,
        String role,
        Signing signing,
        VaultLogin login,
        String serverRole,
        TrustDomain trustDomain,
        Duration timeout) {

    /** The PKI engine's ways to sign a request (<a href="https://developer.hashicorp.com/vault/api-docs/secret/pki#sign-certificate">API</a>). */
    public enum Signing {
        /** {@code sign}: the names are those we give, within what the role allows. The better choice. */
        SIGN,
        /** {@code sign-verbatim}: the names are the request's own, whatever the role allows. */
        SIGN_VERBATIM;

        String path() {
            return this == SIGN ? "sign" : "sign-verbatim";
        }
    }

    private static final int TIMEOUT_SECONDS_MAX = 4;

    public VaultCaOptions {
        if (!("https".equals(address.getScheme()) || "http".equals(address.getScheme())) || address.getHost() == null) {
            throw new IllegalArgumentException(
                    "Vault's address is '" + address + "'; it must be like https://vault.vault.svc:8200");
        }
        namespace.ifPresent(name -> VaultPath.check("Vault's namespace", name));
        VaultPath.check("mount of Vault's PKI engine", mount);
        VaultPath.check("role of Vault's PKI engine", role);
        VaultPath.check("role of Vault's PKI engine for servers", serverRole);
        if (timeout.toSeconds() < 1 || timeout.toSeconds() > TIMEOUT_SECONDS_MAX) {
            throw new IllegalArgumentException(
                    "timeout of Vault is " + timeout + ", must be 1 to " + TIMEOUT_SECONDS_MAX + " seconds");
        }
    }
}
