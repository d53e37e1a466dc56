package dev.ambit.adapters.xds.revocation;

import dev.ambit.adapters.xds.file.FileWatch;
import dev.ambit.ports.credentials.Revocations;
import dev.ambit.ports.credentials.RevokedCertificate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Revocation lists in one file, PEM or DER, read again when it changes. No file, or an empty one, revokes nothing. What
 * cannot be read leaves the last lists in force; so does a file that vanishes.
 */
public final class FileRevocations implements Revocations {
    private static final Logger LOG = LoggerFactory.getLogger(FileRevocations.class);

    /** Istio's figure: long enough for a volume to be swapped. */
    private static final Duration QUIET = Duration.ofSeconds(2);

    /** Half a million certificates. */
    private static final long BYTES_MAX = 32 << 20;

    private static final int SAN_URI = 6;

    private final Path file;
    private final List<Runnable> actions = new CopyOnWriteArrayList<>();
    private final FileWatch watch;
    private volatile RevocationLists lists = RevocationLists.NONE;

    private FileRevocations(Path file, Duration quiet) throws IOException {
        this.file = file;
        this.watch = FileWatch.start(file, quiet, this::reload);
        load();
    }

    /**
     * Reads the file and watches it until closed.
     *
     * @throws IOException if this machine cannot watch files at all
     */
    public static FileRevocations watch(Path file) throws IOException {
        return watch(file, QUIET);
    }

    static FileRevocations watch(Path file, Duration quiet) throws IOException {
        return new FileRevocations(file, quiet);
    }

    void reload() {
        if (load()) {
            actions.forEach(Runnable::run);
        }
    }

    private boolean load() {
        try {
            if (!Files.exists(file)) {
                LOG.warn("no revocation list there, what was known stays\tfile={} lists={}", file, lists.count());
                return false;
            }
            if (Files.size(file) > BYTES_MAX) {
                throw new IOException("larger than " + BYTES_MAX + " bytes");
            }
            RevocationLists read = RevocationLists.parse(Files.readAllBytes(file));
            lists = read;
            LOG.info(
                    "revocation lists read\tfile={} lists={} certificates={}", file, read.count(), read.certificates());
            return true;
        } catch (IOException unusable) {
            LOG.error(
                    "revocation list cannot be used, what was known stays\tfile={} lists={} cause=\"{}\"",
                    file,
                    lists.count(),
                    unusable.getMessage());
            return false;
        }
    }

    @Override
    public Optional<RevokedCertificate> revokedIn(List<X509Certificate> chain, List<X509Certificate> roots) {
        RevocationLists now = lists;
        if (now == RevocationLists.NONE) {
            return Optional.empty();
        }
        List<X509Certificate> authorities =
                Stream.concat(chain.stream().skip(1), roots.stream()).toList();
        return chain.stream()
                .filter(certificate -> !roots.contains(certificate) && now.revoke(certificate, authorities))
                .findFirst()
                .map(certificate -> new RevokedCertificate(
                        holder(certificate),
                        certificate.getSerialNumber().toString(16),
                        certificate.getIssuerX500Principal().getName()));
    }

    private static String holder(X509Certificate certificate) {
        try {
            Collection<List<?>> names = certificate.getSubjectAlternativeNames();
            return Stream.ofNullable(names)
                    .flatMap(Collection::stream)
                    .filter(name -> name.getFirst() instanceof Integer type && type == SAN_URI)
                    .map(name -> String.valueOf(name.get(1)))
                    .findFirst()
                    .orElseGet(() -> certificate.getSubjectX500Principal().getName());
        } catch (CertificateParsingException unreadable) {
            return certificate.getSubjectX500Principal().getName();
        }
    }

    @Override
    public void onChange(Runnable action) {
        actions.add(action);
    }

    @Override
    public void close() {
        watch.close();
    }
}
