package dev.ambit.adapters.xds.ca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ambit.domain.identity.SpiffeId;
import java.io.StringReader;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests as a library reads them that did not write them. */
final class SigningKeyTest {

    /** Lengths of one, two and three bytes. */
    @ParameterizedTest
    @ValueSource(ints = {1, 60, 100, 130, 200, 253})
    void theRequestIsForTheIdentityAndTheKey(int account) throws Exception {
        String name = "spiffe://cluster.local/ns/shop/sa/" + "a".repeat(account);
        SigningKey made = SigningKey.generate(SpiffeId.of(name));

        PKCS10CertificationRequest request;
        try (var pem = new PEMParser(new StringReader(made.csrPem()))) {
            request = (PKCS10CertificationRequest) pem.readObject();
            assertThat(pem.readObject()).isNull();
        }
        assertThat(request.isSignatureValid(new JcaContentVerifierProviderBuilder()
                        .build(made.keys().getPublic())))
                .isTrue();
        assertThat(request.getSubject().getRDNs()).isEmpty();
        assertThat(request.getSubjectPublicKeyInfo().getEncoded())
                .isEqualTo(made.keys().getPublic().getEncoded());
        assertThat(request.getSignatureAlgorithm().getAlgorithm().getId()).isEqualTo("1.2.840.10045.4.3.2");
        var extensions = request.getRequestedExtensions();
        assertThat(extensions.getExtensionOIDs()).containsExactly(Extension.subjectAlternativeName);
        assertThat(extensions.getCriticalExtensionOIDs()).containsExactly(Extension.subjectAlternativeName);
        assertThat(GeneralNames.fromExtensions(extensions, Extension.subjectAlternativeName)
                        .getNames())
                .containsExactly(new GeneralName(GeneralName.uniformResourceIdentifier, name));
        assertThat(request.toASN1Structure().getEncoded(ASN1Encoding.DER)).isEqualTo(request.getEncoded());
    }

    @Test
    void linesAreOfSixtyFourColumns() throws Exception {
        String pem = SigningKey.generate(SpiffeId.of("spiffe://cluster.local/ns/shop/sa/cart"))
                .csrPem();

        assertThat(pem.lines().toList())
                .allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(64));
        assertThat(pem).endsWith("-----END CERTIFICATE REQUEST-----\n");
    }

    @Test
    void whatIsTooLongIsRefused() {
        assertThat(Der.value(Der.OCTET_STRING, new byte[65_535]))
                .hasSize(65_539)
                .startsWith(4, 0x82, 0xff, 0xff);
        assertThatThrownBy(() -> Der.value(Der.OCTET_STRING, new byte[65_536])).hasMessageContaining("65536 bytes");
    }
}
