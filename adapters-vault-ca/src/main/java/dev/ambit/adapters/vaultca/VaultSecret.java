package dev.ambit.adapters.vaultca;

import dev.ambit.ports.ca.CertificateAuthorityException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Something that proves who we are to Vault. Read anew for every login, because what mounts such files also replaces them. */
@FunctionalInterface
public interface VaultSecret {

    /** Kubernetes' tokens have about 1 KiB; nothing that logs in is longer than this. */
    int LENGTH_MAX = 16 * 1024;

    /**
     * The secret as it is now, without surrounding white space.
     *
     * @throws CertificateAuthorityException if it cannot be read, is empty or longer than {@link #LENGTH_MAX} bytes
     */
    String read();

    /** A secret that never changes. */
    static VaultSecret of(String text) {
        String secret = text.strip();
        return () -> secret;
    }

    /** A secret in a file. */
    static VaultSecret file(Path file) {
        return () -> {
            byte[] bytes;
            try (InputStream in = Files.newInputStream(file)) {
                bytes = in.readNBytes(LENGTH_MAX + 1);
            } catch (IOException e) {
                throw new CertificateAuthorityException(
                        "the login to Vault needs " + file + ", which cannot be read", e);
            }
            String text = new String(bytes, StandardCharsets.UTF_8).strip();
            if (text.isEmpty() || bytes.length > LENGTH_MAX) {
                throw new CertificateAuthorityException("the login to Vault needs " + file + ", which has "
                        + (text.isEmpty() ? "nothing in it" : "more than " + LENGTH_MAX + " bytes"));
            }
            return text;
        };
    }
}
