package dev.ambit.services.ztunnel.pod;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ambit.domain.workload.PodRef;
import dev.ambit.ports.podnetwork.FakeNetworkNamespace;
import dev.ambit.ports.telemetry.Counter;
import dev.ambit.ports.telemetry.RecordingTelemetry;
import dev.ambit.ports.time.ManualScheduler;
import dev.ambit.ports.transport.ListenPorts;
import dev.ambit.ports.transport.RecordingDecisions;
import java.net.InetAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(10)
class ServedPodsTest {
    private static final PodRef CART = new PodRef("uid-cart", "shop", "cart-1", "cart");
    private static final PodRef BANK = new PodRef("uid-bank", "money", "bank-1", "bank");
    private static final Duration DEADLINE = Duration.ofSeconds(5);
    private static final Duration UPGRADE = Duration.ofHours(1);
    private static final Duration RETRY = Duration.ofSeconds(5);

    private final FakeTransport transport = new FakeTransport();
    private final ManualScheduler time = new ManualScheduler();
    private final RecordingTelemetry telemetry = new RecordingTelemetry();
    private CompletableFuture<Void> prepared = new CompletableFuture<>();
    private final ServedPods pods = new ServedPods(
            transport, new RecordingDecisions(), _ -> prepared, InetAddress.getLoopbackAddress(), time, telemetry);

    private CompletableFuture<Void> add(PodRef pod, FakeNetworkNamespace namespace) {
        return pods.added(pod, namespace).toCompletableFuture();
    }

    private void snapshotOf(Runnable content) {
        pods.snapshotStarted();
        content.run();
        assertThat(pods.snapshotCompleted().toCompletableFuture()).isCompleted();
    }

    @Test
    void servesAPodInItsNamespace() {
        var namespace = new FakeNetworkNamespace(7);

        assertThat(add(CART, namespace)).isCompleted();

        assertThat(transport.last().binding.pod()).isEqualTo(CART);
        assertThat(transport.last().binding.namespace()).isSameAs(namespace);
        assertThat(transport.last().binding.ports()).isEqualTo(ListenPorts.ISTIO);
        assertThat(pods.activeCount()).isEqualTo(1);
        assertThat(telemetry.counted(Counter.PROXIES_STARTED)).isEqualTo(1);
    }

    @Test
    void theSamePodInTheSameNamespaceIsLeftAlone() {
        var namespace = new FakeNetworkNamespace(7);
        var again = new FakeNetworkNamespace(7);
        var _ = add(CART, namespace);

        assertThat(add(CART, again)).isCompleted();

        assertThat(transport.proxies).hasSize(1);
        assertThat(transport.last().closed).isFalse();
        assertThat(namespace.isClosed()).isFalse();
        assertThat(again.isClosed()).as("the handle that is not needed").isTrue();
    }

    @Test
    void anotherNamespaceMeansAnotherProxy() {
        var before = new FakeNetworkNamespace(7);
        var after = new FakeNetworkNamespace(8);
        var _ = add(CART, before);
        FakeTransport.Proxy first = transport.last();

        var _ = add(CART, after);

        assertThat(first.closed).isTrue();
        assertThat(before.isClosed()).isTrue();
        assertThat(transport.last().binding.namespace()).isSameAs(after);
        assertThat(after.isClosed()).isFalse();
        assertThat(pods.activeCount()).isEqualTo(1);
    }

    @Test
    void aSnapshotEndsThePodsThatAreNotInIt() {
        var gone = new PodRef("uid-gone", "shop", "gone-1", "gone");
        snapshotOf(() -> {
            var _ = add(CART, new FakeNetworkNamespace(7));
            var _ = add(BANK, new FakeNetworkNamespace(8));
            var _ = add(gone, new FakeNetworkNamespace(9));
        });
        FakeTransport.Proxy left = transport.last();
        pods.disconnected("agent restarts");

        snapshotOf(() -> {
            var _ = add(CART, new FakeNetworkNamespace(7));
            var _ = pods.kept(BANK.uid());
        });

        assertThat(pods.pods()).containsExactlyInAnyOrder(CART, BANK);
        assertThat(left.closed).isTrue();
        assertThat(transport.proxies).as("no pod was started twice").hasSize(3);
        assertThat(pods.isReady()).isTrue();
    }

    @Test
    void servesFromItsBeginningUntilItLeaves() {
        assertThat(pods.isServing()).isFalse();
        pods.begin();
        assertThat(pods.isServing()).isTrue();
        var _ = pods.drain(Duration.ofSeconds(1), Duration.ofSeconds(1));
        assertThat(pods.isServing()).isFalse();
    }

