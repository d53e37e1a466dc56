package dev.ambit.adapters.istiodca;

import dev.ambit.ports.ca.CertificateAuthorityException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Date;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** Builds and signs X.509 certificates (RFC 5280). Safe for use by several threads. */
final class CertificateIssuer {
    /** RFC 5280 allows 20 octets of a positive number: 159 bits. */
    private static final int SERIAL_BITS = 159;

    private static final int NAME_DIGITS = 8;

    private static final X500Name NO_NAME = new X500Name(new RDN[0]);

    private final SecureRandom random = new SecureRandom();

    /** When a certificate begins and ends. */
    record Period(Instant notBefore, Instant notAfter) {}

    /**
     * A new self-signed root, named after the trust domain as Istio's is, and by chance: while two roots are trusted, no
     * verifier has to guess which of them is meant.
     */
    SigningRoot root(String organisation, Period period) {
        KeyPair pair = SigningKey.generateP256();
        X500Name name = new X500NameBuilder(BCStyle.INSTANCE)
                .addRDN(BCStyle.O, organisation)
                .addRDN(BCStyle.CN, "ambit-" + serial().toString(16).substring(0, NAME_DIGITS))
                .build();
        var builder = builder(name, period, name, pair.getPublic());
        try {
            var identifiers = new JcaX509ExtensionUtils();
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
            builder.addExtension(
                    Extension.subjectKeyIdentifier, false, identifiers.createSubjectKeyIdentifier(pair.getPublic()));
            return new SigningRoot(sign(builder, pair.getPrivate()), pair.getPrivate());
        } catch (IOException | GeneralSecurityException | OperatorCreationException e) {
            throw new CertificateAuthorityException("cannot create a root certificate", e);
        }
    }

    /**
     * A certificate for both ends of mutual TLS. It has no subject, so its names are critical (RFC 5280, 4.2.1.6; the SPIFFE X.509
     * document says the same).
     */
    X509Certificate leaf(SigningRoot root, PublicKey key, GeneralNames names, Period period) {
        int usage = key.getAlgorithm().equals("RSA")
                ? KeyUsage.digitalSignature | KeyUsage.keyEncipherment
                : KeyUsage.digitalSignature;
        X500Name issuer = X500Name.getInstance(
                root.certificate().getSubjectX500Principal().getEncoded());
        var builder = builder(issuer, period, NO_NAME, key);
        try {
            var identifiers = new JcaX509ExtensionUtils();
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(usage));
            builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(new KeyPurposeId[] {
                KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth
            }));
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
            builder.addExtension(
                    Extension.authorityKeyIdentifier,
                    false,
                    identifiers.createAuthorityKeyIdentifier(root.certificate().getPublicKey()));
            builder.addExtension(Extension.subjectKeyIdentifier, false, identifiers.createSubjectKeyIdentifier(key));
            builder.addExtension(Extension.subjectAlternativeName, true, names);
            return sign(builder, root.key());
        } catch (IOException | GeneralSecurityException | OperatorCreationException e) {
            throw new CertificateAuthorityException("cannot sign a certificate", e);
        }
    }

    private X509v3CertificateBuilder builder(X500Name issuer, Period period, X500Name subject, PublicKey key) {
        return new JcaX509v3CertificateBuilder(
                issuer, serial(), Date.from(period.notBefore()), Date.from(period.notAfter()), subject, key);
    }

    private BigInteger serial() {
        BigInteger serial = new BigInteger(SERIAL_BITS, random);
        // The first bit is set, so that it is never zero and always has all its digits.
        return serial.setBit(SERIAL_BITS - 1);
    }

    private static X509Certificate sign(X509v3CertificateBuilder builder, PrivateKey key)
            throws IOException, GeneralSecurityException, OperatorCreationException {
        byte[] der = builder.build(new JcaContentSignerBuilder(SigningKey.algorithm(key)).build(key))
                .getEncoded();
        return (X509Certificate)
                CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(der));
    }
}
