package dev.ambit.adapters.vaultca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ambit.ports.ca.CertificateAuthorityException;
import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** TLS: toward Vault, and the control plane's own certificates that come from it. */
@Timeout(60)
final class VaultServingTest {
    @TempDir
    private Path folder;

    @Test
    void aVaultBehindACertificateOfItsOwnAuthority() throws Exception {
        Path certificate = folder.resolve("cert.pem");
        Path key = folder.resolve("key.pem");
        selfSigned(certificate, key);
        // The file of trusted certificates has another one first: all of it counts.
        Path bundle = folder.resolve("bundle.pem");
        Path other = folder.resolve("other.pem");
        selfSigned(other, folder.resolve("other.key"));
        Files.writeString(bundle, Files.readString(other) + Files.readString(certificate));

        try (var server = VaultServer.start(certificate.toString(), key.toString())) {
            var setup = new VaultSetup(
                    server.address(),
                    Optional.of(bundle),
                    "pki",
                    "workload",
                    VaultCaOptions.Signing.SIGN,
                    new VaultLogin.Token(server.rootToken()));
            try (var trusting = open(setup);
                    var distrusting = open(setup.trusting(other))) {
                assertThat(trusting.impediment()).get().asString().contains("check mount and role");
                assertThat(distrusting.impediment()).get().asString().contains("TLS fails");
            }
        }
    }

    @Test
    void aFileOfTrustedCertificatesThatIsNone() throws IOException {
        Path file = Files.writeString(folder.resolve("empty.pem"), "");
        var setup = new VaultSetup(
                URI.create("https://localhost:1"),
                Optional.of(file),
                "pki",
                "workload",
                VaultCaOptions.Signing.SIGN,
                new VaultLogin.Token(VaultSecret.of("x")));

        assertThatThrownBy(() -> open(setup))
                .isInstanceOf(CertificateAuthorityException.class)
                .hasMessageContaining(file.toString());
    }

    @Test
    void theControlPlanesOwnCertificate() throws IOException, CertificateException {
        try (var server = VaultServer.start()) {
            String mount = server.mountWithRoot("mesh root");
            server.serverRole(mount, Map.of());
            try (var authority = open(new VaultSetup(server, mount))) {
                var issued = authority.serverCertificate(
                        List.of("istiod.istio-system.svc", "localhost", "127.0.0.1"), Duration.ofHours(24));

                X509Certificate leaf = issued.chain().getFirst();
                assertThat(leaf.getSubjectAlternativeNames())
                        .extracting(name -> name.get(1))
                        .map(Object::toString)
                        .contains("istiod.istio-system.svc", "localhost", "127.0.0.1");
                assertThat(issued.key().getAlgorithm()).isEqualTo("EC");
                assertThat(issued.chain()).hasSize(1);
                assertThatThrownBy(() -> authority.serverCertificate(List.of("bank.example"), Duration.ofHours(1)))
                        .isInstanceOf(CertificateAuthorityException.class)
                        .hasMessageContaining("bank.example");
            }
        }
    }

    private static VaultCertificateAuthority open(VaultSetup setup) {
        return VaultCertificateAuthority.open(setup.options(), Clock.systemUTC());
    }

    private static void selfSigned(Path certificate, Path key)
            throws GeneralSecurityException, OperatorCreationException, IOException {
        var generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        var keys = generator.generateKeyPair();
        var name = new X500Name("CN=vault " + certificate.getFileName());
        Instant now = Instant.now();
        var builder = new JcaX509v3CertificateBuilder(
                name,
                BigInteger.ONE,
                Date.from(now.minusSeconds(60)),
                Date.from(now.plusSeconds(3600)),
                name,
                keys.getPublic());
        builder.addExtension(
                Extension.subjectAlternativeName,
                false,
                new GeneralNames(new GeneralName(GeneralName.iPAddress, "127.0.0.1")));
        var signed = builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate()));
        Files.writeString(
                certificate, CertificateTexts.write(new JcaX509CertificateConverter().getCertificate(signed)));
        var text = new StringWriter();
        try (var pem = new PemWriter(text)) {
            pem.writeObject(new PemObject("PRIVATE KEY", keys.getPrivate().getEncoded()));
        }
        Files.writeString(key, text.toString());
    }
}
