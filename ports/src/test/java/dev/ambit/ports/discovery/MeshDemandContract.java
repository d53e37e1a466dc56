package dev.ambit.ports.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ambit.domain.address.IpAddress;
import dev.ambit.domain.address.NamespacedHostname;
import dev.ambit.domain.address.NetworkAddress;
import dev.ambit.domain.service.AppProtocol;
import dev.ambit.domain.service.MeshService;
import dev.ambit.domain.service.ServicePort;
import dev.ambit.domain.service.VirtualAddress;
import dev.ambit.domain.view.MeshChange;
import dev.ambit.domain.view.MeshName;
import dev.ambit.domain.workload.PortMap;
import dev.ambit.domain.workload.Workload;
import dev.ambit.domain.workload.WorkloadUid;
import dev.ambit.ports.discovery.MeshDiscovery.Answer;
import dev.ambit.ports.discovery.MeshDiscovery.Held;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What every {@link MeshDiscovery} on demand promises, with a control plane of its own kind at the other end (facts on
 * ztunnel, section 5; on istiod, section 6).
 */
@Timeout(60)
public abstract class MeshDemandContract {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final NamespacedHostname CART = new NamespacedHostname("shop", "cart.shop.svc.cluster.local");
    private static final int MANY = 1_000;

    /** A control plane whose clients can be asked to work on demand, for pods of the node {@code node-1}. */
    public interface ControlPlane extends MeshDiscoveryContract.ControlPlane {
        /** As {@code client}, asking by name; believes nobody who says that there is nothing. */
        MeshDiscovery clientOnDemand(int namesMax);
    }

    protected abstract ControlPlane serve(MeshFeed feed);

    /** A workload that the control plane can be made to send and the client cannot use. */
    protected abstract Workload unusable();

    protected static Workload workload(String name, String ip) {
        return Workload.builder(WorkloadUid.ofPod("Kubernetes", "shop", name), "shop", name)
                .addresses(List.of(IpAddress.of(ip)))
                .node("node-2")
                .build();
    }

    private static MeshChange upserted(Workload workload) {
        return new MeshChange.WorkloadUpserted(workload);
    }

    private static MeshChange upserted(String name, String ip) {
        return upserted(workload(name, ip));
    }

    private static MeshChange cart(String name, String ip) {
        return upserted(workload(name, ip).toBuilder()
                .services(Map.of(CART, new PortMap(Map.of(80, 8080))))
                .build());
    }

    private static MeshChange removed(String name) {
        return new MeshChange.WorkloadRemoved(WorkloadUid.ofPod("Kubernetes", "shop", name));
    }

    private static MeshChange service() {
        return new MeshChange.ServiceUpserted(MeshService.plain(
                CART,
                "cart",
                List.of(VirtualAddress.of(new NetworkAddress("", IpAddress.of("10.1.0.1")))),
                List.of(new ServicePort(80, 8080, AppProtocol.HTTP11))));
    }

    private static MeshName address(String ip) {
        return new MeshName.OfAddress(new NetworkAddress("", IpAddress.of(ip)));
    }

