package dev.ambit.adapters.istiodca;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECKey;
import java.security.interfaces.RSAKey;
import java.security.spec.ECGenParameterSpec;

/** What can be done with a key pair of one of the kinds a mesh certificate may have. */
final class SigningKey {
    private static final int P256_BITS = 256;

    private SigningKey() {}

    static KeyPair generateP256() {
        try {
            var generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("every JDK has P-256", impossible);
        }
    }

    /** The signature algorithm that suits a key: SHA-256, or SHA-384 with the larger curves. */
    static String algorithm(PrivateKey key) {
        return switch (key) {
            case ECKey ec when ec.getParams().getOrder().bitLength() > P256_BITS -> "SHA384withECDSA";
            case ECKey _ -> "SHA256withECDSA";
            case RSAKey _ -> "SHA256withRSA";
            default -> throw new IllegalArgumentException("neither an EC nor an RSA key: " + key.getAlgorithm());
        };
    }

    /** Whether the two are halves of one pair. */
    static boolean isPair(PrivateKey privateKey, PublicKey publicKey) {
        byte[] probe = {'a', 'm', 'b', 'i', 't'};
        try {
            var signer = Signature.getInstance(algorithm(privateKey));
            signer.initSign(privateKey);
            signer.update(probe);
            byte[] signature = signer.sign();
            signer.initVerify(publicKey);
            signer.update(probe);
            return signer.verify(signature);
        } catch (GeneralSecurityException _) {
            // Not even the same kind of key.
            return false;
        }
    }
}
