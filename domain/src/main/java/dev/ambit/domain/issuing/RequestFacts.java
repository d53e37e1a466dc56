package dev.ambit.domain.issuing;

import java.util.List;

/**
 * What a PKCS#10 request (RFC 2986) says about its key and its wishes.
 *
 * @param key the kind of key
 * @param keyBits size of an RSA modulus or of the curve's field
 * @param exponentBits size of an RSA public exponent; 0 for other keys
 * @param sha2 whether the request is signed over SHA-256, SHA-384 or SHA-512
 * @param signedWithItsKey whether its signature is good; only known for keys that are acceptable, since verifying with
 *     others can cost any amount of time
 * @param wantsAuthority whether it asks to be a CA: basic constraints, or the key usage of one
 * @param uris the URI names it asks for
 */
public record RequestFacts(
        KeyKind key,
        int keyBits,
        int exponentBits,
        boolean sha2,
        boolean signedWithItsKey,
        boolean wantsAuthority,
        List<String> uris) {

    /** The kinds of key that mesh certificates may have, and all others. */
    public enum KeyKind {
        /** On a curve of NIST's, named and not spelled out. */
        EC,
        RSA,
        OTHER
    }

    public RequestFacts {
        uris = List.copyOf(uris);
    }
}
