package dev.ambit.adapters.istiodca;

import java.math.BigInteger;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.cert.X509v2CRLBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CRLConverter;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** Certificates of an authority that is not ours: a root, and intermediates below it. */
final class TestCa {
    static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");

    private final X500Name name;
    private final KeyPair keys;
    final X509Certificate certificate;

    private TestCa(String commonName, KeyPair keys, X500Name issuer, PrivateKey issuerKey, Duration life)
            throws Exception {
        this.name = new X500Name("CN=" + commonName);
        this.keys = keys;
        var builder = new JcaX509v3CertificateBuilder(
                issuer,
                BigInteger.valueOf(name.hashCode()).abs().add(BigInteger.ONE),
                Date.from(NOW.minusSeconds(60)),
                Date.from(NOW.plus(life)),
                name,
                keys.getPublic());
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
        certificate = new JcaX509CertificateConverter()
                .getCertificate(
                        builder.build(new JcaContentSignerBuilder(SigningKey.algorithm(issuerKey)).build(issuerKey)));
    }

    static TestCa root(String name) throws Exception {
        return root(name, SigningKey.generateP256());
    }

    static TestCa root(String name, KeyPair keys) throws Exception {
        return new TestCa(name, keys, new X500Name("CN=" + name), keys.getPrivate(), Duration.ofDays(3000));
    }

    TestCa below(String commonName, Duration life) throws Exception {
        return new TestCa(commonName, SigningKey.generateP256(), name, keys.getPrivate(), life);
    }

    String pem() {
        return Pem.encode(certificate);
    }

    String keyPem() {
        return Pem.encode(Pem.PRIVATE_KEY, keys.getPrivate().getEncoded());
    }

    PrivateKey key() {
        return keys.getPrivate();
    }

    String crlPem(X509Certificate revoked) throws Exception {
        var builder = new X509v2CRLBuilder(name, Date.from(NOW));
        builder.addCRLEntry(revoked.getSerialNumber(), Date.from(NOW), 0);
        X509CRL list = new JcaX509CRLConverter()
                .getCRL(builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate())));
        return Pem.encode(Pem.REVOCATION_LIST, list.getEncoded());
    }
}
