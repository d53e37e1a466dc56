package dev.ambit.adapters.xds.revocation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.domain.identity.SpiffeId;
import dev.ambit.ports.credentials.Revocations;
import dev.ambit.ports.credentials.RevocationsContract;
import dev.ambit.ports.credentials.WorkloadCertificate;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FileRevocationsTest extends RevocationsContract {
    private static final Duration QUIET = Duration.ofMillis(50);
    private static final SpiffeId CART = SpiffeId.of("spiffe://cluster.local/ns/shop/sa/cart");

    private final Path folder;
    private final Path file;
    private final List<FileRevocations> open = new ArrayList<>();

    FileRevocationsTest(@TempDir Path folder) {
        this.folder = folder;
        this.file = folder.resolve("ca-crl.pem");
    }

    @AfterEach
    void close() {
        open.forEach(FileRevocations::close);
    }

    @Override
    protected Revocations revocations(List<byte[]> lists) {
        publish(lists);
        return watch(file);
    }

    private FileRevocations watch(Path path) {
        try {
            FileRevocations made = FileRevocations.watch(path, QUIET);
            open.add(made);
            return made;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    @Override
    protected void publish(List<byte[]> lists) {
        replace(file, pem(lists));
    }

    private static void replace(Path target, byte[] content) {
        try {
            Path fresh = Files.write(target.resolveSibling("fresh.tmp"), content);
            Files.move(fresh, target, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static byte[] pem(List<byte[]> lists) {
        return lists.stream()
                .map(der -> "-----BEGIN X509 CRL-----\n"
                        + Base64.getMimeEncoder().encodeToString(der) + "\n-----END X509 CRL-----\n")
                .collect(Collectors.joining("# a comment\n"))
                .getBytes(StandardCharsets.US_ASCII);
    }

    private static boolean revoked(Revocations revocations, WorkloadCertificate certificate) {
        return revocations.revokedIn(certificate.chain(), certificate.roots()).isPresent();
    }

    /** Publishes good lists until one is seen, so that what came before it has been looked at. */
    private void settle(FileRevocations revocations) throws InterruptedException {
        var changes = new LinkedBlockingQueue<Boolean>();
        revocations.onChange(() -> changes.add(true));
        publish(List.of(pki.revoke()));
        assertThat(changes.poll(20, TimeUnit.SECONDS)).isNotNull();
    }

    @Test
    void readsDer() {
        WorkloadCertificate certificate = pki.issue(CART);
        replace(file, pki.revoke(certificate.leaf()));

        assertThat(revoked(watch(file), certificate)).isTrue();
    }

    @Test
    void aFileThatIsNotThereYetIsAwaited() throws InterruptedException {
        FileRevocations revocations = watch(file);
        WorkloadCertificate certificate = pki.issue(CART);
        assertThat(revoked(revocations, certificate)).isFalse();
        var changes = new LinkedBlockingQueue<Boolean>();
        revocations.onChange(() -> changes.add(true));

        publish(List.of(pki.revoke(certificate.leaf())));

        assertThat(changes.poll(20, TimeUnit.SECONDS)).isNotNull();
        assertThat(revoked(revocations, certificate)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "garbage",
                "-----BEGIN X509 CRL-----\nMIIB",
                "-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----\n",
                "-----BEGIN X509 CRL-----\n!\n-----END X509 CRL-----\n-----BEGIN X509 CRL-----"
            })
    void whatCannotBeReadLeavesTheLastListsInForce(String bad) throws IOException {
        WorkloadCertificate certificate = pki.issue(CART);
        FileRevocations revocations = (FileRevocations) revocations(List.of(pki.revoke(certificate.leaf())));

        replace(file, bad.getBytes(StandardCharsets.US_ASCII));
        revocations.reload();
        assertThat(revoked(revocations, certificate)).isTrue();

        Files.delete(file);
        revocations.reload();
        assertThat(revoked(revocations, certificate)).as("a file that vanished").isTrue();

        replace(file, new byte[0]);
        revocations.reload();
        assertThat(revoked(revocations, certificate)).as("an empty file").isFalse();
    }

    @Test
    void aBadFileAtTheStartIsWatchedAllTheSame() throws InterruptedException {
        replace(file, new byte[] {1, 2, 3});

        settle(watch(file));
    }

    @Test
    void otherPemBlocksAreNoLists() {
        replace(
                file,
                "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n".getBytes(StandardCharsets.UTF_8));

        assertThat(revoked(watch(file), pki.issue(CART))).isFalse();
    }

    /** The file is a link to ..data/file, and ..data a link to a folder with the time in its name. */
    @Test
    void followsAVolumeThatKubernetesSwaps() throws IOException, InterruptedException {
        Path volume = Files.createDirectory(folder.resolve("volume"));
        WorkloadCertificate certificate = pki.issue(CART);
        data(volume, "..2026_01", pem(List.of(pki.revoke())));
        Files.createSymbolicLink(volume.resolve("ca-crl.pem"), Path.of("..data/ca-crl.pem"));
        FileRevocations revocations = watch(volume.resolve("ca-crl.pem"));
        var changes = new LinkedBlockingQueue<Boolean>();
        revocations.onChange(() -> changes.add(true));

        data(volume, "..2026_02", pem(List.of(pki.revoke(certificate.leaf()))));

        assertThat(changes.poll(20, TimeUnit.SECONDS)).isNotNull();
        assertThat(revoked(revocations, certificate)).isTrue();
    }

    private static void data(Path volume, String name, byte[] content) throws IOException {
        Files.write(Files.createDirectory(volume.resolve(name)).resolve("ca-crl.pem"), content);
        Path link = Files.createSymbolicLink(volume.resolve("..data_tmp"), Path.of(name));
        Files.move(link, volume.resolve("..data"), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
