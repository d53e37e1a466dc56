package dev.ambit.adapters.xds.channel;

import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequest;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemReader;
import org.bouncycastle.util.io.pem.PemWriter;

/** A root of trust made for one test, and certificates under it. */
public final class TestCertificates {
    private final KeyPair rootKey;
    private final X509Certificate root;

    /** A key and its certificate. */
    public record Issued(KeyPair keys, X509Certificate certificate) {}

    public TestCertificates(String name) {
        try {
            rootKey = keyPair();
            var self = new X500Name("O=" + name);
            root = sign(self, self, rootKey.getPublic(), new GeneralNames(new GeneralName[0]), rootKey);
        } catch (GeneralSecurityException | IOException | OperatorCreationException e) {
            throw new IllegalStateException(e);
        }
    }

    public static KeyPair keyPair() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    public X509Certificate root() {
        return root;
    }

    public Issued server(String dnsName) {
        KeyPair keys = keyPair();
        return new Issued(keys, sign(keys.getPublic(), new GeneralName(GeneralName.dNSName, dnsName)));
    }

    public X509Certificate workload(PublicKey key, String spiffeId) {
        return sign(key, new GeneralName(GeneralName.uniformResourceIdentifier, spiffeId));
    }

    private X509Certificate sign(PublicKey key, GeneralName name) {
        try {
            var issuer = new X500Name(root.getSubjectX500Principal().getName());
            return sign(issuer, new X500Name("O=leaf"), key, new GeneralNames(name), rootKey);
        } catch (GeneralSecurityException | IOException | OperatorCreationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static X509Certificate sign(
            X500Name issuer, X500Name subject, PublicKey key, GeneralNames names, KeyPair signer)
            throws GeneralSecurityException, IOException, OperatorCreationException {
        Instant now = Instant.now();
        var builder = new JcaX509v3CertificateBuilder(
                issuer,
                new BigInteger(100, new SecureRandom()).add(BigInteger.ONE),
                Date.from(now.minusSeconds(60)),
                Date.from(now.plus(Duration.ofHours(1))),
                subject,
                key);
        boolean isRoot = issuer.equals(subject);
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(isRoot));
        if (!isRoot) {
            builder.addExtension(Extension.subjectAlternativeName, false, names);
        }
        var contentSigner = new JcaContentSignerBuilder("SHA256withECDSA").build(signer.getPrivate());
        return new JcaX509CertificateConverter().getCertificate(builder.build(contentSigner));
    }

    public static String pem(X509Certificate certificate) {
        try {
            var text = new StringWriter();
            try (var writer = new PemWriter(text)) {
                writer.writeObject(new PemObject("CERTIFICATE", certificate.getEncoded()));
            }
            return text.toString();
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    public static JcaPKCS10CertificationRequest csr(String pem) {
        try (var reader = new PemReader(new StringReader(pem))) {
            return new JcaPKCS10CertificationRequest(
                    new PKCS10CertificationRequest(reader.readPemObject().getContent()));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    public static PublicKey keyOf(String csrPem) {
        try {
            return csr(csrPem).getPublicKey();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
