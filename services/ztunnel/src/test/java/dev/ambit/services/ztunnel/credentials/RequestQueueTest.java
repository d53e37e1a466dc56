package dev.ambit.services.ztunnel.credentials;

import static dev.ambit.services.ztunnel.credentials.RequestPriority.BACKGROUND;
import static dev.ambit.services.ztunnel.credentials.RequestPriority.REAL_TIME;
import static dev.ambit.services.ztunnel.credentials.RequestPriority.WARMUP;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.domain.identity.SpiffeId;
import dev.ambit.domain.identity.TrustDomain;
import dev.ambit.services.ztunnel.credentials.RequestQueue.Request;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class RequestQueueTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    private final RequestQueue queue = new RequestQueue();

    private static SpiffeId id(int number) {
        return new SpiffeId(TrustDomain.CLUSTER_LOCAL, "shop", "pod-" + number);
    }

    private List<SpiffeId> all(Instant now) {
        var order = new ArrayList<SpiffeId>();
        for (Optional<Request> next = queue.poll(now); next.isPresent(); next = queue.poll(now)) {
            order.add(next.get().identity());
        }
        return order;
    }

    @Test
    void theMostUrgentComesFirstThenTheEarliest() {
        queue.offer(id(1), BACKGROUND, NOW.minusSeconds(9));
        queue.offer(id(2), WARMUP, NOW.minusSeconds(1));
        queue.offer(id(3), REAL_TIME, NOW);
        queue.offer(id(4), WARMUP, NOW.minusSeconds(2));
        queue.offer(id(5), BACKGROUND, NOW.minusSeconds(10));
        queue.offer(id(6), REAL_TIME, NOW);

        assertThat(all(NOW)).containsExactly(id(3), id(6), id(4), id(2), id(5), id(1));
    }

    @Test
    void whatIsNotDueWaits() {
        queue.offer(id(1), BACKGROUND, NOW.plusSeconds(1));

        assertThat(queue.poll(NOW)).isEmpty();
        assertThat(queue.first().map(Request::due)).contains(NOW.plusSeconds(1));
        assertThat(all(NOW.plusSeconds(1))).containsExactly(id(1));
        assertThat(queue.first()).isEmpty();
    }

    @Test
    void aPlaceIsRaisedAndNeverLowered() {
        queue.offer(id(1), WARMUP, NOW);
        queue.offer(id(2), WARMUP, NOW);
        queue.offer(id(2), REAL_TIME, NOW);
        queue.offer(id(1), BACKGROUND, NOW.minusSeconds(100));

        assertThat(queue.waiting(WARMUP)).isEqualTo(1);
        assertThat(queue.waiting(REAL_TIME)).isEqualTo(1);
        assertThat(all(NOW)).containsExactly(id(2), id(1));
        assertThat(queue.waiting(WARMUP)).isZero();
    }

    @Test
    void aRenewalThatLiesAheadIsBroughtForward() {
        queue.offer(id(1), BACKGROUND, NOW.plusSeconds(3600));
        queue.offer(id(1), REAL_TIME, NOW);

        assertThat(all(NOW)).containsExactly(id(1));
    }

    @Test
    void whatIsRemovedIsGone() {
        queue.offer(id(1), WARMUP, NOW);
        queue.remove(id(1));
        queue.remove(id(2));

        assertThat(all(NOW)).isEmpty();
    }

    /** Whatever is offered in whatever order: each identity once, at its best place. */
    @Property(tries = 300)
    void everyIdentityComesOnceAtItsBestPlace(
            @ForAll @Size(max = 40) List<@IntRange(min = 0, max = 9999) Integer> offers) {
        var any = new RequestQueue();
        Map<SpiffeId, Request> best = new HashMap<>();
        Comparator<Request> order = Comparator.comparing(Request::priority)
                .reversed()
                .thenComparing(Request::due)
                .thenComparingLong(Request::number);
        long number = 0;
        for (int offer : offers) {
            RequestPriority priority = Arrays.asList(RequestPriority.values()).get(offer % 3);
            var request = new Request(id(offer / 3 % 8), priority, NOW.minusSeconds(offer / 24 % 5), number++);
            any.offer(request.identity(), request.priority(), request.due());
            best.merge(request.identity(), request, (one, other) -> order.compare(one, other) <= 0 ? one : other);
        }

        List<Request> expected = best.values().stream().sorted(order).toList();
        for (Request next : expected) {
            assertThat(any.poll(NOW)).contains(next);
        }
        assertThat(any.poll(NOW)).isEmpty();
    }
}
