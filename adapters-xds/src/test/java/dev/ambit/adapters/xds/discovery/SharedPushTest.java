package dev.ambit.adapters.xds.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.adapters.xds.proto.discovery.DeltaDiscoveryRequest;
import dev.ambit.adapters.xds.wire.TypeUrl;
import dev.ambit.domain.address.IpAddress;
import dev.ambit.domain.view.MeshChange;
import dev.ambit.domain.workload.Workload;
import dev.ambit.domain.workload.WorkloadUid;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What many subscribers of the same have in common, and what each of them costs. */
class SharedPushTest {
    private final ResourceCatalogue catalogue = new ResourceCatalogue();

    private static MeshChange pod(int number, String address) {
        return new MeshChange.WorkloadUpserted(
                Workload.builder(new WorkloadUid("pod-" + number), "shop", "pod-" + number)
                        .addresses(List.of(IpAddress.of(address)))
                        .build());
    }

    private void apply(MeshChange... changes) {
        catalogue.apply(List.of(changes), _ -> {});
    }

    private Subscription everything() {
        var subscription = new Subscription(TypeUrl.ADDRESS, "", catalogue);
        subscription.begin(DeltaDiscoveryRequest.getDefaultInstance());
        return subscription;
    }

    private EncodedResponse take(Subscription subscription, String nonce) {
        return catalogue.reading(() -> subscription.take(nonce, true, 0).orElseThrow());
    }

    @Test
    void allWhoStandAtTheSamePlaceAreSentTheSameBytes() {
        apply(pod(1, "10.0.0.1"), pod(2, "10.0.0.2"));
        Subscription one = everything();
        Subscription other = everything();

        assertThat(take(one, "1").batch()).isSameAs(take(other, "1").batch());
        apply(pod(2, "10.0.0.3"));

        EncodedResponse change = take(one, "2");
        assertThat(change.batch()).isSameAs(take(other, "7").batch());
        assertThat(change.batch().resources()).isEqualTo(1);
    }

    @Test
    void whatIsDerivedAnewWithTheSameContentIsNotSent() {
        apply(pod(1, "10.0.0.1"));
        Subscription subscription = everything();
        take(subscription, "1");

        apply(pod(1, "10.0.0.1"));

        assertThat(subscription.hasNothingToSend()).isTrue();
    }

    /** Counted in objects that only the subscriber holds: nothing of it grows with the mesh, sent or not. */
    @Test
    void whoFollowsEverythingHoldsNoNames() {
        var changes = new ArrayList<MeshChange>();
        for (int i = 0; i < 5_000; i++) {
            changes.add(pod(i, "10.1.0.1"));
        }
        Subscription waiting = everything();
        take(waiting, "1");

        catalogue.apply(changes, waiting::mark);

        assertThat(waiting.hasNothingToSend()).isFalse();
        assertThat(waiting.namesHeld()).isZero();
        assertThat(take(waiting, "2").batch().resources()).isEqualTo(5_000);
        assertThat(waiting.namesHeld()).isZero();
    }

    @Test
    void removalsAreSentToThoseWhoHaveThemOnly() {
        apply(pod(1, "10.0.0.1"));
        Subscription old = everything();
        take(old, "1");
        apply(new MeshChange.WorkloadRemoved(new WorkloadUid("pod-1")));

        assertThat(take(old, "2").batch().removals()).isEqualTo(1);
        assertThat(take(everything(), "1").batch().isEmpty()).isTrue();
    }
}
