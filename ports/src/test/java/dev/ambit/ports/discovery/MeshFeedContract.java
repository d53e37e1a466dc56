package dev.ambit.ports.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.domain.view.MeshChange;
import dev.ambit.domain.workload.Workload;
import dev.ambit.domain.workload.WorkloadUid;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What every {@link MeshFeed} promises. */
@Timeout(10)
public abstract class MeshFeedContract {

    /** A feed with these things in it already. */
    protected abstract MeshFeed feed(List<MeshChange> content);

    /** Makes the feed change; returns when listeners have heard. */
    protected abstract void change(MeshFeed feed, List<MeshChange> batch);

    private static MeshChange upserted(String name) {
        return new MeshChange.WorkloadUpserted(
                Workload.builder(WorkloadUid.ofPod("Kubernetes", "shop", name), "shop", name)
                        .build());
    }

    @Test
    void tellsANewListenerEverythingBeforeSubscribeReturns() {
        var heard = new ArrayList<MeshChange>();

        feed(List.of(upserted("cart"), upserted("pay"))).subscribe(heard::addAll);

        assertThat(heard).containsExactlyInAnyOrder(upserted("cart"), upserted("pay"));
    }

    @Test
    void tellsANewListenerOfAnEmptyMeshThatThereIsNothing() {
        var calls = new ArrayList<List<MeshChange>>();

        feed(List.of()).subscribe(calls::add);

        assertThat(calls).containsExactly(List.of());
    }

    @Test
    void tellsEveryListenerEveryChangeInOrder() {
        var feed = feed(List.of());
        var first = new ArrayList<MeshChange>();
        var second = new ArrayList<MeshChange>();
        feed.subscribe(first::addAll);
        feed.subscribe(second::addAll);
        var gone = new MeshChange.WorkloadRemoved(WorkloadUid.ofPod("Kubernetes", "shop", "cart"));

        change(feed, List.of(upserted("cart")));
        change(feed, List.of(gone));

        assertThat(first).containsExactly(upserted("cart"), gone);
        assertThat(second).containsExactly(upserted("cart"), gone);
    }

    @Test
    void doesNotTellANewListenerOfWhatIsGone() {
        var feed = feed(List.of(upserted("cart"), upserted("pay")));
        change(feed, List.of(new MeshChange.WorkloadRemoved(WorkloadUid.ofPod("Kubernetes", "shop", "cart"))));
        var heard = new ArrayList<MeshChange>();

        feed.subscribe(heard::addAll);

        assertThat(heard).containsExactly(upserted("pay"));
    }

    @Test
    void tellsAClosedSubscriptionNothing() {
        var feed = feed(List.of());
        var heard = new ArrayList<MeshChange>();
        feed.subscribe(heard::addAll).close();

        change(feed, List.of(upserted("cart")));

        assertThat(heard).isEmpty();
    }
}
