package dev.ambit.adapters.istiodca;

import dev.ambit.domain.identity.SpiffeId;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.bouncycastle.pkcs.PKCSException;
import org.bouncycastle.util.io.pem.PemObject;

/** The checks, in the order of their cost. Whatever a request holds, they end in an answer and not in an exception. */
final class RequestCheck {
    private static final int SIZE_MAX = 16 * 1024;
    private static final int RSA_BITS_MIN = 2048;
    private static final int RSA_BITS_MAX = 4096;
    private static final int RSA_EXPONENT_BITS_MIN = 17;
    private static final int RSA_EXPONENT_BITS_MAX = 64;
    private static final Set<String> PEM_TYPES = Set.of("CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST");
    private static final Set<ASN1ObjectIdentifier> CURVES =
            Set.of(SECObjectIdentifiers.secp256r1, SECObjectIdentifiers.secp384r1);
    private static final Set<ASN1ObjectIdentifier> SIGNATURES = Set.of(
            X9ObjectIdentifiers.ecdsa_with_SHA256,
            X9ObjectIdentifiers.ecdsa_with_SHA384,
            X9ObjectIdentifiers.ecdsa_with_SHA512,
            PKCSObjectIdentifiers.sha256WithRSAEncryption,
            PKCSObjectIdentifiers.sha384WithRSAEncryption,
            PKCSObjectIdentifiers.sha512WithRSAEncryption);

    private RequestCheck() {}

    static CheckedRequest check(String csrPem, SpiffeId identity) {
        if (csrPem.length() > SIZE_MAX) {
            return unsound("it has " + csrPem.length() + " characters, at most " + SIZE_MAX + " are read");
        }
        try {
            List<PemObject> objects = Pem.decode(csrPem);
            if (objects.size() != 1 || !PEM_TYPES.contains(objects.getFirst().getType())) {
                return unsound("it must be exactly one PEM CERTIFICATE REQUEST");
            }
            return check(new PKCS10CertificationRequest(objects.getFirst().getContent()), identity);
        } catch (IOException | GeneralSecurityException | PKCSException | OperatorCreationException e) {
            return unreadable(e);
        } catch (RuntimeException e) {
            // Bouncy Castle answers malformed DER with whatever its parts throw, not with one type.
            return unreadable(e);
        }
    }

    private static CheckedRequest check(PKCS10CertificationRequest request, SpiffeId identity)
            throws IOException, GeneralSecurityException, PKCSException, OperatorCreationException {
        if (!SIGNATURES.contains(request.getSignatureAlgorithm().getAlgorithm())) {
            return unsound("it must be signed by ECDSA or RSA (PKCS#1 v1.5) with SHA-256, SHA-384 or SHA-512");
        }
        SubjectPublicKeyInfo info = request.getSubjectPublicKeyInfo();
        ASN1ObjectIdentifier algorithm = info.getAlgorithm().getAlgorithm();
        PublicKey key;
        if (algorithm.equals(X9ObjectIdentifiers.id_ecPublicKey)) {
            if (!(info.getAlgorithm().getParameters() instanceof ASN1ObjectIdentifier curve)
                    || !CURVES.contains(curve)) {
                return unsound("its EC key must be on P-256 or P-384");
            }
            key = decode("EC", info);
        } else if (algorithm.equals(PKCSObjectIdentifiers.rsaEncryption)) {
            key = decode("RSA", info);
            if (!isAcceptable((RSAPublicKey) key)) {
                return unsound("its RSA key must have " + RSA_BITS_MIN + " to " + RSA_BITS_MAX
                        + " bits and a public exponent of 65537 or more");
            }
        } else {
            return unsound("its key must be EC (P-256, P-384) or RSA");
        }
        if (!request.isSignatureValid(new JcaContentVerifierProviderBuilder().build(key))) {
            return unsound("it is not signed with its own key");
        }
        return checkWishes(request, identity, key);
    }

    private static PublicKey decode(String algorithm, SubjectPublicKeyInfo info)
            throws IOException, GeneralSecurityException {
        return KeyFactory.getInstance(algorithm).generatePublic(new X509EncodedKeySpec(info.getEncoded()));
    }

    private static boolean isAcceptable(RSAPublicKey key) {
        int bits = key.getModulus().bitLength();
        int exponentBits = key.getPublicExponent().bitLength();
        return bits >= RSA_BITS_MIN
                && bits <= RSA_BITS_MAX
                && exponentBits >= RSA_EXPONENT_BITS_MIN
                && exponentBits <= RSA_EXPONENT_BITS_MAX;
    }

    /** Nothing a request wishes is granted; wishes that only an attacker or a mix-up can have are refused aloud. */
    private static CheckedRequest checkWishes(PKCS10CertificationRequest request, SpiffeId identity, PublicKey key) {
        var attributes = request.getAttributes(PKCSObjectIdentifiers.pkcs_9_at_extensionRequest);
        if (attributes.length == 0) {
            return new CheckedRequest.Sound(key);
        }
        if (attributes.length > 1 || attributes[0].getAttrValues().size() != 1) {
            return unsound("it has more than one extension request");
        }
        var extensions = Extensions.getInstance(attributes[0].getAttrValues().getObjectAt(0));
        var constraints = BasicConstraints.fromExtensions(extensions);
        var usage = KeyUsage.fromExtensions(extensions);
        if ((constraints != null && constraints.isCA()) || (usage != null && usage.hasUsages(KeyUsage.keyCertSign))) {
            return unsound("it asks to be a certificate authority");
        }
        Extension san = extensions.getExtension(Extension.subjectAlternativeName);
        if (san == null) {
            return new CheckedRequest.Sound(key);
        }
        List<String> uris = Arrays.stream(
                        GeneralNames.getInstance(san.getParsedValue()).getNames())
                .filter(name -> name.getTagNo() == GeneralName.uniformResourceIdentifier)
                .map(name -> name.getName().toString())
                .toList();
        if (!uris.isEmpty() && !uris.contains(identity.toString())) {
            return unsound("it asks for another identity than " + identity + ": " + printable(uris.toString()));
        }
        return new CheckedRequest.Sound(key);
    }

    private static CheckedRequest unreadable(Exception e) {
        return unsound("it cannot be read: " + printable(String.valueOf(e.getMessage())));
    }

    private static CheckedRequest unsound(String why) {
        return new CheckedRequest.Unsound("certificate request: " + why);
    }

    /** The reason ends in a log line and in an answer, and part of it was written by the caller. */
    private static String printable(String text) {
        String plain = text.replaceAll("[^\\x20-\\x7e]", "?");
        return plain.length() <= 300 ? plain : plain.substring(0, 300) + "...";
    }
}
