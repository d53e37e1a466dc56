package dev.ambit.ports.trust;

import dev.ambit.domain.identity.SpiffeId;
import dev.ambit.ports.credentials.WorkloadCertificate;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.jspecify.annotations.Nullable;

/** Issues certificates as no honest authority would. */
public final class Certificates {
    private static final AtomicLong SERIAL = new AtomicLong(1);

    private final Certificates parent;
    private final X500Name name;
    private final KeyPair key = keyPair();
    private final X509Certificate certificate;

    private Certificates(@Nullable Certificates issuer, String name) {
        this.parent = issuer == null ? this : issuer;
        this.name = new X500Name(name);
        this.certificate = new Request().authority(true).sign(this.parent, this.name, key);
    }

    public static Certificates root(String name) {
        return new Certificates(null, name);
    }

    public Certificates intermediate(String intermediateName) {
        return new Certificates(this, intermediateName);
    }

    public X509Certificate certificate() {
        return certificate;
    }

    /** A leaf and what leads up to, but not including, the root. */
    public X509Certificate[] chain(Request request) {
        X509Certificate leaf = request.sign(this, new X500Name(""), keyPair());
        return parent == this ? new X509Certificate[] {leaf} : new X509Certificate[] {leaf, certificate};
    }

    public WorkloadCertificate workload(SpiffeId identity) {
        KeyPair own = keyPair();
        X509Certificate leaf = new Request().uri(identity.toString()).sign(this, new X500Name(""), own);
        return new WorkloadCertificate(identity, own.getPrivate(), List.of(leaf), List.of(certificate));
    }

    /** What to put into a certificate: by default as Istio's, but without a name. */
    public static final class Request {
        private GeneralName[] names = {};
        private KeyPurposeId[] purposes = {KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth};
        private Instant from = Instant.now().minusSeconds(60);
        private boolean authority;

        public Request uri(String... uris) {
            names = Stream.of(uris)
                    .map(uri -> new GeneralName(GeneralName.uniformResourceIdentifier, uri))
                    .toArray(GeneralName[]::new);
            return this;
        }

        public Request dns(String host) {
            names = new GeneralName[] {new GeneralName(GeneralName.dNSName, host)};
            return this;
        }

        public Request purposes(KeyPurposeId... only) {
            purposes = only;
            return this;
        }

        /** For an hour from then. */
        public Request from(Instant start) {
            from = start;
            return this;
        }

        public Request authority(boolean is) {
            authority = is;
            return this;
        }

        private X509Certificate sign(Certificates issuer, X500Name subject, KeyPair own) {
            var builder = new JcaX509v3CertificateBuilder(
                    issuer.name,
                    BigInteger.valueOf(SERIAL.incrementAndGet()),
                    Date.from(from),
                    Date.from(from.plus(Duration.ofHours(1))),
                    subject,
                    own.getPublic());
            try {
                if (names.length > 0) {
                    builder.addExtension(Extension.subjectAlternativeName, true, new GeneralNames(names));
                }
                if (authority) {
                    builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
                } else if (purposes.length > 0) {
                    builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(purposes));
                }
                var signer = new JcaContentSignerBuilder("SHA256withECDSA").build(issuer.key.getPrivate());
                return new JcaX509CertificateConverter().getCertificate(builder.build(signer));
            } catch (IOException | OperatorCreationException | GeneralSecurityException impossible) {
                throw new IllegalStateException(impossible);
            }
        }
    }

    /** The same certificates as another handshake would bring them. */
    public static X509Certificate[] copy(X509Certificate[] chain) {
        try {
            var factory = CertificateFactory.getInstance("X.509");
            var copies = new X509Certificate[chain.length];
            for (int i = 0; i < chain.length; i++) {
                copies[i] =
                        (X509Certificate) factory.generateCertificate(new ByteArrayInputStream(chain[i].getEncoded()));
            }
            return copies;
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static KeyPair keyPair() {
        try {
            var generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(256);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
