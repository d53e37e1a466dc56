package dev.ambit.ports.ca;

import dev.ambit.domain.identity.SpiffeId;
import java.io.IOException;
import java.io.StringWriter;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.util.Base64;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemWriter;

/** Makes certificate requests, good ones as Istio's node proxy sends them and bad ones. */
public final class SigningRequests {
    private final KeyPair keys;
    private final ExtensionsGenerator extensions = new ExtensionsGenerator();
    private PrivateKey signer;
    private String algorithm;

    private SigningRequests(KeyPair keys, String algorithm) {
        this.keys = keys;
        this.signer = keys.getPrivate();
        this.algorithm = algorithm;
    }

    public static SigningRequests ec(String curve) {
        return new SigningRequests(ecKeys(curve), "SHA256withECDSA");
    }

    public static SigningRequests rsa(int bits) {
        try {
            var generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(bits);
            return new SigningRequests(generator.generateKeyPair(), "SHA256withRSA");
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    public static SigningRequests ed25519() {
        try {
            return new SigningRequests(KeyPairGenerator.getInstance("Ed25519").generateKeyPair(), "Ed25519");
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    /** What a node proxy sends: P-256, no subject, one URI SAN. */
    public static String good(String uri) {
        return ec("secp256r1").uri(uri).pem();
    }

    private static KeyPair ecKeys(String curve) {
        try {
            var generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec(curve));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    public SigningRequests uri(String... uris) {
        var names = new GeneralName[uris.length];
        for (int i = 0; i < uris.length; i++) {
            names[i] = new GeneralName(GeneralName.uniformResourceIdentifier, uris[i]);
        }
        return extension(Extension.subjectAlternativeName, new GeneralNames(names));
    }

    public SigningRequests dns(String name) {
        return extension(
                Extension.subjectAlternativeName, new GeneralNames(new GeneralName(GeneralName.dNSName, name)));
    }

    public SigningRequests authority() {
        return extension(Extension.basicConstraints, new BasicConstraints(true));
    }

    /** Signs with a key that is not the one in the request. */
    public SigningRequests signedByAnother() {
        signer = ecKeys("secp256r1").getPrivate();
        return this;
    }

    public SigningRequests algorithm(String name) {
        algorithm = name;
        return this;
    }

    public KeyPair keys() {
        return keys;
    }

    /** As an authority gets it, once it was found sound. */
    public CertificateAuthority.SigningRequest forIdentity(SpiffeId identity, Duration validity) {
        return new CertificateAuthority.SigningRequest(pem(), keys.getPublic(), identity, validity);
    }

    private SigningRequests extension(ASN1ObjectIdentifier name, ASN1Encodable value) {
        try {
            extensions.addExtension(name, true, value);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return this;
    }

    public String pem() {
        try {
            var builder = new JcaPKCS10CertificationRequestBuilder(new X500Name(""), keys.getPublic());
            if (!extensions.isEmpty()) {
                builder.addAttribute(PKCSObjectIdentifiers.pkcs_9_at_extensionRequest, extensions.generate());
            }
            var request = builder.build(new JcaContentSignerBuilder(algorithm).build(signer));
            return pem(request.getEncoded());
        } catch (IOException | OperatorCreationException e) {
            throw new AssertionError(e);
        }
    }

    /** Any bytes, dressed up as a request. */
    public static String pem(byte[] der) {
        var text = new StringWriter();
        try (var pem = new PemWriter(text)) {
            pem.writeObject(new PemObject("CERTIFICATE REQUEST", der));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return text.toString();
    }

    /** The same request with one byte of its signature changed. */
    public static String withBrokenSignature(String pem) {
        byte[] der = der(pem);
        der[der.length - 5] ^= 1;
        return pem(der);
    }

    /** What a PEM object holds. */
    public static byte[] der(String pem) {
        return Base64.getDecoder()
                .decode(pem.replaceAll("-----[A-Z ]+-----", "").replaceAll("\\s", ""));
    }
}
