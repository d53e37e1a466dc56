package dev.ambit.domain.identity;

import dev.ambit.domain.collection.Hashes;

/**
 * A workload identity in the form Istio issues: {@code spiffe://<trust domain>/ns/<namespace>/sa/<service account>}.
 *
 * <p>SPIFFE allows any path; this one only is accepted, because policy matches on namespace and service account.
 */
public record SpiffeId(TrustDomain trustDomain, String namespace, String serviceAccount) {

    private static final String SCHEME = "spiffe://";

    public SpiffeId {
        if (!TrustDomain.isPlain(namespace) || !TrustDomain.isPlain(serviceAccount)) {
            throw new IllegalArgumentException(
                    "not an identity: namespace '" + namespace + "', service account '" + serviceAccount + "'");
        }
    }

    /** Reads the URI form; a malformed peer is an outcome, not an exception. */
    public static Parsed parse(String text) {
        if (!text.startsWith(SCHEME)) {
            return new Parsed.Malformed(text, "scheme is not spiffe");
        }
        String[] parts = text.substring(SCHEME.length()).split("/", -1);
        boolean shaped = parts.length == 5 && parts[1].equals("ns") && parts[3].equals("sa");
        if (!shaped || !TrustDomain.isPlain(parts[2]) || !TrustDomain.isPlain(parts[4])) {
            return new Parsed.Malformed(text, "path is not /ns/<namespace>/sa/<service account>");
        }
        if (!TrustDomain.isValid(parts[0])) {
            return new Parsed.Malformed(text, "trust domain is empty or has characters it must not have");
        }
        return new Parsed.Valid(new SpiffeId(new TrustDomain(parts[0]), parts[2], parts[4]));
    }

    /** As {@link #parse}, for text that is known to be an identity, such as a constant. */
    public static SpiffeId of(String text) {
        return switch (parse(text)) {
            case Parsed.Valid(SpiffeId id) -> id;
            case Parsed.Malformed(String bad, String why) ->
                throw new IllegalArgumentException("not an identity: '" + bad + "': " + why);
        };
    }

    /** The identity without its scheme, the form that policies call a principal. */
    public String principal() {
        return trustDomain.name() + "/ns/" + namespace + "/sa/" + serviceAccount;
    }

    @Override
    public int hashCode() {
        return Hashes.all(trustDomain.hashCode(), namespace.hashCode(), serviceAccount.hashCode());
    }

    @Override
    public String toString() {
        return SCHEME + principal();
    }

    /** What reading an identity off the wire can yield. */
    public sealed interface Parsed {
        record Valid(SpiffeId id) implements Parsed {}

        record Malformed(String text, String why) implements Parsed {}
    }
}
