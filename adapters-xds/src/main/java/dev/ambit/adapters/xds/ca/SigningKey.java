package dev.ambit.adapters.xds.ca;

import dev.ambit.domain.identity.SpiffeId;
import java.io.IOException;
import java.io.StringWriter;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemWriter;

/** A fresh P-256 key and the PKCS#10 request (RFC 2986) for its certificate: no subject, one URI SAN, ECDSA-SHA256. */
record SigningKey(KeyPair keys, String csrPem) {

    static SigningKey generate(SpiffeId identity) throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        KeyPair keys = generator.generateKeyPair();
        return new SigningKey(keys, csr(keys, identity));
    }

    private static String csr(KeyPair keys, SpiffeId identity) throws GeneralSecurityException {
        var text = new StringWriter();
        try (var pem = new PemWriter(text)) {
            var extensions = new ExtensionsGenerator();
            extensions.addExtension(
                    Extension.subjectAlternativeName,
                    true, // RFC 5280, section 4.1.2.6: critical when the subject is empty
                    new GeneralNames(new GeneralName(GeneralName.uniformResourceIdentifier, identity.toString())));
            var request = new JcaPKCS10CertificationRequestBuilder(new X500Name(""), keys.getPublic())
                    .addAttribute(PKCSObjectIdentifiers.pkcs_9_at_extensionRequest, extensions.generate())
                    .build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate()));
            pem.writeObject(new PemObject("CERTIFICATE REQUEST", request.getEncoded()));
        } catch (IOException | OperatorCreationException e) {
            throw new GeneralSecurityException("the certificate request for " + identity + " cannot be built", e);
        }
        return text.toString();
    }
}
