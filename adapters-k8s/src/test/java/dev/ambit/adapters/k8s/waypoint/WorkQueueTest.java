package dev.ambit.adapters.k8s.waypoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class WorkQueueTest {
    private static final GatewayKey ONE = new GatewayKey("a", "one");
    private static final GatewayKey TWO = new GatewayKey("a", "two");
    private static final GatewayKey OTHER = new GatewayKey("b", "other");

    private Instant now = Instant.EPOCH;
    private final WorkQueue queue = new WorkQueue(() -> now);

    private Optional<GatewayKey> take() throws InterruptedException {
        return queue.take(() -> true, () -> Stream.of(ONE, TWO, OTHER)).flatMap(WorkQueue.Work::gateway);
    }

    @Test
    void aGatewayIsLookedAtOnceHoweverOftenItChanged() throws InterruptedException {
        queue.gateway(ONE);
        queue.gateway(TWO);
        queue.gateway(ONE);

        assertThat(take()).contains(ONE);
        assertThat(take()).contains(TWO);
        queue.classes();
        assertThat(take()).isEmpty();
    }

    @Test
    void newsOfANamespaceConcernsItsGatewaysAndNewsOfNoneAllOfThem() throws InterruptedException {
        queue.namespace("b");
        assertThat(take()).contains(OTHER);
        queue.namespace("");
        assertThat(take()).contains(ONE);
        assertThat(take()).contains(TWO);
        assertThat(take()).contains(OTHER);
    }

    @Test
    void whatIsForLaterComesWhenItIsTime() throws InterruptedException {
        queue.againAt(ONE, now.plusSeconds(10));
        queue.againAt(ONE, now.plusSeconds(5));
        queue.classes();
        assertThat(take()).isEmpty();
        now = now.plusSeconds(5);
        assertThat(take()).contains(ONE);
    }

    @Test
    void classesComeFirstAndAgainWhenAsked() throws InterruptedException {
        WorkQueue.Work first = queue.take(() -> true, Stream::of).orElseThrow();
        queue.classesAgainAt(now.plusSeconds(5));
        now = now.plusSeconds(6);
        WorkQueue.Work again = queue.take(() -> true, Stream::of).orElseThrow();

        assertThat(first.classes()).isTrue();
        assertThat(again.classes()).isTrue();
    }

    @Test
    void whoWaitsIsToldThatItIsClosed() throws InterruptedException {
        queue.close();

        assertThat(queue.take(() -> true, Stream::of)).isEmpty();
    }
}
