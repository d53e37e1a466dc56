package dev.ambit.services.ztunnel.credentials;

import dev.ambit.domain.identity.SpiffeId;
import java.time.Instant;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Which certificate to ask for next: the most urgent, among those the one that was due first. An identity has one place,
 * which it keeps unless it is offered a better one. Only background requests lie in the future. Not thread-safe.
 */
final class RequestQueue {
    private static final Comparator<Request> ORDER = Comparator.comparing(Request::priority)
            .reversed()
            .thenComparing(Request::due)
            .thenComparingLong(Request::number);

    private final Map<SpiffeId, Request> byIdentity = new HashMap<>();
    private final TreeSet<Request> ordered = new TreeSet<>(ORDER);
    private final Map<RequestPriority, Integer> counts = new EnumMap<>(RequestPriority.class);
    private long numbered;

    /** A place in the queue. */
    record Request(SpiffeId identity, RequestPriority priority, Instant due, long number) {}

    /** Takes a place, or a better one than it has. */
    void offer(SpiffeId identity, RequestPriority priority, Instant due) {
        var offered = new Request(identity, priority, due, numbered++);
        Request known = byIdentity.get(identity);
        if (known != null && ORDER.compare(known, offered) <= 0) {
            return;
        }
        remove(identity);
        byIdentity.put(identity, offered);
        ordered.add(offered);
        counts.merge(priority, 1, Integer::sum);
    }

    /** Takes the first request out, if it is due. */
    Optional<Request> poll(Instant now) {
        Optional<Request> next = first().filter(request -> !request.due().isAfter(now));
        next.ifPresent(request -> remove(request.identity()));
        return next;
    }

    Optional<Request> first() {
        return ordered.isEmpty() ? Optional.empty() : Optional.of(ordered.first());
    }

    void remove(SpiffeId identity) {
        Request known = byIdentity.remove(identity);
        if (known != null) {
            ordered.remove(known);
            counts.merge(known.priority(), -1, Integer::sum);
        }
    }

    /** How many wait with this priority. */
    int waiting(RequestPriority priority) {
        return counts.getOrDefault(priority, 0);
    }
}
