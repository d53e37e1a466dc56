package dev.ambit.domain.rotation;

import java.util.regex.Pattern;

/**
 * Which root: the SHA-256 fingerprint of its certificate.
 *
 * @param fingerprint 64 lower-case hexadecimal digits
 */
public record RootId(String fingerprint) {
    private static final Pattern HEX = Pattern.compile("[0-9a-f]{64}");
    private static final int SHOWN = 12;

    public RootId {
        if (!HEX.matcher(fingerprint).matches()) {
            throw new IllegalArgumentException("not a SHA-256 fingerprint: '" + fingerprint + "'");
        }
    }

    /** The first digits, which is what logs and people use. */
    @Override
    public String toString() {
        return fingerprint.substring(0, SHOWN);
    }
}
