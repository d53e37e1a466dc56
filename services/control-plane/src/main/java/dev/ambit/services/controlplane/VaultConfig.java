package dev.ambit.services.controlplane;

import dev.ambit.adapters.vaultca.VaultCaOptions;
import dev.ambit.adapters.vaultca.VaultCaOptions.Signing;
import dev.ambit.adapters.vaultca.VaultLogin;
import dev.ambit.adapters.vaultca.VaultSecret;
import dev.ambit.domain.identity.TrustDomain;
import io.micronaut.context.annotation.ConfigurationProperties;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Where Vault is and who we are there; looked at only if Vault is the authority.
 *
 * @param cacert PEM file of those who may have signed Vault's certificate; empty for the machine's roots
 * @param login {@code kubernetes}, {@code approle} or {@code token}
 * @param loginMount empty for the usual one, which is named like the login
 */
@ConfigurationProperties("control-plane.ca.vault")
public record VaultConfig(
        String address,
        String namespace,
        String cacert,
        String mount,
        String role,
        String serverRole,
        String sign,
        String login,
        String loginMount,
        String loginRole,
        String jwtFile,
        String roleId,
        String secretIdFile,
        String token,
        String tokenFile,
        Duration timeout) {

    /**
     * What the adapter needs.
     *
     * @throws IllegalArgumentException if something is missing or cannot be; the message names the variable
     */
    VaultCaOptions options(TrustDomain trustDomain) {
        return new VaultCaOptions(
                address(required("VAULT_ADDR", address)),
                given(namespace),
                given(cacert).map(Path::of),
                mount,
                role,
                signing(),
                wayIn(),
                serverRole,
                trustDomain,
                timeout);
    }

    private static URI address(String text) {
        try {
            return URI.create(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "VAULT_ADDR is '" + text + "'; it must be like https://vault.vault.svc:8200", e);
        }
    }

    private Signing signing() {
        return switch (sign.toLowerCase(Locale.ROOT)) {
            case "sign" -> Signing.SIGN;
            case "sign-verbatim" -> Signing.SIGN_VERBATIM;
            default ->
                throw new IllegalArgumentException("VAULT_PKI_SIGN is '" + sign + "'; choose sign or sign-verbatim");
        };
    }

    private VaultLogin wayIn() {
        return switch (login.toLowerCase(Locale.ROOT)) {
            case "kubernetes" ->
                new VaultLogin.Kubernetes(
                        mountOr("kubernetes"),
                        required("VAULT_LOGIN_ROLE", loginRole),
                        VaultSecret.file(Path.of(jwtFile)));
            case "approle" ->
                new VaultLogin.AppRole(
                        mountOr("approle"),
                        required("VAULT_ROLE_ID", roleId),
                        VaultSecret.file(Path.of(required("VAULT_SECRET_ID_FILE", secretIdFile))));
            case "token" ->
                new VaultLogin.Token(given(token)
                        .map(VaultSecret::of)
                        .orElseGet(() ->
                                VaultSecret.file(Path.of(required("VAULT_TOKEN or VAULT_TOKEN_FILE", tokenFile)))));
            default ->
                throw new IllegalArgumentException(
                        "VAULT_LOGIN is '" + login + "'; choose kubernetes, approle or token");
        };
    }

    private String mountOr(String usual) {
        return given(loginMount).orElse(usual);
    }

    private static Optional<String> given(String text) {
        return Optional.of(text.strip()).filter(Predicate.not(String::isEmpty));
    }

    private static String required(String variable, String text) {
        return given(text)
                .orElseThrow(() -> new IllegalArgumentException(
                        variable + " is not set; Vault as certificate authority needs it"));
    }

    /** Leaves the token out. */
    @Override
    public String toString() {
        return "Vault at " + address + ", mount " + mount + ", login by " + login;
    }
}
