package dev.ambit.domain.collection;

/**
 * Hash codes of keys that are made of several names or numbers. Names of a large cluster are numbered, in numbered namespaces, so that
 * the hashes of both differ by little; added up as a record adds them, they coincide by the thousand.
 */
public final class Hashes {
    /** 2^32 divided by the golden ratio: small differences of the one part end up far from small differences of the other. */
    private static final int SPREAD = 0x9e3779b9;

    /** One of two. */
    public static int both(int first, int second) {
        return first * SPREAD + second;
    }

    /** One of three. */
    public static int all(int first, int second, int third) {
        return both(both(first, second), third);
    }

    /** One of both halves, which {@link Long#hashCode(long)} would lay over each other. */
    public static int of(long number) {
        return both((int) (number >>> Integer.SIZE), (int) number);
    }

    private Hashes() {}
}
