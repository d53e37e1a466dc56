package dev.ambit.adapters.istiodca.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ambit.ports.ca.CertificateAuthorityException;
import dev.ambit.ports.ca.TrustBundle;
import dev.ambit.ports.ca.TrustBundleDistribution;
import dev.ambit.ports.ca.TrustBundleDistributionContract;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FileTrustBundleDistributionContractTest extends TrustBundleDistributionContract {
    @TempDir
    private Path folder;

    private FileTrustBundleDistribution distribution;

    @BeforeEach
    void open() {
        distribution = new FileTrustBundleDistribution(folder.resolve("new/root-cert.pem"));
    }

    @Override
    protected TrustBundleDistribution distribution() {
        return distribution;
    }

    @Override
    protected List<String> places() {
        return List.of("new/root-cert.pem");
    }

    @Override
    protected TrustBundle bundleAt(String place) {
        return new TrustBundle(read(folder.resolve(place)), read(folder.resolve("new/ca-crl.pem")));
    }

    private static String read(Path file) {
        try {
            return Files.exists(file) ? Files.readString(file) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    protected void spoil(String place) {
        try {
            Files.writeString(folder.resolve(place), "x");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    protected void remove(String place) {
        try {
            Files.delete(folder.resolve(place));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void nothingElseIsLeftBehind() throws IOException {
        distribution.publish(TWO);

        try (var files = Files.list(folder.resolve("new"))) {
            assertThat(files)
                    .containsExactlyInAnyOrder(folder.resolve("new/root-cert.pem"), folder.resolve("new/ca-crl.pem"));
        }
    }

    @Test
    void aPlaceThatCannotBeWrittenIsNamed() throws IOException {
        Path file = Files.createFile(folder.resolve("file"));

        assertThatThrownBy(() -> new FileTrustBundleDistribution(file.resolve("root.pem")).publish(ONE))
                .isInstanceOf(CertificateAuthorityException.class)
                .hasMessageContaining(file + "/root.pem");
    }
}
