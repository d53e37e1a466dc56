package dev.ambit.domain.policy;

import dev.ambit.domain.identity.SpiffeId;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * String matches on principals, compared part by part with an identity, so that no connection has to build the text
 * {@code <trust domain>/ns/<namespace>/sa/<service account>}.
 */
final class PrincipalSet {

    private static final String NAMESPACE = "/ns/";
    private static final String SERVICE_ACCOUNT = "/sa/";

    private final Set<SpiffeId> exact;
    private final String[] prefixes;
    private final String[] suffixes;

    private PrincipalSet(Set<SpiffeId> exact, String[] prefixes, String[] suffixes) {
        this.exact = Set.copyOf(exact);
        this.prefixes = prefixes;
        this.suffixes = suffixes;
    }

    static PrincipalSet of(List<StringMatch> matches) {
        var exact = new HashSet<SpiffeId>();
        var prefixes = new HashSet<String>();
        var suffixes = new HashSet<String>();
        for (StringMatch match : matches) {
            switch (match) {
                // Text that is no identity equals no identity's text.
                case StringMatch.Exact(String value) -> identityOf(value).ifPresent(exact::add);
                case StringMatch.Prefix(String value) -> prefixes.add(value);
                case StringMatch.Suffix(String value) -> suffixes.add(value);
                // No identity is empty, so presence is the empty prefix.
                case StringMatch.Presence() -> prefixes.add("");
            }
        }
        return new PrincipalSet(exact, prefixes.toArray(String[]::new), suffixes.toArray(String[]::new));
    }

    /** The identity whose principal this text is; empty if it is nobody's. */
    static Optional<SpiffeId> identityOf(String principal) {
        return switch (SpiffeId.parse("spiffe://" + principal)) {
            case SpiffeId.Parsed.Valid(SpiffeId id) -> Optional.of(id);
            case SpiffeId.Parsed.Malformed _ -> Optional.empty();
        };
    }

    boolean contains(SpiffeId id) {
        if (exact.contains(id)) {
            return true;
        }
        for (String prefix : prefixes) {
            if (startsWith(id, prefix)) {
                return true;
            }
        }
        for (String suffix : suffixes) {
            if (endsWith(id, suffix)) {
                return true;
            }
        }
        return false;
    }

    private static boolean startsWith(SpiffeId id, String prefix) {
        int at = 0;
        for (int part = 0; part < 5 && at < prefix.length(); part++) {
            String text = part(id, part);
            int length = Math.min(text.length(), prefix.length() - at);
            if (!prefix.regionMatches(at, text, 0, length)) {
                return false;
            }
            at += length;
        }
        return at == prefix.length();
    }

    private static boolean endsWith(SpiffeId id, String suffix) {
        int end = suffix.length();
        for (int part = 4; part >= 0 && end > 0; part--) {
            String text = part(id, part);
            int length = Math.min(text.length(), end);
            if (!suffix.regionMatches(end - length, text, text.length() - length, length)) {
                return false;
            }
            end -= length;
        }
        return end == 0;
    }

    private static String part(SpiffeId id, int index) {
        return switch (index) {
            case 0 -> id.trustDomain().name();
            case 1 -> NAMESPACE;
            case 2 -> id.namespace();
            case 3 -> SERVICE_ACCOUNT;
            default -> id.serviceAccount();
        };
    }
}
