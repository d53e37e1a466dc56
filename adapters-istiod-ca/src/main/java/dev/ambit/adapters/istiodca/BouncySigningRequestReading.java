package dev.ambit.adapters.istiodca;

import dev.ambit.domain.issuing.RequestFacts;
import dev.ambit.domain.issuing.RequestFacts.KeyKind;
import dev.ambit.domain.issuing.RequestRules;
import dev.ambit.ports.ca.SigningRequestReading;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
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

/** Reads requests with Bouncy Castle, in the order of cost: the signature is verified only with a key of acceptable size. */
public final class BouncySigningRequestReading implements SigningRequestReading {
    private static final Set<String> PEM_TYPES = Set.of("CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST");
    private static final Map<ASN1ObjectIdentifier, Integer> CURVES = Map.of(
            SECObjectIdentifiers.secp256r1, 256,
            SECObjectIdentifiers.secp384r1, 384,
            SECObjectIdentifiers.secp521r1, 521);
    private static final Set<ASN1ObjectIdentifier> SIGNATURES = Set.of(
            X9ObjectIdentifiers.ecdsa_with_SHA256,
            X9ObjectIdentifiers.ecdsa_with_SHA384,
            X9ObjectIdentifiers.ecdsa_with_SHA512,
            PKCSObjectIdentifiers.sha256WithRSAEncryption,
            PKCSObjectIdentifiers.sha384WithRSAEncryption,
            PKCSObjectIdentifiers.sha512WithRSAEncryption);

    @Override
    public Reading read(String csrPem) {
        if (csrPem.length() > CHARACTERS_MAX) {
            return unreadable("it has " + csrPem.length() + " characters, at most " + CHARACTERS_MAX + " are read");
        }
        try {
            List<PemObject> objects = Pem.decode(csrPem);
            if (objects.size() != 1 || !PEM_TYPES.contains(objects.getFirst().getType())) {
                return unreadable("it must be exactly one PEM CERTIFICATE REQUEST");
            }
            return read(new PKCS10CertificationRequest(objects.getFirst().getContent()));
        } catch (IOException | GeneralSecurityException | PKCSException | OperatorCreationException e) {
            return unreadable("it cannot be read: " + e.getMessage());
        } catch (RuntimeException e) {
            // Bouncy Castle answers malformed DER with whatever its parts throw, not with one type.
            return unreadable("it cannot be read: " + e.getMessage());
        }
    }

    private static Reading read(PKCS10CertificationRequest request)
            throws IOException, GeneralSecurityException, PKCSException, OperatorCreationException {
        SubjectPublicKeyInfo info = request.getSubjectPublicKeyInfo();
        ASN1ObjectIdentifier algorithm = info.getAlgorithm().getAlgorithm();
        KeyKind kind = KeyKind.OTHER;
        int bits = 0;
        if (algorithm.equals(X9ObjectIdentifiers.id_ecPublicKey)) {
            // A curve that is spelled out, or that is nobody's, is not looked at any further.
            if (info.getAlgorithm().getParameters() instanceof ASN1ObjectIdentifier curve
                    && CURVES.containsKey(curve)) {
                kind = KeyKind.EC;
                bits = CURVES.get(curve);
            }
        } else if (algorithm.equals(PKCSObjectIdentifiers.rsaEncryption)) {
            kind = KeyKind.RSA;
        }
        if (kind == KeyKind.OTHER) {
            return unreadable("its key must be EC (P-256, P-384) or RSA");
        }
        PublicKey key = KeyFactory.getInstance(kind.name()).generatePublic(new X509EncodedKeySpec(info.getEncoded()));
        int exponentBits = 0;
        if (key instanceof RSAPublicKey rsa) {
            bits = rsa.getModulus().bitLength();
            exponentBits = rsa.getPublicExponent().bitLength();
        }
        boolean sha2 = SIGNATURES.contains(request.getSignatureAlgorithm().getAlgorithm());
        var unproven = new RequestFacts(kind, bits, exponentBits, sha2, false, false, List.of());
        if (RequestRules.objectionToKey(unproven).isPresent()) {
            return new Reading.Read(unproven, key);
        }
        boolean proven = request.isSignatureValid(new JcaContentVerifierProviderBuilder().build(key));
        return withWishes(request, unproven, proven, key);
    }

    private static Reading withWishes(
            PKCS10CertificationRequest request, RequestFacts facts, boolean proven, PublicKey key) throws IOException {
        var attributes = request.getAttributes(PKCSObjectIdentifiers.pkcs_9_at_extensionRequest);
        boolean authority = false;
        List<String> uris = List.of();
        if (attributes.length > 1
                || (attributes.length == 1 && attributes[0].getAttrValues().size() != 1)) {
            return unreadable("it has more than one extension request");
        }
        if (attributes.length == 1) {
            var extensions =
                    Extensions.getInstance(attributes[0].getAttrValues().getObjectAt(0));
            var constraints = BasicConstraints.fromExtensions(extensions);
            var usage = KeyUsage.fromExtensions(extensions);
            authority = (constraints != null && constraints.isCA())
                    || (usage != null && usage.hasUsages(KeyUsage.keyCertSign));
            Extension names = extensions.getExtension(Extension.subjectAlternativeName);
            uris = names == null ? List.of() : uris(GeneralNames.getInstance(names.getParsedValue()));
        }
        return new Reading.Read(
                new RequestFacts(
                        facts.key(), facts.keyBits(), facts.exponentBits(), facts.sha2(), proven, authority, uris),
                key);
    }

    private static List<String> uris(GeneralNames names) {
        return Arrays.stream(names.getNames())
                .filter(name -> name.getTagNo() == GeneralName.uniformResourceIdentifier)
                .map(name -> printable(name.getName().toString()))
                .toList();
    }

    private static Reading unreadable(String why) {
        return new Reading.Unreadable(printable(why));
    }

    /** The reason ends in a log line and in an answer, and part of it was written by the caller. */
    private static String printable(String text) {
        String plain = text.replaceAll("[^\\x20-\\x7e]", "?");
        return plain.length() <= 300 ? plain : plain.substring(0, 300) + "...";
    }
}
