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
import java.util.stream.Stream;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509v2CRLBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** A certificate authority for tests: one root, perhaps an intermediate, workload certificates as Istio's look. */
public final class TestPki {
    private static final AtomicLong SERIAL = new AtomicLong(1);

    private final X500Name name;
    private final KeyPair key = keyPair();
    private final X509Certificate certificate;
    private final List<X509Certificate> intermediates;
    private final X509Certificate root;

    /** A root. */
    public TestPki() {
        this("O=test");
    }

    /** A root of this name, such as {@code O=test}. */
    public TestPki(String name) {
        this.name = new X500Name(name);
        this.certificate = authority(this.name, key, this);
        this.root = certificate;
        this.intermediates = List.of();
    }

    private TestPki(TestPki parent) {
        this.name = new X500Name("O=between");
        this.certificate = authority(name, key, parent);
        this.root = parent.root;
        this.intermediates = Stream.concat(Stream.of(certificate), parent.intermediates.stream())
                .toList();
    }

    /** An authority that this one has signed; what it issues comes with the chain up to, but not including, the root. */
    public TestPki intermediate() {
        return new TestPki(this);
    }

    /** This authority's own certificate. */
    public X509Certificate certificate() {
        return certificate;
    }

    /** A revocation list of this authority (RFC 5280, section 5) that expired long ago, DER. */
    public byte[] revoke(X509Certificate... revoked) {
        var builder = new X509v2CRLBuilder(name, Date.from(Instant.EPOCH));
        builder.setNextUpdate(Date.from(Instant.EPOCH.plusSeconds(1)));
        for (X509Certificate one : revoked) {
            builder.addCRLEntry(one.getSerialNumber(), Date.from(Instant.EPOCH), CRLReason.keyCompromise);
        }
        try {
            return builder.build(signer()).getEncoded();
        } catch (IOException | OperatorCreationException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** Valid from a minute ago for an hour. */
    public WorkloadCertificate issue(SpiffeId identity) {
        return issue(identity, Instant.now().minusSeconds(60), Duration.ofHours(1));
    }

    public WorkloadCertificate issue(SpiffeId identity, Instant from, Duration validity) {
        return issue(identity, from, validity, identity.toString());
    }

    /** A certificate whose URI names are these, whoever holds it. */
    public WorkloadCertificate issueNamed(SpiffeId holder, String... uris) {
        return issue(holder, Instant.now().minusSeconds(60), Duration.ofHours(1), uris);
    }

    private WorkloadCertificate issue(SpiffeId identity, Instant from, Duration validity, String... uris) {
        KeyPair own = keyPair();
        var builder = builder(name, new X500Name(uris.length == 0 ? "O=nobody" : ""), own, from, validity);
        try {
            GeneralName[] names = Stream.of(uris)
                    .map(uri -> new GeneralName(GeneralName.uniformResourceIdentifier, uri))
                    .toArray(GeneralName[]::new);
            if (names.length > 0) {
                builder.addExtension(Extension.subjectAlternativeName, true, new GeneralNames(names));
            }
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
            builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(new KeyPurposeId[] {
                KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth
            }));
        } catch (IOException impossible) {
            throw new IllegalStateException(impossible);
        }
        List<X509Certificate> chain =
                Stream.concat(Stream.of(sign(builder)), intermediates.stream()).toList();
        return new WorkloadCertificate(identity, own.getPrivate(), chain, List.of(root));
    }

    private static X509Certificate authority(X500Name subject, KeyPair own, TestPki issuer) {
        var builder = builder(issuer.name, subject, own, Instant.now().minusSeconds(3600), Duration.ofDays(1));
        try {
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
        } catch (IOException impossible) {
            throw new IllegalStateException(impossible);
        }
        return issuer.sign(builder);
    }

    private static JcaX509v3CertificateBuilder builder(
            X500Name issuer, X500Name subject, KeyPair own, Instant from, Duration validity) {
        return new JcaX509v3CertificateBuilder(
                issuer,
                BigInteger.valueOf(SERIAL.incrementAndGet()),
                Date.from(from),
                Date.from(from.plus(validity)),
                subject,
                own.getPublic());
    }

    private ContentSigner signer() throws OperatorCreationException {
        return new JcaContentSignerBuilder("SHA256withECDSA").build(key.getPrivate());
    }

    private X509Certificate sign(JcaX509v3CertificateBuilder builder) {
        try {
            return new JcaX509CertificateConverter().getCertificate(builder.build(signer()));
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
