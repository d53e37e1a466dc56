package dev.ambit.adapters.istiodca.storage;

import dev.ambit.ports.ca.CertificateAuthorityException;
import dev.ambit.ports.ca.TrustBundle;
import dev.ambit.ports.ca.TrustBundleDistribution;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * One file with the roots for every proxy on this machine, and beside it {@code ca-crl.pem} with the revocation lists if
 * there are any. Both are for everybody to read, and replaced whole.
 */
public final class FileTrustBundleDistribution implements TrustBundleDistribution {
    private final Path roots;
    private final Path revocations;

    /** Somebody else may keep a file of this name there; that is not ours to remove. */
    private boolean revocationsAreOurs;

    public FileTrustBundleDistribution(Path file) {
        this.roots = file;
        this.revocations = file.resolveSibling("ca-crl.pem");
    }

    /**
     * Done when it returns.
     *
     * @throws CertificateAuthorityException if a file cannot be written
     */
    @Override
    public synchronized void publish(TrustBundle bundle) {
        try {
            put(roots, bundle.rootsPem());
            if (!bundle.revocationsPem().isEmpty()) {
                put(revocations, bundle.revocationsPem());
                revocationsAreOurs = true;
            } else if (revocationsAreOurs) {
                Files.deleteIfExists(revocations);
                revocationsAreOurs = false;
            }
        } catch (IOException e) {
            throw new CertificateAuthorityException("cannot write the trust bundle " + roots + ": " + e, e);
        }
    }

    private static void put(Path file, String text) throws IOException {
        if (holds(file, text)) {
            return;
        }
        Path draft = file.resolveSibling("." + file.getFileName() + ".draft");
        Files.createDirectories(draft.toAbsolutePath().resolve(".."));
        Files.writeString(draft, text);
        Files.move(draft, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }

    private static boolean holds(Path file, String text) {
        try {
            return Files.isRegularFile(file) && Files.readString(file).equals(text);
        } catch (IOException _) {
            // Whatever it holds, it is not the text.
            return false;
        }
    }

    @Override
    public synchronized boolean isEverywhere(TrustBundle bundle) {
        return holds(roots, bundle.rootsPem())
                && (bundle.revocationsPem().isEmpty()
                        ? !revocationsAreOurs
                        : holds(revocations, bundle.revocationsPem()));
    }

    @Override
    public void close() {
        // There is nothing that goes on.
    }
}
