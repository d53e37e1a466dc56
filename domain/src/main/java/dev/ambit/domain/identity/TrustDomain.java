package dev.ambit.domain.identity;

/** The root of trust an identity belongs to, for example {@code cluster.local} (SPIFFE ID standard, section 2.1). */
public record TrustDomain(String name) {

    /** Istio's default. */
    public static final TrustDomain CLUSTER_LOCAL = new TrustDomain("cluster.local");

    private static final int LENGTH_MAX = 255;

    public TrustDomain {
        if (!isValid(name)) {
            throw new IllegalArgumentException("not a trust domain: '" + name + "'");
        }
    }

    /** 1 to 255 characters, none of them a slash, a space or a control character. */
    public static boolean isValid(String name) {
        return name.length() <= LENGTH_MAX && isPlain(name);
    }

    /** Whether a text may be a part of an identity: not empty, and nothing a log line or a path would trip over. */
    static boolean isPlain(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '/' || Character.isISOControl(c) || Character.isSpaceChar(c)) {
                return false;
            }
        }
        return !text.isEmpty();
    }

    @Override
    public String toString() {
        return name;
    }
}
