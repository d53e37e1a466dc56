package dev.ambit.adapters.istiodca;

import dev.ambit.ports.ca.CertificateAuthorityException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringReader;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.util.io.pem.PemObject;

/** Reads certificates, keys and revocation lists out of named texts; every complaint names the text and the way out. */
record Documents(String place, Map<String, String> texts, String wayOut) {
    private static final int KEY_CERT_SIGN = 5;

    /** More roots or intermediates than this are a mistake. */
    private static final int OBJECTS_MAX = 100;

    boolean has(String name) {
        return !texts.getOrDefault(name, "").isBlank();
    }

    /** A certificate and its key. */
    SigningRoot pair(String certificateName, String keyName) {
        List<X509Certificate> certificates = certificates(certificateName);
        if (certificates.size() != 1) {
            throw damaged(certificateName, "it must hold exactly one PEM certificate");
        }
        X509Certificate certificate = certificates.getFirst();
        boolean[] usage = certificate.getKeyUsage();
        if (certificate.getBasicConstraints() < 0 || (usage != null && !usage[KEY_CERT_SIGN])) {
            throw damaged(certificateName, "it is not a CA certificate");
        }
        PrivateKey key = key(keyName);
        if (!SigningKey.isPair(key, certificate.getPublicKey())) {
            throw damaged(keyName, "it is not the key of " + place + "/" + certificateName);
        }
        return new SigningRoot(certificate, key);
    }

    /** Every certificate of a text, at least one. */
    List<X509Certificate> certificates(String name) {
        var certificates = new ArrayList<X509Certificate>();
        for (PemObject object : objects(name, Pem.CERTIFICATE)) {
            try {
                certificates.add((X509Certificate) CertificateFactory.getInstance("X.509")
                        .generateCertificate(new ByteArrayInputStream(object.getContent())));
            } catch (GeneralSecurityException e) {
                throw damaged(name, "it cannot be read", e);
            }
        }
        return certificates;
    }

    /** Every revocation list of a text, at least one. */
    List<X509CRL> revocationLists(String name) {
        var lists = new ArrayList<X509CRL>();
        for (PemObject object : objects(name, Pem.REVOCATION_LIST)) {
            try {
                lists.add((X509CRL) CertificateFactory.getInstance("X.509")
                        .generateCRL(new ByteArrayInputStream(object.getContent())));
            } catch (GeneralSecurityException e) {
                throw damaged(name, "it cannot be read", e);
            }
        }
        return lists;
    }

    private List<PemObject> objects(String name, String type) {
        try {
            List<PemObject> objects = Pem.decode(texts.getOrDefault(name, ""));
            if (objects.isEmpty()
                    || objects.size() > OBJECTS_MAX
                    || !objects.stream().allMatch(object -> object.getType().equals(type))) {
                throw damaged(name, "it must hold PEM objects " + type + " and nothing else, 1 to " + OBJECTS_MAX);
            }
            return objects;
        } catch (IOException | IllegalStateException e) {
            throw damaged(name, "it cannot be read", e);
        }
    }

    /** Accepts PKCS#8 and what Go programs write: PKCS#1 (RSA PRIVATE KEY) and SEC 1 (EC PRIVATE KEY). */
    private PrivateKey key(String name) {
        try (var parser = new PEMParser(new StringReader(texts.getOrDefault(name, "")))) {
            Object first = parser.readObject();
            // OpenSSL writes the curve's name before a SEC 1 key.
            Object object = first instanceof ASN1ObjectIdentifier ? parser.readObject() : first;
            PrivateKeyInfo info = switch (object) {
                case PrivateKeyInfo plain -> plain;
                case PEMKeyPair pair -> pair.getPrivateKeyInfo();
                case null, default -> throw damaged(name, "it holds no unencrypted PEM private key");
            };
            var algorithm = info.getPrivateKeyAlgorithm().getAlgorithm();
            String kind;
            if (algorithm.equals(X9ObjectIdentifiers.id_ecPublicKey)) {
                kind = "EC";
            } else if (algorithm.equals(PKCSObjectIdentifiers.rsaEncryption)) {
                kind = "RSA";
            } else {
                throw damaged(name, "its key is neither EC nor RSA");
            }
            return KeyFactory.getInstance(kind).generatePrivate(new PKCS8EncodedKeySpec(info.getEncoded()));
        } catch (IOException | GeneralSecurityException | IllegalStateException | IllegalArgumentException e) {
            throw damaged(name, "it cannot be read", e);
        }
    }

    CertificateAuthorityException damaged(String name, String why) {
        return new CertificateAuthorityException(message(name, why));
    }

    private CertificateAuthorityException damaged(String name, String why, Exception cause) {
        // Only the kind of the cause: the message of a parser may quote what it read, and that may be a key.
        return new CertificateAuthorityException(
                message(name, why + " (" + cause.getClass().getSimpleName() + ")"), cause);
    }

    private String message(String name, String why) {
        return "certificate authority: " + place + "/" + name + ": " + why + "; " + wayOut;
    }

    /** Leaves the texts out: there are keys among them. */
    @Override
    public String toString() {
        return "documents of " + place;
    }
}