    private static Answer answer(Held held) {
        return held.answer()
                .toCompletableFuture()
                .orTimeout(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                .join();
    }

    @Test
    void bringsUnaskedOnlyWhatRunsOnItsNode() {
        var feed = new FakeMeshFeed();
        MeshChange neighbour =
                upserted(workload("own", "10.0.0.3").toBuilder().node("node-1").build());
        feed.publish(MeshDiscoveryContract.policy("deny"), service(), cart("cart-0", "10.0.0.1"), neighbour);
        var listener = new RecordingDiscoveryListener();
        try (var controlPlane = serve(feed);
                var client = controlPlane.clientOnDemand(MANY)) {
            client.start(listener);
            listener.awaitSynced();
            listener.awaitChange(neighbour);

            // Whatever else had been sent would be here before the answer to this.
            assertThat(answer(client.hold(address("192.0.2.1")))).isEqualTo(Answer.ABSENT);
            assertThat(listener.changes()).containsExactlyInAnyOrder(MeshDiscoveryContract.policy("deny"), neighbour);
        }
    }

    @Test
    void bringsAServiceWithItsEndpointsBeforeItAnswersAndFollowsBoth() {
        var feed = new FakeMeshFeed();
        feed.publish(service(), cart("cart-0", "10.0.0.1"), upserted("pay-0", "10.0.0.2"));
        var listener = new RecordingDiscoveryListener();
        try (var controlPlane = serve(feed);
                var client = controlPlane.clientOnDemand(MANY)) {
            client.start(listener);

            assertThat(answer(client.hold(address("10.1.0.1")))).isEqualTo(Answer.PRESENT);
            assertThat(listener.changes()).containsExactlyInAnyOrder(service(), cart("cart-0", "10.0.0.1"));

            feed.publish(upserted("pay-0", "10.0.0.9"), cart("cart-1", "10.0.0.4"), removed("cart-0"));
            listener.awaitChange(cart("cart-1", "10.0.0.4"));
            listener.awaitChange(removed("cart-0"));
            assertThat(listener.changes()).doesNotContain(upserted("pay-0", "10.0.0.9"));
        }
    }

    @Test
    void findsByAddressByHostnameAndByUid() {
        var feed = new FakeMeshFeed();
        feed.publish(service(), upserted("pay-0", "10.0.0.2"), upserted("web-0", "10.0.0.5"));
        var listener = new RecordingDiscoveryListener();
        try (var controlPlane = serve(feed);
                var client = controlPlane.clientOnDemand(MANY)) {
            client.start(listener);

            assertThat(answer(client.hold(address("10.0.0.2")))).isEqualTo(Answer.PRESENT);
            assertThat(answer(client.hold(new MeshName.OfHostname(CART)))).isEqualTo(Answer.PRESENT);
            assertThat(answer(client.hold(new MeshName.OfWorkload(WorkloadUid.ofPod("Kubernetes", "shop", "web-0")))))
                    .isEqualTo(Answer.PRESENT);
            assertThat(listener.changes())
                    .containsExactlyInAnyOrder(service(), upserted("pay-0", "10.0.0.2"), upserted("web-0", "10.0.0.5"));
        }
    }

    @Test
    void tellsOfWhatAppearsUnderANameThatNothingWentBy() {
        var feed = new FakeMeshFeed();
        var listener = new RecordingDiscoveryListener();
        try (var controlPlane = serve(feed);
                var client = controlPlane.clientOnDemand(MANY)) {
            client.start(listener);
            assertThat(answer(client.hold(address("10.0.0.2")))).isEqualTo(Answer.ABSENT);

            feed.publish(upserted("pay-0", "10.0.0.2"));

            listener.awaitChange(upserted("pay-0", "10.0.0.2"));
            assertThat(answer(client.hold(address("10.0.0.2")))).isEqualTo(Answer.PRESENT);
        }
    }

    @Test
    void saysThatItCannotUseWhatGoesByAName() {
        var feed = new FakeMeshFeed();
        feed.publish(upserted(unusable()));
        var listener = new RecordingDiscoveryListener();
        try (var controlPlane = serve(feed);
                var client = controlPlane.clientOnDemand(MANY)) {
            client.start(listener);

            assertThat(answer(client.hold(new MeshName.OfWorkload(unusable().uid()))))
                    .isEqualTo(Answer.UNUSABLE);
            assertThat(listener.changes()).isEmpty();
        }
    }

    @Test
    void asksWhenTheControlPlaneComesBackAndHearsWhatChangedMeanwhile() {
        var feed = new FakeMeshFeed();
        feed.publish(service(), cart("cart-0", "10.0.0.1"));
        var listener = new RecordingDiscoveryListener();
        try (var controlPlane = serve(feed);
                var client = controlPlane.clientOnDemand(MANY)) {
            client.start(listener);
            listener.awaitSynced();
            assertThat(answer(client.hold(address("10.1.0.1")))).isEqualTo(Answer.PRESENT);

            controlPlane.disconnect();
            listener.awaitConnected(false, 1);
            Held asked = client.hold(address("10.0.0.2"));
            feed.publish(upserted("pay-0", "10.0.0.2"), cart("cart-1", "10.0.0.4"), removed("cart-0"));
            assertThat(asked.answer().toCompletableFuture()).isNotDone();
            controlPlane.reconnect();

            assertThat(answer(asked)).isEqualTo(Answer.PRESENT);
            listener.awaitChange(upserted("pay-0", "10.0.0.2"));
            listener.awaitChange(cart("cart-1", "10.0.0.4"));
            listener.awaitChange(removed("cart-0"));
        }
    }

    @Test
    void takesBackWhatNobodyIsInterestedInWhenThereIsTooMuch() {
        var feed = new FakeMeshFeed();
        feed.publish(service(), cart("cart-0", "10.0.0.1"));
        for (int i = 1; i <= 8; i++) {
            feed.publish(upserted("pod-" + i, "10.0.1." + i));
        }
        var listener = new RecordingDiscoveryListener();
        try (var controlPlane = serve(feed);
                var client = controlPlane.clientOnDemand(8)) {
            client.start(listener);
            Held needed = client.hold(address("10.1.0.1"));
            answer(needed);
            for (int i = 1; i <= 8; i++) {
                try (Held passing = client.hold(address("10.0.1." + i))) {
                    assertThat(answer(passing)).isEqualTo(Answer.PRESENT);
                }
            }

            listener.awaitChange(removed("pod-1"));
            assertThat(listener.changes())
                    .doesNotContain(removed("cart-0"), new MeshChange.ServiceRemoved(CART), removed("pod-8"));
            int before = listener.changes().size();
            feed.publish(upserted("pod-1", "10.0.1.99"));
            feed.publish(cart("cart-1", "10.0.0.4"));
            listener.awaitChange(cart("cart-1", "10.0.0.4"));
            assertThat(listener.changes().stream().skip(before))
                    .as("what is not followed is not told of")
                    .containsExactly(cart("cart-1", "10.0.0.4"));
            feed.publish(upserted("pod-1", "10.0.1.1"));
            assertThat(answer(client.hold(address("10.0.1.1")))).isEqualTo(Answer.PRESENT);
            assertThat(listener.changes().stream().skip(before)).contains(upserted("pod-1", "10.0.1.1"));
        }
    }

    @Test
    void asksForNoMoreThanItMayFollow() {
        var listener = new RecordingDiscoveryListener();
        try (var controlPlane = serve(new FakeMeshFeed());
                var client = controlPlane.clientOnDemand(4)) {
            client.start(listener);
            for (int i = 1; i <= 4; i++) {
                assertThat(answer(client.hold(address("10.0.1." + i)))).isEqualTo(Answer.ABSENT);
            }

            assertThat(answer(client.hold(address("10.0.1.5")))).isEqualTo(Answer.TOO_MANY);
            assertThat(answer(client.hold(address("10.0.1.4")))).isEqualTo(Answer.ABSENT);
        }
    }

    @Test
    void isNotAskedWhenItBringsEverything() {
        try (var controlPlane = serve(new FakeMeshFeed());
                var client = controlPlane.client()) {
            assertThatThrownBy(() -> client.hold(address("10.0.0.1"))).isInstanceOf(IllegalStateException.class);
        }
    }
}