    @Test
    void isReadyOnceASnapshotIsServed() {
        assertThat(pods.isReady()).isFalse();
        pods.snapshotStarted();
        var _ = add(CART, new FakeNetworkNamespace(7));
        assertThat(pods.isReady()).isFalse();
        var _ = pods.snapshotCompleted();
        assertThat(pods.isReady()).isTrue();
    }

    @Test
    void aPodThatCannotBeServedIsRefusedAndTriedAgain() {
        transport.refuse(CART.name());
        var namespace = new FakeNetworkNamespace(7);
        pods.snapshotStarted();

        assertThatThrownBy(add(CART, namespace)::join).hasMessageContaining("port 15008 is taken");
        var _ = pods.snapshotCompleted();

        assertThat(pods.isReady()).isFalse();
        assertThat(pods.pendingCount()).isEqualTo(1);
        assertThat(namespace.isClosed()).as("needed for the next attempt").isFalse();
        time.advance(RETRY);
        assertThat(pods.pendingCount()).isEqualTo(1);
        transport.accept(CART.name());
        time.advance(RETRY);
        assertThat(pods.isReady()).isTrue();
        assertThat(transport.last().binding.namespace()).isSameAs(namespace);
        assertThat(time.waiting()).isZero();
    }

    @Test
    void announcingAPendingPodAnewTriesAtOnceAndOnlyOnceMore() {
        transport.refuse(CART.name());
        var first = new FakeNetworkNamespace(7);
        assertThat(add(CART, first)).isCompletedExceptionally();
        transport.accept(CART.name());

        assertThat(add(CART, new FakeNetworkNamespace(7))).isCompleted();
        time.advance(RETRY);

        assertThat(first.isClosed()).isTrue();
        assertThat(transport.proxies).hasSize(1);
    }

    @Test
    void aPendingPodThatGoesIsNotTriedAgain() {
        transport.refuse(CART.name());
        var namespace = new FakeNetworkNamespace(7);
        assertThat(add(CART, namespace)).isCompletedExceptionally();

        var _ = pods.removed(CART.uid());
        transport.accept(CART.name());
        time.advance(RETRY);

        assertThat(namespace.isClosed()).isTrue();
        assertThat(transport.proxies).isEmpty();
    }

    @Test
    void removalClosesTheProxyAndItsNamespace() {
        var namespace = new FakeNetworkNamespace(7);
        var _ = add(CART, namespace);

        assertThat(pods.removed(CART.uid()).toCompletableFuture()).isCompleted();
        assertThat(pods.removed("never-heard-of").toCompletableFuture()).isCompleted();

        assertThat(transport.last().closed).isTrue();
        assertThat(namespace.isClosed()).isTrue();
        assertThat(pods.pods()).isEmpty();
        assertThat(telemetry.counted(Counter.PROXIES_STOPPED)).isEqualTo(1);
    }

    @Test
    void aloneItServesOneWorkloadAndIsReady() {
        pods.serveAlone(CART, new FakeNetworkNamespace(1));

        assertThat(transport.last().binding.ports()).isEqualTo(ListenPorts.ISTIO);
        assertThat(pods.isReady()).isTrue();
        assertThat(pods.pods()).containsExactly(CART);
    }

    @Test
    void aloneAPortThatIsTakenIsFatal() {
        transport.refuse(CART.name());

        assertThatThrownBy(() -> pods.serveAlone(CART, new FakeNetworkNamespace(1)))
                .hasMessageContaining("port 15008 is taken");
    }

    @Test
    void itsOwnPodIsReachedThroughTunnelsOnlyAndNoBusinessOfTheAgent() {
        pods.serveItself(BANK, new FakeNetworkNamespace(1), new RecordingDecisions());
        snapshotOf(() -> assertThat(add(CART, new FakeNetworkNamespace(7))).isCompleted());

        FakeTransport.Proxy own = transport.proxies.getFirst();
        assertThat(own.binding.ports()).isEqualTo(ListenPorts.TUNNEL_ONLY);
        assertThat(own.closed).as("not in the snapshot, yet there").isFalse();
        assertThat(pods.pods()).containsExactly(CART);
        var _ = pods.drain(DEADLINE, UPGRADE);
        assertThat(own.deadlines).containsExactly(DEADLINE);
    }

    @Test
    void saysWhatTheAgentBroke() {
        pods.broken("a second end of snapshot");

        assertThat(pods.broken().toCompletableFuture()).isCompletedWithValue("a second end of snapshot");
    }

