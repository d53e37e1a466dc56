package dev.ambit.ports.trust;

import dev.ambit.domain.identity.SpiffeId;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Chains whose signatures have been verified, so that a peer that comes back costs no arithmetic and no parsing. A signature
 * stays as good as it was; what can change is asked again each time, by {@link PeerVerification}: the time, what the certificate may be used for, whether it is revoked, and whose it is. Refusals are
 * not remembered.
 *
 * <p>Keeps the chains that were used last. Safe for use by several threads.
 */
public final class VerifiedChains {
    /** Of some ten KiB each: more identities than a node's pods talk to between two renewals. */
    static final int CHAINS_MAX = 1_024;

    private final LinkedHashMap<Presented, VerifiedChain> known = new LinkedHashMap<>(16, 0.75f, true);

    /** The same bytes against the same roots, whoever presents them. */
    private record Presented(List<X509Certificate> roots, List<X509Certificate> chain) {}

    /**
     * A chain that leads to a root.
     *
     * @param path leaf first, without roots
     * @param notBefore from when on all of what was presented is valid
     * @param notAfter until when all of it is
     * @param purposes extended key usages of the leaf, null if it may be used for anything
     * @param identities of the leaf
     */
    record VerifiedChain(
            List<X509Certificate> path,
            Instant notBefore,
            Instant notAfter,
            @Nullable List<String> purposes,
            List<SpiffeId> identities) {

        boolean isValidAt(Instant now) {
            return !now.isBefore(notBefore) && !now.isAfter(notAfter);
        }
    }

    /** The chain, if it was verified before and has not expired; else it has to be verified again, to be told why not. */
    synchronized Optional<VerifiedChain> find(List<X509Certificate> roots, List<X509Certificate> chain, Instant now) {
        return Optional.ofNullable(known.get(new Presented(roots, chain))).filter(found -> found.isValidAt(now));
    }

    synchronized void add(List<X509Certificate> roots, List<X509Certificate> chain, VerifiedChain verified) {
        known.put(new Presented(roots, chain), verified);
        if (known.size() > CHAINS_MAX) {
            known.pollFirstEntry();
        }
    }

    synchronized int size() {
        return known.size();
    }

    static Instant latest(List<X509Certificate> chain) {
        return chain.stream()
                .map(X509Certificate::getNotBefore)
                .map(Date::toInstant)
                .max(Instant::compareTo)
                .orElse(Instant.MAX);
    }

    static Instant earliest(List<X509Certificate> chain) {
        return chain.stream()
                .map(X509Certificate::getNotAfter)
                .map(Date::toInstant)
                .min(Instant::compareTo)
                .orElse(Instant.MIN);
    }
}
