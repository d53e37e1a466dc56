package dev.ambit.systemtests;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.ambit.adapters.istiodca.IstiodCaOptions;
import dev.ambit.adapters.istiodca.IstiodCertificateAuthority;
import dev.ambit.adapters.istiodca.storage.FolderRootStorage;
import dev.ambit.domain.identity.SpiffeId;
import dev.ambit.domain.identity.TrustDomain;
import dev.ambit.ports.ca.CertificateAuthority.SigningRequest;
import dev.ambit.ports.ca.CertificateAuthority.SigningResult;
import dev.ambit.ports.credentials.WorkloadCertificate;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x509.CRLNumber;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v2CRLBuilder;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemWriter;

/** The root of a mesh in the hands of somebody who asks nobody: signs for every name, and revokes. */
record TestAuthority(Path folder) {

    /** The root that a mesh under test trusts. */
    static TestAuthority of(MeshUnderTest mesh) {
        return new TestAuthority(mesh.file("ca"));
    }

    /** Leaf first, one certificate each. */
    List<String> sign(Csr csr, SpiffeId identity) {
        return signed(csr, identity).chainPem();
    }

    private SigningResult.Signed signed(Csr csr, SpiffeId identity) {
        var authority = IstiodCertificateAuthority.open(
                new FolderRootStorage(folder),
                IstiodCaOptions.defaults(new TrustDomain(identity.trustDomain().name())),
                Clock.systemUTC());
        var request = new SigningRequest(csr.pem(), csr.keys().getPublic(), identity, Duration.ofHours(1));
        return (SigningResult.Signed) authority.sign(request);
    }

    /** A new key with a certificate. */
    WorkloadCertificate certificate(SpiffeId identity) {
        Csr csr = Csr.of(identity.toString());
        SigningResult.Signed signed = signed(csr, identity);
        return new WorkloadCertificate(
                identity,
                csr.keys().getPrivate(),
                certificates(String.join("\n", signed.chainPem())),
                certificates(signed.rootsPem()));
    }

    private static List<X509Certificate> certificates(String pem) {
        try {
            return CertificateFactory.getInstance("X.509")
                    .generateCertificates(new ByteArrayInputStream(pem.getBytes(US_ASCII)))
                    .stream()
                    .map(X509Certificate.class::cast)
                    .toList();
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    /** A revocation list (RFC 5280, section 5), PEM. */
    String revoke(Collection<BigInteger> serials) {
        try (var text = new StringWriter();
                var pem = new PemWriter(text)) {
            X509Certificate root = certificates(Files.readString(folder.resolve("ca-cert.pem")))
                    .getFirst();
            Instant now = Instant.now();
            var builder = new JcaX509v2CRLBuilder(root, Date.from(now.minus(Duration.ofHours(1))));
            builder.setNextUpdate(Date.from(now.plus(Duration.ofDays(1))));
            builder.addExtension(Extension.cRLNumber, false, new CRLNumber(BigInteger.ONE));
            builder.addExtension(
                    Extension.authorityKeyIdentifier,
                    false,
                    new JcaX509ExtensionUtils().createAuthorityKeyIdentifier(root));
            serials.forEach(serial -> builder.addCRLEntry(serial, Date.from(now), CRLReason.keyCompromise));
            PrivateKey key = key();
            var signer =
                    new JcaContentSignerBuilder(key.getAlgorithm().equals("RSA") ? "SHA256withRSA" : "SHA256withECDSA");
            pem.writeObject(
                    new PemObject("X509 CRL", builder.build(signer.build(key)).getEncoded()));
            pem.flush();
            return text.toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (GeneralSecurityException | OperatorCreationException e) {
            throw new AssertionError(e);
        }
    }

    private PrivateKey key() throws IOException {
        try (var parser = new PEMParser(Files.newBufferedReader(folder.resolve("ca-key.pem")))) {
            PrivateKeyInfo info = switch (parser.readObject()) {
                case PrivateKeyInfo plain -> plain;
                case PEMKeyPair pair -> pair.getPrivateKeyInfo();
                case null, default -> throw new AssertionError("no key in " + folder);
            };
            return new JcaPEMKeyConverter().getPrivateKey(info);
        }
    }
}
