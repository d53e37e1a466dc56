package dev.ambit.adapters.istiodca;

import dev.ambit.domain.rotation.RootId;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.HexFormat;

/** A CA certificate and the key that signs with it. */
record SigningRoot(X509Certificate certificate, PrivateKey key) {

    RootId id() {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded());
            return new RootId(HexFormat.of().formatHex(digest));
        } catch (NoSuchAlgorithmException | CertificateEncodingException impossible) {
            throw new IllegalStateException("a certificate that was read has a fingerprint", impossible);
        }
    }

    Instant notAfter() {
        return certificate.getNotAfter().toInstant();
    }

    /** Leaves the key out. */
    @Override
    public String toString() {
        return "root " + certificate.getSubjectX500Principal();
    }
}
