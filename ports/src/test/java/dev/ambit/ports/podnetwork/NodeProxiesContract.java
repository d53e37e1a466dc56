package dev.ambit.ports.podnetwork;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ambit.ports.podnetwork.NodeProxies.EnrolledPod;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What every {@link NodeProxies} promises the node agent. */
@Timeout(60)
public abstract class NodeProxiesContract extends PodFeedFixture {

    @Test
    void proxyHearsTheSnapshotFirst() {
        NodeProxies agent = agent(enrolled(CART), enrolled(BILL));

        RecordingPodListener proxy = started();

        proxy.awaitExactly("snapshot started", "added shop/cart", "added shop/bill", "snapshot completed");
        awaitConnected(agent, 1);
    }

    @Test
    void changesFollowInOrder() throws Exception {
        NodeProxies agent = agent();
        RecordingPodListener proxy = connected(agent);

        CompletionStage<Void> first = agent.add(enrolled(CART));
        CompletionStage<Void> second = agent.add(enrolled(BILL));
        CompletionStage<Void> third = agent.remove(CART);
        done(first);
        done(second);
        done(third);

        proxy.awaitExactly(
                "snapshot started", "snapshot completed", "added shop/cart", "added shop/bill", "removed uid-cart");
    }

    @Test
    void addWithoutAProxyFails() {
        NodeProxies agent = agent();

        assertThatThrownBy(() -> done(agent.add(enrolled(CART))))
                .hasCauseInstanceOf(PodNetworkException.class)
                .hasMessageContaining("shop/cart")
                .hasMessageContaining("no node proxy is connected");
    }

    @Test
    void removeWithoutAProxyIsFine() throws Exception {
        done(agent().remove(CART));
    }

    @Test
    void changesGoToEveryProxy() throws Exception {
        NodeProxies agent = agent();
        RecordingPodListener older = connected(agent);
        RecordingPodListener newer = connected(agent);

        done(agent.add(enrolled(CART)));
        done(agent.remove(CART));

        for (RecordingPodListener proxy : List.of(older, newer)) {
            proxy.awaitExactly("snapshot started", "snapshot completed", "added shop/cart", "removed uid-cart");
        }
    }

    @Test
    void oneProxyThatServesThePodIsEnough() throws Exception {
        NodeProxies agent = agent();
        RecordingPodListener older = connected(agent);
        RecordingPodListener newer = connected(agent);
        older.answerWith(CompletableFuture.failedStage(new PodNetworkException("this proxy shuts down")));
        done(agent.add(enrolled(CART)));

        newer.answerWith(CompletableFuture.failedStage(new PodNetworkException("no certificate")));
        assertThatThrownBy(() -> done(agent.add(enrolled(BILL))))
                .as("all refuse: what the newest says counts")
                .hasMessageContaining("no certificate");

        older.answerWith(CompletableFuture.completedStage(null));
        done(agent.add(enrolled(SHIP)));
    }

    @Test
    void aPodWithoutANamespaceAtHandIsKept() {
        NodeProxies agent = closing(proxies());
        EnrolledPod bill = enrolled(BILL);
        agent.start(() -> CompletableFuture.completedFuture(new NodeProxies.Pods(List.of(bill), List.of(CART))));

        started().awaitExactly("snapshot started", "added shop/bill", "kept uid-cart", "snapshot completed");
    }

    @Test
    void aProxyWaitsForItsSnapshotUntilPodsAreKnown() throws Exception {
        var known = new CompletableFuture<NodeProxies.Pods>();
        NodeProxies agent = closing(proxies());
        agent.start(() -> known);
        RecordingPodListener proxy = started();
        proxy.awaitCount(1);
        assertThat(agent.connected()).isZero();

        known.complete(new NodeProxies.Pods(List.of(enrolled(CART)), List.of()));

        proxy.awaitExactly("snapshot started", "added shop/cart", "snapshot completed");
        awaitConnected(agent, 1);
        done(agent.remove(CART));
    }

    @Test
    void addCompletesOnlyWhenAcknowledged() throws Exception {
        NodeProxies agent = agent();
        RecordingPodListener proxy = connected(agent);
        var slow = new CompletableFuture<Void>();
        proxy.answerWith(slow);

        CompletionStage<Void> added = agent.add(enrolled(CART));
        proxy.awaitCount(3);
        assertThat(added.toCompletableFuture()).isNotDone();
        slow.complete(null);

        done(added);
    }

    @Test
    void refusalCarriesTheProxysWords() throws Exception {
        NodeProxies agent = agent();
        RecordingPodListener proxy = connected(agent);
        proxy.answerWith(CompletableFuture.failedStage(new PodNetworkException("port 15001 is taken")));

        assertThatThrownBy(() -> done(agent.add(enrolled(CART))))
                .hasCauseInstanceOf(PodNetworkException.class)
                .hasMessageContaining("shop/cart")
                .hasMessageContaining("port 15001 is taken");

        proxy.answerWith(CompletableFuture.completedStage(null));
        done(agent.add(enrolled(BILL)));
    }

    @Test
    void podThatCannotBeSentFailsAloneAlsoInASnapshot() throws Exception {
        EnrolledPod gone = enrolled(CART);
        gone.namespace().close();
        NodeProxies agent = agent(gone, enrolled(BILL));
        RecordingPodListener proxy = started();
        proxy.awaitExactly("snapshot started", "added shop/bill", "snapshot completed");
        awaitConnected(agent, 1);

        assertThatThrownBy(() -> done(agent.add(gone))).hasCauseInstanceOf(PodNetworkException.class);
        done(agent.add(enrolled(SHIP)));
    }

    @Test
    void closedAgentDisconnectsItsProxies() {
        NodeProxies agent = agent();
        RecordingPodListener proxy = connected(agent);

        agent.close();
        agent.close();

        proxy.awaitExactly("snapshot started", "snapshot completed", "disconnected");
        assertThat(agent.connected()).isZero();
    }
}
