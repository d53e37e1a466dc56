package dev.ambit.domain.issuing;

import dev.ambit.domain.identity.SpiffeId;
import java.util.Optional;

/**
 * Which requests for a certificate are sound, whoever signs. Of a sound request only the key is used; wishes that only an
 * attacker or a mix-up can have are refused aloud instead of being ignored.
 */
public final class RequestRules {
    private static final int RSA_BITS_MIN = 2048;

    /** Verifying grows with the square of the size; no mesh uses more. */
    private static final int RSA_BITS_MAX = 4096;

    private static final int RSA_EXPONENT_BITS_MIN = 17;
    private static final int RSA_EXPONENT_BITS_MAX = 64;
    private static final int P256_BITS = 256;
    private static final int P384_BITS = 384;

    /** What is wrong with a request for this identity; empty if nothing is. */
    public static Optional<String> objection(RequestFacts facts, SpiffeId identity) {
        return objectionToKey(facts)
                .or(() ->
                        facts.signedWithItsKey() ? Optional.empty() : Optional.of("it is not signed with its own key"))
                .or(() -> objectionToWishes(facts, identity));
    }

    /** Why its key or its kind of signature is not acceptable. To be asked before anything is computed with the key. */
    public static Optional<String> objectionToKey(RequestFacts facts) {
        if (!facts.sha2()) {
            return Optional.of("it must be signed by ECDSA or RSA (PKCS#1 v1.5) with SHA-256, SHA-384 or SHA-512");
        }
        return switch (facts.key()) {
            case EC ->
                facts.keyBits() == P256_BITS || facts.keyBits() == P384_BITS
                        ? Optional.empty()
                        : Optional.of("its EC key must be on P-256 or P-384");
            case RSA ->
                isAcceptableRsa(facts)
                        ? Optional.empty()
                        : Optional.of("its RSA key must have " + RSA_BITS_MIN + " to " + RSA_BITS_MAX
                                + " bits and a public exponent of 65537 or more");
            case OTHER -> Optional.of("its key must be EC (P-256, P-384) or RSA");
        };
    }

    private static boolean isAcceptableRsa(RequestFacts facts) {
        return facts.keyBits() >= RSA_BITS_MIN
                && facts.keyBits() <= RSA_BITS_MAX
                && facts.exponentBits() >= RSA_EXPONENT_BITS_MIN
                && facts.exponentBits() <= RSA_EXPONENT_BITS_MAX;
    }

    private static Optional<String> objectionToWishes(RequestFacts facts, SpiffeId identity) {
        if (facts.wantsAuthority()) {
            return Optional.of("it asks to be a certificate authority");
        }
        if (!facts.uris().isEmpty() && !facts.uris().contains(identity.toString())) {
            return Optional.of("it asks for another identity than " + identity + ": " + facts.uris());
        }
        return Optional.empty();
    }

    private RequestRules() {}
}
