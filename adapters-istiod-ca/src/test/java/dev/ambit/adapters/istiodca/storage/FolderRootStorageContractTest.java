package dev.ambit.adapters.istiodca.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ambit.ports.ca.CertificateAuthorityException;
import dev.ambit.ports.ca.RootStorage;
import dev.ambit.ports.ca.RootStorageContract;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FolderRootStorageContractTest extends RootStorageContract {
    @TempDir
    private Path parent;

    private Path folder;
    private FolderRootStorage storage;

    @BeforeEach
    void name() {
        folder = parent.resolve("ca");
        storage = new FolderRootStorage(folder);
    }

    @Override
    protected RootStorage storage() {
        return storage;
    }

    @Test
    void filesAreForTheOwnerAloneAndOthersAreLeftAlone() throws IOException {
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("token-key.json"), "{}");

        var stored = storage.replace(Map.of("ca-key.pem", "key"), Optional.empty());
        storage.replace(Map.of("ca-cert.pem", "c"), stored.map(RootStorage.Stored::version));

        assertThat(Files.getPosixFilePermissions(folder.resolve("ca-cert.pem")))
                .isEqualTo(PosixFilePermissions.fromString("rw-------"));
        try (var files = Files.list(folder)) {
            assertThat(files)
                    .containsExactlyInAnyOrder(folder.resolve("ca-cert.pem"), folder.resolve("token-key.json"));
        }
    }

    @Test
    void whatWasInterruptedIsFinished() throws IOException {
        storage.replace(Map.of("ca-cert.pem", "old", "ca-key.pem", "old", "key.pem", ""), Optional.empty());
        Files.writeString(folder.resolve(".pending"), "ca-cert.pem 3\nnewca-key.pem 4\nnew\n");
        Files.writeString(folder.resolve("ca-cert.pem"), "new");

        assertThat(storage.load().orElseThrow().documents())
                .isEqualTo(Map.of("ca-cert.pem", "new", "ca-key.pem", "new\n"));
        assertThat(folder.resolve(".pending")).doesNotExist();
    }

    @Test
    void damageIsNamed() throws IOException {
        Files.createDirectories(folder);
        for (String text : new String[] {"ca-cert.pem", "ca-cert.pem 9\nx", "../x 1\ny", "ca-cert.pem -1\n"}) {
            Files.writeString(folder.resolve(".pending"), text);

            assertThatThrownBy(storage::load)
                    .isInstanceOf(CertificateAuthorityException.class)
                    .hasMessageContainingAll(folder.toString(), ".pending is damaged");
        }
        Files.delete(folder.resolve(".pending"));
        Files.write(folder.resolve("ca-cert.pem"), new byte[] {(byte) 0xff, (byte) 0xfe});
        assertThatThrownBy(storage::load)
                .hasMessageContaining(folder.resolve("ca-cert.pem").toString());
    }

    @Test
    void namesCannotLeaveTheFolder() {
        assertThatThrownBy(() -> storage.replace(Map.of("../ca-cert.pem", ""), Optional.empty()))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
