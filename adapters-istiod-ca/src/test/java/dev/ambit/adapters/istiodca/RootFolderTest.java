package dev.ambit.adapters.istiodca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ambit.adapters.istiodca.storage.FolderRootStorage;
import dev.ambit.domain.identity.SpiffeId;
import dev.ambit.domain.identity.TrustDomain;
import dev.ambit.ports.ca.CertificateAuthority.SigningResult;
import dev.ambit.ports.ca.CertificateAuthorityException;
import dev.ambit.ports.ca.SigningRequests;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
final class RootFolderTest {
    private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");
    private static final IstiodCaOptions OPTIONS = IstiodCaOptions.defaults(TrustDomain.CLUSTER_LOCAL);
    private static final SpiffeId IDENTITY = SpiffeId.of("spiffe://cluster.local/ns/shop/sa/cart");

    @TempDir
    private Path parent;

    private Path folder;
    private Path certificate;
    private Path key;

    @BeforeEach
    void name() {
        folder = parent.resolve("ca");
        certificate = folder.resolve("ca-cert.pem");
        key = folder.resolve("ca-key.pem");
    }

    private IstiodCertificateAuthority open() {
        return open(NOW);
    }

    private IstiodCertificateAuthority open(Instant now) {
        return IstiodCertificateAuthority.open(new FolderRootStorage(folder), OPTIONS, InstantSource.fixed(now));
    }

    @Test
    void aNewRootIsKeptPrivateAndFoundAgain() throws IOException {
        String roots = open().trustBundle().rootsPem();

        assertThat(Files.getPosixFilePermissions(key)).isEqualTo(PosixFilePermissions.fromString("rw-------"));
        assertThat(Files.getPosixFilePermissions(folder)).isEqualTo(PosixFilePermissions.fromString("rwx------"));
        assertThat(certificate).hasContent(roots);
        assertThat(open().trustBundle().rootsPem()).isEqualTo(roots);
        try (var files = Files.list(folder)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder(
                            "ca-cert.pem",
                            "ca-key.pem",
                            "cert-chain.pem",
                            "key.pem",
                            "root-cert.pem",
                            "ambit-rotation.properties");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"ca-cert.pem", "ca-key.pem"})
    void aDamagedFileStopsTheStartAndIsLeftAlone(String name) throws IOException {
        open();
        Path damaged = folder.resolve(name);
        for (String content :
                new String[] {"", "garbage", Files.readString(damaged).substring(0, 90)}) {
            Files.writeString(damaged, content);

            assertThatThrownBy(this::open)
                    .isInstanceOf(CertificateAuthorityException.class)
                    .hasMessageContainingAll(damaged.toString(), "restore", "remove both");
            assertThat(damaged).hasContent(content);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"ca-cert.pem", "ca-key.pem"})
    void aLostFileIsNotPaperedOver(String name) throws IOException {
        open();
        Files.delete(folder.resolve(name));

        assertThatThrownBy(this::open)
                .isInstanceOf(CertificateAuthorityException.class)
                .hasMessageContaining(name);
        assertThat(folder.resolve(name)).doesNotExist();
    }

    @Test
    void theKeyMustBelongToTheCertificate() throws IOException {
        open();
        String foreign = Files.readString(key);
        Files.delete(key);
        Files.delete(certificate);
        open();
        Files.writeString(key, foreign);

        assertThatThrownBy(this::open)
                .isInstanceOf(CertificateAuthorityException.class)
                .hasMessageContaining("it is not the key of " + certificate);
    }

    @Test
    void aLeafIsNoRoot() throws IOException {
        var serving = open().serverCertificate(List.of("istiod.istio-system.svc"), Duration.ofDays(1));
        Files.writeString(certificate, Pem.encode(serving.chain().getFirst()));
        Files.writeString(key, Pem.encode(Pem.PRIVATE_KEY, serving.key().getEncoded()));

        assertThatThrownBy(this::open)
                .isInstanceOf(CertificateAuthorityException.class)
                .hasMessageContaining("not a CA certificate");
    }

    @Test
    void anExpiredRootSignsNothing() {
        open();

        assertThatThrownBy(() -> open(NOW.plus(Duration.ofDays(3651))))
                .isInstanceOf(CertificateAuthorityException.class)
                .hasMessageContaining("expired at");
    }

    @Test
    void aLeafDoesNotOutliveTheRoot() {
        open();
        var result = open(NOW.plus(Duration.ofDays(3649)))
                .sign(SigningRequests.ec("secp256r1").forIdentity(IDENTITY, Duration.ofDays(30)));

        assertThat(((SigningResult.Signed) result).notAfter()).isEqualTo(NOW.plus(Duration.ofDays(3650)));
    }

    @Test
    void optionsHaveRanges() {
        Duration day = Duration.ofDays(1);
        assertThatThrownBy(() -> new IstiodCaOptions(
                        TrustDomain.CLUSTER_LOCAL, Duration.ofDays(2), day, day, Duration.ZERO, day))
                .hasMessageContaining("longest validity");
        assertThatThrownBy(() -> new IstiodCaOptions(TrustDomain.CLUSTER_LOCAL, day, day, day, day, day))
                .hasMessageContaining("back-dating");
        assertThatThrownBy(() ->
                        new IstiodCaOptions(TrustDomain.CLUSTER_LOCAL, day, day, day, Duration.ZERO, Duration.ZERO))
                .hasMessageContaining("rotation's stage");
    }
}
