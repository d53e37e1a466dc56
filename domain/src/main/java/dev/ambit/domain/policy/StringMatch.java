package dev.ambit.domain.policy;

/**
 * A condition on one string (istio.security.StringMatch). A caller without identity has no principal, which nothing
 * matches, and the empty string as its namespace.
 */
public sealed interface StringMatch {
    boolean matches(String value);

    record Exact(String value) implements StringMatch {
        @Override
        public boolean matches(String candidate) {
            return candidate.equals(value);
        }
    }

    record Prefix(String value) implements StringMatch {
        @Override
        public boolean matches(String candidate) {
            return candidate.startsWith(value);
        }
    }

    record Suffix(String value) implements StringMatch {
        @Override
        public boolean matches(String candidate) {
            return candidate.endsWith(value);
        }
    }

    /** Any value that is not empty. */
    record Presence() implements StringMatch {
        @Override
        public boolean matches(String candidate) {
            return !candidate.isEmpty();
        }
    }

    /** Istio's policy text: {@code *} is presence, {@code *x} a suffix, {@code x*} a prefix, anything else exact. */
    static StringMatch of(String pattern) {
        if (pattern.equals("*")) {
            return new Presence();
        }
        if (pattern.startsWith("*")) {
            return new Suffix(pattern.substring(1));
        }
        if (pattern.endsWith("*")) {
            return new Prefix(pattern.substring(0, pattern.length() - 1));
        }
        return new Exact(pattern);
    }
}
