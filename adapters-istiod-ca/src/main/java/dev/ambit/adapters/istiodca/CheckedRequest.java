package dev.ambit.adapters.istiodca;

import java.security.PublicKey;

/** What is left of a PKCS#10 request once it is checked: its public key, or what is wrong with it. */
sealed interface CheckedRequest {

    record Sound(PublicKey key) implements CheckedRequest {}

    record Unsound(String why) implements CheckedRequest {}
}
