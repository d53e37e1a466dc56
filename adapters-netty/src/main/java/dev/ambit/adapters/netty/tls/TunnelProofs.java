package dev.ambit.adapters.netty.tls;

import dev.ambit.domain.identity.SpiffeId;
import dev.ambit.ports.credentials.WorkloadCertificate;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Remembers for a moment which pairs of certificates accept each other, because verifying a chain costs as much as a
 * handshake. Only for a moment, because certificates expire and are revoked. Refusals are not remembered.
 */
final class TunnelProofs {
    static final Duration GOOD_FOR = Duration.ofSeconds(1);

    /** More than a node's pods call each other in a second; beyond that, proofs are made anew. */
    private static final int PAIRS_MAX = 4096;

    private final Map<Pair, Long> proved = new ConcurrentHashMap<>();

    private record Pair(WorkloadCertificate client, WorkloadCertificate server, Set<SpiffeId> expected) {}

    void prove(
            WorkloadCertificate client,
            WorkloadCertificate server,
            Set<SpiffeId> expected,
            PeerVerification clients,
            PeerVerification servers)
            throws CertificateException {
        var pair = new Pair(client, server, expected);
        long now = System.nanoTime();
        Long last = proved.get(pair);
        if (last != null && now - last < GOOD_FOR.toNanos()) {
            return;
        }
        servers.checkClient(client.chain().toArray(X509Certificate[]::new));
        clients.checkServer(server.chain().toArray(X509Certificate[]::new), expected);
        if (proved.size() >= PAIRS_MAX) {
            proved.clear();
        }
        proved.put(pair, now);
    }
}
