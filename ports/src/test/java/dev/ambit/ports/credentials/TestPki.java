package dev.ambit.ports.credentials;

import dev.ambit.domain.identity.SpiffeId;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** A certificate authority for tests: one root, workload certificates as Istio's look. */
public final class TestPki {
    private static final X500Name NAME = new X500Name("O=test");
    private static final AtomicLong SERIAL = new AtomicLong(1);

    private final KeyPair rootKey = keyPair();
    private final X509Certificate root = root();

    /** Valid from a minute ago for an hour. */
    public WorkloadCertificate issue(SpiffeId identity) {
        return issue(identity, Instant.now().minusSeconds(60), Duration.ofHours(1));
    }

    public WorkloadCertificate issue(SpiffeId identity, Instant from, Duration validity) {
        KeyPair key = keyPair();
        var builder = builder(new X500Name(""), key, from, validity);
        try {
            var uri = new GeneralName(GeneralName.uniformResourceIdentifier, identity.toString());
            builder.addExtension(Extension.subjectAlternativeName, true, new GeneralNames(uri));
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
            builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(new KeyPurposeId[] {
                KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth
            }));
        } catch (IOException impossible) {
            throw new IllegalStateException(impossible);
        }
        return new WorkloadCertificate(identity, key.getPrivate(), List.of(sign(builder)), List.of(root));
    }

    private X509Certificate root() {
        var builder = builder(NAME, rootKey, Instant.now().minusSeconds(3600), Duration.ofDays(1));
        try {
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign));
        } catch (IOException impossible) {
            throw new IllegalStateException(impossible);
        }
        return sign(builder);
    }

    private static JcaX509v3CertificateBuilder builder(X500Name subject, KeyPair key, Instant from, Duration validity) {
        return new JcaX509v3CertificateBuilder(
                NAME,
                BigInteger.valueOf(SERIAL.incrementAndGet()),
                Date.from(from),
                Date.from(from.plus(validity)),
                subject,
                key.getPublic());
    }

    private X509Certificate sign(JcaX509v3CertificateBuilder builder) {
        try {
            var signer = new JcaContentSignerBuilder("SHA256withECDSA").build(rootKey.getPrivate());
            return new JcaX509CertificateConverter().getCertificate(builder.build(signer));
        } catch (OperatorCreationException | GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static KeyPair keyPair() {
        try {
            var generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
