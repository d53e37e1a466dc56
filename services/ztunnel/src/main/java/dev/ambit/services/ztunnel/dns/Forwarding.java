package dev.ambit.services.ztunnel.dns;

import dev.ambit.domain.address.IpPort;
import dev.ambit.domain.dns.DnsProtocol;
import dev.ambit.domain.dns.DnsQuery;
import dev.ambit.domain.dns.DnsReply;
import dev.ambit.domain.dns.ResponseCode;
import dev.ambit.ports.dns.DnsUpstream;
import dev.ambit.ports.dns.DnsUpstreamException;
import dev.ambit.ports.podnetwork.NetworkNamespace;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;

/** Asks the name servers what the mesh does not know, one after the other until one has something to say. */
public final class Forwarding {

    /** Sockets that questions of all pods may have open together. */
    static final int PENDING_MAX = 2048;

    /** Those of one pod: it must not take all. */
    static final int PENDING_PER_POD_MAX = 256;

    /** A client gives up after five seconds (RES_TIMEOUT of the C library); it must have its answer by then. */
    private static final Duration PATIENCE = Duration.ofMillis(4500);

    /** One server is asked twice: the first datagram may have been lost. */
    private static final int ATTEMPTS_MIN = 2;

    private final DnsUpstream upstream;
    private final List<IpPort> nameservers;
    private final RandomGenerator random;
    private final int attempts;
    private final Duration timeout;
    private final AtomicInteger pending = new AtomicInteger();

    /** The server that answered last: one that is down costs its timeout once and not every time. */
    private volatile int preferred;

    /**
     * Asks nobody yet.
     *
     * @param random for query ids; must not be guessable, and safe for several threads
     */
    public Forwarding(DnsUpstream upstream, List<IpPort> nameservers, RandomGenerator random) {
        this.upstream = upstream;
        this.nameservers = List.copyOf(nameservers);
        this.random = random;
        this.attempts = Math.max(ATTEMPTS_MIN, nameservers.size());
        this.timeout = PATIENCE.dividedBy(attempts);
    }

    /** Questions under way, of all pods. */
    int pending() {
        return pending.get();
    }

    /** The questions of one pod. */
    final class OfPod {
        private final NetworkNamespace namespace;
        private final Set<Asked> asked = ConcurrentHashMap.newKeySet();
        private final AtomicInteger podPending = new AtomicInteger();

        /** How a question of ours looks when it comes back to us. */
        private record Asked(int id, String question) {
            static Asked of(DnsQuery query) {
                return new Asked(query.id(), query.spelling());
            }
        }

        OfPod(NetworkNamespace namespace) {
            this.namespace = namespace;
        }

        /** Whether this is a question of ours: a name server led us back to ourselves. */
        boolean isOwn(DnsQuery query) {
            return asked.contains(Asked.of(query));
        }

        /** The reply, under an id that is not the query's; fails with {@link DnsUpstreamException} if there is none. */
        CompletionStage<byte[]> ask(DnsQuery query, DnsProtocol protocol) {
            if (nameservers.isEmpty()) {
                return CompletableFuture.failedFuture(new DnsUpstreamException(
                        "no name server is known; has resolv.conf one that is not on loopback?"));
            }
            if (podPending.incrementAndGet() > PENDING_PER_POD_MAX) {
                podPending.decrementAndGet();
                return tooMany(PENDING_PER_POD_MAX + " questions of this pod");
            }
            if (pending.incrementAndGet() > PENDING_MAX) {
                pending.decrementAndGet();
                podPending.decrementAndGet();
                return tooMany(PENDING_MAX + " questions of this node");
            }
            DnsQuery fresh = query.withFreshId(random);
            Asked own = Asked.of(fresh);
            asked.add(own);
            return attempt(fresh, protocol, preferred, 1).whenComplete((_, _) -> {
                asked.remove(own);
                podPending.decrementAndGet();
                pending.decrementAndGet();
            });
        }

        private static CompletionStage<byte[]> tooMany(String what) {
            return CompletableFuture.failedFuture(new DnsUpstreamException(what + " wait for an answer already"));
        }

        private CompletionStage<byte[]> attempt(DnsQuery query, DnsProtocol protocol, int first, int number) {
            int server = (first + number - 1) % nameservers.size();
            boolean last = number == attempts;
            return upstream.ask(namespace, nameservers.get(server), protocol, query, timeout)
                    .handle((reply, failure) -> {
                        if (failure == null && (last || !isEvasive(reply))) {
                            preferred = server;
                            return CompletableFuture.completedStage(reply);
                        }
                        if (!last) {
                            return attempt(query, protocol, first, number + 1);
                        }
                        return CompletableFuture.<byte[]>failedStage(failure);
                    })
                    .thenCompose(stage -> stage);
        }
    }

    /** A server that cannot or does not want to say; another one may. */
    private static boolean isEvasive(byte[] reply) {
        int code = DnsReply.code(reply);
        return code == ResponseCode.SERVER_FAILURE.number() || code == ResponseCode.REFUSED.number();
    }
}
