package dev.ambit.adapters.vaultca;

import static dev.ambit.adapters.vaultca.VaultSetup.sign;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ambit.adapters.vaultca.VaultCaOptions.Signing;
import dev.ambit.ports.ca.CertificateAuthority.SigningResult.Rejected;
import dev.ambit.ports.ca.CertificateAuthority.SigningResult.Signed;
import dev.ambit.ports.ca.CertificateAuthorityException;
import dev.ambit.ports.ca.SigningRequests;
import java.io.IOException;
import java.time.Clock;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A Vault that is sealed, slow, gone or set up wrongly: one line says so, and nothing wrong is signed. */
@Timeout(60)
final class VaultFaultsTest {
    private static VaultServer server;
    private static String mount;

    @BeforeAll
    static void start() throws IOException {
        server = VaultServer.start();
        mount = server.mountWithRoot("mesh root");
        server.workloadRole(mount, "workload");
        server.workloadRole(mount, "csr-names", Map.of("use_csr_sans", true, "allow_any_name", true));
        server.workloadRole(mount, "one-way", Map.of("client_flag", false));
        server.workloadRole(mount, "other-mesh", Map.of("allowed_uri_sans", "spiffe://other/*"));
        server.workloadRole(mount, "short", Map.of("max_ttl", "10m"));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static VaultCertificateAuthority open(VaultSetup setup) {
        return VaultCertificateAuthority.open(setup.options(), Clock.systemUTC());
    }

    @Test
    void sealedAndUnsealed() {
        try (var authority = open(new VaultSetup(server, mount))) {
            String roots = authority.trustBundle().rootsPem();
            server.seal();
            try {
                assertThatThrownBy(() -> sign(authority))
                        .isInstanceOf(CertificateAuthorityException.class)
                        .hasMessageContaining("is sealed");
                assertThat(authority.impediment()).get().asString().contains("is sealed");
                assertThat(authority.trustBundle().rootsPem()).isEqualTo(roots);
            } finally {
                server.unseal();
            }
            assertThat(sign(authority)).isInstanceOf(Signed.class);
            assertThat(authority.impediment()).isEmpty();
        }
    }

    @Test
    void slow() {
        try (var authority = open(new VaultSetup(server, mount))) {
            server.freeze();
            try {
                assertThatThrownBy(() -> sign(authority))
                        .isInstanceOf(CertificateAuthorityException.class)
                        .hasMessageContaining("the answer takes too long");
            } finally {
                server.thaw();
            }
            assertThat(sign(authority)).isInstanceOf(Signed.class);
        }
    }

    @Test
    void gone() throws IOException {
        var other = VaultServer.start();
        var setup = new VaultSetup(other, other.mountWithRoot("root"));
        other.workloadRole(setup.mount(), "workload");
        try (var authority = open(setup)) {
            other.close();
            assertThatThrownBy(() -> sign(authority))
                    .isInstanceOf(CertificateAuthorityException.class)
                    .hasMessageContaining("nobody listens there");
        }
        try (var authority = open(setup)) {
            assertThatThrownBy(authority::trustBundle)
                    .isInstanceOf(CertificateAuthorityException.class)
                    .hasMessageContaining("not been read yet");
        }
    }

    @ParameterizedTest
    @MethodSource
    void setUpWrongly(String role, String mountName, String says) {
        var setup = new VaultSetup(server, mount);
        var wrong = new VaultSetup(setup.address(), setup.trustedCa(), mountName, role, setup.signing(), setup.login());
        try (var authority = open(wrong)) {
            assertThatThrownBy(() ->
                            sign(authority, SigningRequests.ec("secp256r1").dns("bank.example")))
                    .isInstanceOf(CertificateAuthorityException.class)
                    .hasMessageContaining(says);
            assertThat(authority.impediment()).get().asString().contains(says);
        }
    }

    static Stream<Arguments> setUpWrongly() {
        return Stream.of(
                Arguments.of("csr-names", mount, "use_csr_sans=false"),
                Arguments.of("one-way", mount, "client_flag"),
                Arguments.of("workload", "no-such-mount", "check mount and role"));
    }

    @ParameterizedTest
    @MethodSource
    void whatTheRoleNeverSignsIsRejected(String role, String says) {
        try (var authority = open(new VaultSetup(server, mount).withRole(role))) {
            assertThat(sign(authority))
                    .isInstanceOfSatisfying(
                            Rejected.class,
                            rejected -> assertThat(rejected.why())
                                    .contains(says)
                                    .hasSizeLessThan(1000)
                                    .doesNotContainPattern("\\p{Cntrl}"));
        }
    }

    static Stream<Arguments> whatTheRoleNeverSignsIsRejected() {
        return Stream.of(
                Arguments.of("other-mesh", "URI Subject Alternative Name"),
                Arguments.of("no-such-role", "no-such-role"));
    }

    @Test
    void theRoleMayBeStricterThanTheMesh() {
        try (var authority = open(new VaultSetup(server, mount).withRole("short"))) {
            assertThat(sign(authority))
                    .isInstanceOfSatisfying(
                            Signed.class,
                            signed -> assertThat(signed.notAfter())
                                    .isBefore(Clock.systemUTC().instant().plusSeconds(601)));
        }
    }

    @Test
    void verbatimSignsWhatTheRequestSaysAndNothingElse() {
        try (var authority = open(new VaultSetup(server, mount).with(Signing.SIGN_VERBATIM))) {
            assertThat(sign(authority)).isInstanceOf(Signed.class);
            assertThatThrownBy(() ->
                            sign(authority, SigningRequests.ec("secp256r1").dns("bank.example")))
                    .isInstanceOf(CertificateAuthorityException.class)
                    .hasMessageContaining("bank.example");
        }
    }
}
