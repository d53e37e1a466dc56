package dev.ambit.adapters.istiodca;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.adapters.istiodca.storage.FolderRootStorage;
import dev.ambit.domain.identity.SpiffeId;
import dev.ambit.domain.identity.TrustDomain;
import dev.ambit.ports.ca.CertificateAuthority.SigningResult;
import dev.ambit.ports.ca.SigningRequests;
import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPrivateKey;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A root that a Go program wrote: keys in PKCS#1 and SEC 1 form. */
@Timeout(30)
final class ForeignRootTest {
    private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");
    private static final SpiffeId IDENTITY = SpiffeId.of("spiffe://cluster.local/ns/shop/sa/cart");

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({"RSA, RSA PRIVATE KEY", "EC, EC PRIVATE KEY"})
    void signsWithIt(String kind, String pemType) throws Exception {
        KeyPair keys = kind.equals("RSA")
                ? SigningRequests.rsa(2048).keys()
                : SigningRequests.ec("secp384r1").keys();
        var name = new X500Name("O=cluster.local");
        var end = Date.from(NOW.plus(Duration.ofDays(100)));
        byte[] root = new JcaX509v3CertificateBuilder(name, BigInteger.TEN, Date.from(NOW), end, name, keys.getPublic())
                .addExtension(Extension.basicConstraints, true, new BasicConstraints(true))
                .build(new JcaContentSignerBuilder(SigningKey.algorithm(keys.getPrivate())).build(keys.getPrivate()))
                .getEncoded();
        Files.writeString(folder.resolve("ca-cert.pem"), Pem.encode(Pem.CERTIFICATE, root));
        Files.writeString(folder.resolve("ca-key.pem"), Pem.encode(pemType, asGoWrites(keys.getPrivate())));

        var authority = IstiodCertificateAuthority.open(
                new FolderRootStorage(folder),
                IstiodCaOptions.defaults(TrustDomain.CLUSTER_LOCAL),
                InstantSource.fixed(NOW));
        var signed = (SigningResult.Signed)
                authority.sign(SigningRequests.ec("secp256r1").forIdentity(IDENTITY, Duration.ofHours(1)));

        read(signed.chainPem().getFirst()).verify(keys.getPublic());
        assertThat(read(signed.rootsPem()).getEncoded()).isEqualTo(root);
        // What another control plane signed with it may live as long as such certificates do.
        assertThat(authority.status().rotation().horizon()).isEqualTo(NOW.plus(Duration.ofHours(24)));
    }

    /** PKCS#1; or SEC 1 with the curve inside, which Java's own encoding leaves to the structure around it. */
    private static byte[] asGoWrites(PrivateKey key) throws Exception {
        if (key instanceof ECPrivateKey ec) {
            return new org.bouncycastle.asn1.sec.ECPrivateKey(384, ec.getS(), SECObjectIdentifiers.secp384r1)
                    .getEncoded();
        }
        return PrivateKeyInfo.getInstance(key.getEncoded())
                .parsePrivateKey()
                .toASN1Primitive()
                .getEncoded();
    }

    private static X509Certificate read(String pem) throws Exception {
        return (X509Certificate) CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)));
    }
}
