package dev.ambit.adapters.istiodca;

import dev.ambit.adapters.istiodca.file.PrivateFile;
import dev.ambit.ports.ca.CertificateAuthorityException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.List;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.util.io.pem.PemObject;

/** The folder that holds the root, with the file names of Istio's secret {@code istio-ca-secret}. For one process. */
final class RootFolder {
    private static final String CERTIFICATE_FILE = "ca-cert.pem";
    private static final String KEY_FILE = "ca-key.pem";
    private static final int KEY_CERT_SIGN = 5;

    private final PrivateFile certificateFile;
    private final PrivateFile keyFile;

    RootFolder(Path folder) {
        certificateFile = new PrivateFile(folder.resolve(CERTIFICATE_FILE));
        keyFile = new PrivateFile(folder.resolve(KEY_FILE));
    }

    /** True if neither file is there. One alone is not empty: something was lost, and must not be papered over. */
    boolean isEmpty() {
        return !certificateFile.exists() && !keyFile.exists();
    }

    void save(Root root) {
        try {
            keyFile.write(Pem.encode(Pem.PRIVATE_KEY, root.key().getEncoded()));
            certificateFile.write(Pem.encode(Pem.CERTIFICATE, root.certificate().getEncoded()));
        } catch (IOException | GeneralSecurityException e) {
            throw new CertificateAuthorityException(
                    "cannot keep the new root in " + certificateFile.path() + " and " + keyFile.path()
                            + ": make the folder writable, and remove what is left of the two files",
                    e);
        }
    }

    Root load() {
        X509Certificate certificate = loadCertificate();
        PrivateKey key = loadKey();
        if (!SigningKey.isPair(key, certificate.getPublicKey())) {
            throw damaged(keyFile, "it is not the key of " + certificateFile.path());
        }
        return new Root(certificate, key);
    }

    private X509Certificate loadCertificate() {
        try {
            List<PemObject> objects = Pem.decode(certificateFile.read());
            if (objects.size() != 1 || !objects.getFirst().getType().equals(Pem.CERTIFICATE)) {
                throw damaged(certificateFile, "it must hold exactly one PEM certificate");
            }
            var certificate = (X509Certificate) CertificateFactory.getInstance("X.509")
                    .generateCertificate(
                            new ByteArrayInputStream(objects.getFirst().getContent()));
            boolean[] usage = certificate.getKeyUsage();
            if (certificate.getBasicConstraints() < 0 || (usage != null && !usage[KEY_CERT_SIGN])) {
                throw damaged(certificateFile, "it is not a CA certificate");
            }
            return certificate;
        } catch (IOException | GeneralSecurityException | IllegalStateException e) {
            throw damaged(certificateFile, "it cannot be read", e);
        }
    }

    /** Accepts PKCS#8 and what Go programs write: PKCS#1 (RSA PRIVATE KEY) and SEC 1 (EC PRIVATE KEY). */
    private PrivateKey loadKey() {
        try (var parser = new PEMParser(new StringReader(keyFile.read()))) {
            PrivateKeyInfo info = switch (parser.readObject()) {
                case PrivateKeyInfo plain -> plain;
                case PEMKeyPair pair -> pair.getPrivateKeyInfo();
                case null, default -> throw damaged(keyFile, "it holds no unencrypted PEM private key");
            };
            var algorithm = info.getPrivateKeyAlgorithm().getAlgorithm();
            String name;
            if (algorithm.equals(X9ObjectIdentifiers.id_ecPublicKey)) {
                name = "EC";
            } else if (algorithm.equals(PKCSObjectIdentifiers.rsaEncryption)) {
                name = "RSA";
            } else {
                throw damaged(keyFile, "its key is neither EC nor RSA");
            }
            return KeyFactory.getInstance(name).generatePrivate(new PKCS8EncodedKeySpec(info.getEncoded()));
        } catch (IOException | GeneralSecurityException | IllegalStateException e) {
            throw damaged(keyFile, "it cannot be read", e);
        }
    }

    private static CertificateAuthorityException damaged(PrivateFile file, String why) {
        return new CertificateAuthorityException(message(file, why));
    }

    private static CertificateAuthorityException damaged(PrivateFile file, String why, Exception cause) {
        return new CertificateAuthorityException(message(file, why + " (" + cause + ")"), cause);
    }

    private static String message(PrivateFile file, String why) {
        return "root of the certificate authority: " + file.path() + ": " + why + "; restore " + CERTIFICATE_FILE
                + " and " + KEY_FILE
                + " from a backup, or remove both for a new root (every workload must then get it)";
    }
}
