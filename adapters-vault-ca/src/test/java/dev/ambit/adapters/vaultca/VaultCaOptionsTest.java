package dev.ambit.adapters.vaultca;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ambit.domain.identity.TrustDomain;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class VaultCaOptionsTest {

    @ParameterizedTest
    @CsvSource({
        "vault:8200, pki, workload, 1, address",
        "ftp://vault, pki, workload, 1, address",
        "https:///v1, pki, workload, 1, address",
        "https://vault, ../sys, workload, 1, mount",
        "https://vault, pki?x, workload, 1, mount",
        "https://vault, '', workload, 1, mount",
        "https://vault, pki, a%2fb, 1, role",
        "https://vault, pki, workload, 0, timeout",
        "https://vault, pki, workload, 5, timeout",
    })
    void whatCannotWorkIsNamed(URI address, String mount, String role, int seconds, String says) {
        assertThatThrownBy(() -> new VaultCaOptions(
                        address,
                        Optional.empty(),
                        Optional.empty(),
                        mount,
                        role,
                        VaultCaOptions.Signing.SIGN,
                        new VaultLogin.Token(VaultSecret.of("t")),
                        "server",
                        TrustDomain.CLUSTER_LOCAL,
                        Duration.ofSeconds(seconds)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(says);
    }
}
