package dev.ambit.ports.credentials;

/**
 * A certificate that must not be accepted any more.
 *
 * @param holder its identity, or its subject if it has none
 * @param serial in hexadecimal
 * @param issuer the name of whoever issued and revoked it
 */
public record RevokedCertificate(String holder, String serial, String issuer) {

    /** As {@code <holder> serial <serial> of <issuer>}. */
    @Override
    public String toString() {
        return holder + " serial " + serial + " of " + issuer;
    }
}