    @Test
    void withoutItsAgentItServesOn() {
        snapshotOf(() -> assertThat(add(CART, new FakeNetworkNamespace(7))).isCompleted());

        pods.disconnected("agent is away");

        assertThat(transport.last().closed).isFalse();
        assertThat(pods.pods()).containsExactly(CART);
    }

    @Test
    void drainingWaitsForEveryPod() {
        var _ = add(CART, new FakeNetworkNamespace(7));
        var _ = add(BANK, new FakeNetworkNamespace(8));

        var drained = pods.drain(DEADLINE, UPGRADE).toCompletableFuture();

        transport.proxies.getFirst().drained.complete(null);
        assertThat(drained).isNotDone();
        transport.proxies.getLast().drained.complete(null);
        assertThat(drained).isCompleted();
    }

    @Test
    void aPodThatAnotherProxyServesByNowHasTheLongDeadline() {
        var _ = add(CART, new FakeNetworkNamespace(7));
        var _ = add(BANK, new FakeNetworkNamespace(8));
        transport.proxies.getFirst().hasSuccessor = true;

        var _ = pods.drain(DEADLINE, UPGRADE);

        assertThat(transport.proxies.getFirst().deadlines).containsExactly(UPGRADE);
        assertThat(transport.proxies.getLast().deadlines).containsExactly(DEADLINE);
    }

    @Test
    void leavingItTakesNoMorePodsButStillLosesThem() {
        var cart = new FakeNetworkNamespace(7);
        var bank = new FakeNetworkNamespace(8);
        snapshotOf(() -> {
            var _ = add(CART, cart);
            var _ = add(BANK, bank);
        });
        var drained = pods.drain(DEADLINE, UPGRADE).toCompletableFuture();
        assertThat(pods.isReady()).isFalse();

        assertThat(add(new PodRef("uid-new", "shop", "new", "new"), new FakeNetworkNamespace(9)))
                .isCompletedExceptionally();
        assertThat(add(CART, new FakeNetworkNamespace(7)))
                .as("served until its last connection ends")
                .isCompleted();
        var _ = pods.removed(CART.uid());
        assertThat(transport.proxies.getFirst().closed).isTrue();
        assertThat(cart.isClosed()).isTrue();

        transport.proxies.getFirst().drained.complete(null);
        transport.proxies.getLast().drained.complete(null);
        assertThat(drained).isCompleted();
        assertThat(bank.isClosed())
                .as("nothing keeps the pod's namespace alive")
                .isTrue();
        assertThat(telemetry.counted(Counter.PROXIES_STOPPED)).isEqualTo(2);
    }

    @Test
    void takesAPodOverOnlyWhenPrepared() {
        transport.served.add(CART.name());

        var added = add(CART, new FakeNetworkNamespace(7));

        assertThat(added).isNotDone();
        assertThat(transport.proxies).isEmpty();
        assertThat(pods.states()).containsExactly(new PodState(CART, PodState.Phase.PENDING));
        prepared.complete(null);
        time.runDue();
        assertThat(added).isCompleted();
        assertThat(pods.states()).containsExactly(new PodState(CART, PodState.Phase.UP));
    }

    @Test
    void unpreparedItLeavesThePodToTheOtherProxyAndTriesAgain() {
        transport.served.add(CART.name());
        var added = add(CART, new FakeNetworkNamespace(7));

        prepared.completeExceptionally(new IllegalStateException("the authority is away"));

        assertThatThrownBy(added::join).hasMessageContaining("failure to start proxy : the authority is away");
        assertThat(pods.pendingCount()).isEqualTo(1);
        prepared = CompletableFuture.completedFuture(null);
        time.advance(RETRY);
        assertThat(pods.activeCount()).isEqualTo(1);
    }

    @Test
    void aPodThatGoesWhileItIsPreparedForIsNotServed() {
        transport.served.add(CART.name());
        var added = add(CART, new FakeNetworkNamespace(7));

        var _ = pods.removed(CART.uid());
        prepared.complete(null);
        time.runDue();

        assertThat(added).isCompleted();
        assertThat(transport.proxies).isEmpty();
    }

    @Test
    void closedItServesNobody() {
        var served = new FakeNetworkNamespace(7);
        var late = new FakeNetworkNamespace(8);
        var _ = add(CART, served);

        pods.close();

        assertThat(transport.last().closed).isTrue();
        assertThat(served.isClosed()).isTrue();
        assertThat(add(BANK, late)).isCompletedExceptionally();
        assertThat(late.isClosed()).isTrue();
        assertThat(transport.proxies).hasSize(1);
    }
}
