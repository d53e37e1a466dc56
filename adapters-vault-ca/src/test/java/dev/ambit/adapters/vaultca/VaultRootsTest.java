package dev.ambit.adapters.vaultca;

import static dev.ambit.adapters.vaultca.VaultSetup.sign;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ambit.ports.ca.CertificateAuthority.SigningResult.Signed;
import java.io.IOException;
import java.security.cert.CertificateException;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What peers are told to trust, by how the PKI engine is set up. */
@Timeout(60)
final class VaultRootsTest {
    private static VaultServer server;

    @BeforeAll
    static void start() throws IOException {
        server = VaultServer.any();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static List<String> subjects(String pem) throws CertificateException {
        return CertificateTexts.read(pem).stream()
                .map(certificate -> certificate.getSubjectX500Principal().getName())
                .toList();
    }

    @Test
    void bothRootsOfARotationAreTrustedBeforeTheNewOneSigns() throws CertificateException {
        String mount = server.mountWithRoot("old");
        server.workloadRole(mount, "workload");
        try (var authority = open(mount)) {
            assertThat(subjects(signed(authority).rootsPem())).containsExactly("CN=old");

            server.write(
                    mount + "/root/rotate/internal",
                    Map.of("common_name", "new", "issuer_name", "next", "key_type", "ec"));
            authority.tend();
            assertThat(subjects(signed(authority).rootsPem())).containsExactlyInAnyOrder("CN=old", "CN=new");

            server.write(mount + "/root/replace", Map.of("default", "next"));
            Signed afterwards = signed(authority);
            assertThat(issuer(afterwards)).isEqualTo("CN=new");
            assertThat(subjects(afterwards.rootsPem())).containsExactlyInAnyOrder("CN=old", "CN=new");
        }
    }

    @Test
    void aRootThatSignsBeforeWeReadOfItIsReadAtOnce() throws CertificateException {
        String mount = server.mountWithRoot("old");
        server.workloadRole(mount, "workload");
        try (var authority = open(mount)) {
            server.write(
                    mount + "/root/rotate/internal",
                    Map.of("common_name", "new", "issuer_name", "next", "key_type", "ec"));
            server.write(mount + "/root/replace", Map.of("default", "next"));

            assertThat(subjects(signed(authority).rootsPem())).containsExactlyInAnyOrder("CN=old", "CN=new");
        }
    }

    @Test
    void anIntermediateIsPartOfTheChainAndItsRootIsNot() throws CertificateException {
        String rootMount = server.mountWithRoot("far root");
        String mount = intermediateOf(rootMount, true);
        try (var authority = open(mount)) {
            Signed signed = signed(authority);

            assertThat(signed.chainPem()).hasSize(2);
            assertThat(subjects(signed.chainPem().get(1))).containsExactly("CN=intermediate");
            assertThat(subjects(signed.rootsPem())).containsExactly("CN=far root");
        }
    }

    @Test
    void anIntermediateWithoutItsRootIsNoHelpToAnybody() {
        String mount = intermediateOf(server.mountWithRoot("hidden root"), false);
        try (var authority = open(mount)) {
            assertThat(authority.impediment()).get().asString().contains("whole chain");
            assertThatThrownBy(() -> sign(authority)).hasMessageContaining("roots");
        }
    }

    private static String intermediateOf(String rootMount, boolean wholeChain) {
        String mount = server.emptyMount();
        String request = server.write(
                        mount + "/intermediate/generate/internal",
                        Map.of("common_name", "intermediate", "key_type", "ec"))
                .get("csr");
        Map<String, String> signed = server.write(
                rootMount + "/root/sign-intermediate",
                Map.of("csr", String.valueOf(request), "common_name", "intermediate", "ttl", "4000h"));
        server.write(
                mount + "/intermediate/set-signed",
                Map.of("certificate", signed.get("certificate") + (wholeChain ? "\n" + signed.get("issuing_ca") : "")));
        server.workloadRole(mount, "workload");
        return mount;
    }

    private static Signed signed(VaultCertificateAuthority authority) {
        return (Signed) sign(authority);
    }

    private static String issuer(Signed signed) throws CertificateException {
        return CertificateTexts.read(signed.chainPem().getFirst())
                .getFirst()
                .getIssuerX500Principal()
                .getName();
    }

    private static VaultCertificateAuthority open(String mount) {
        return VaultCertificateAuthority.open(new VaultSetup(server, mount).options(), Clock.systemUTC());
    }
}
