package dev.ambit.ports.podnetwork;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ambit.ports.podnetwork.NodeProxies.EnrolledPod;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What every {@link PodFeed} promises the node proxy. */
@Timeout(60)
public abstract class PodFeedContract extends PodFeedFixture {

    @Test
    void handsOverThePodsNamespace() {
        EnrolledPod cart = enrolled(CART);
        NodeProxies agent = agent(cart);
        RecordingPodListener proxy = started();
        proxy.awaitCount(3);
        awaitConnected(agent, 1);

        NetworkNamespace received = proxy.namespaces().getFirst();
        cart.namespace().close();

        assertThat(received.id()).isEqualTo(cart.namespace().id());
        assertThat(received.call(() -> "entered")).isEqualTo("entered");
    }

    @Test
    void saysThatTheAgentIsAwayOnceAndFindsItLater() {
        RecordingPodListener proxy = started();
        proxy.awaitExactly("disconnected");

        NodeProxies agent = agent(enrolled(CART));
        awaitConnected(agent, 1);

        proxy.awaitExactly("disconnected", "snapshot started", "added shop/cart", "snapshot completed");
    }

    @Test
    void comesBackWhenTheAgentDoes() {
        NodeProxies first = agent(enrolled(CART));
        RecordingPodListener proxy = started();
        awaitConnected(first, 1);
        first.close();
        proxy.awaitCount(4);

        NodeProxies second = agent(enrolled(BILL));
        awaitConnected(second, 1);

        proxy.awaitExactly(
                "snapshot started",
                "added shop/cart",
                "snapshot completed",
                "disconnected",
                "snapshot started",
                "added shop/bill",
                "snapshot completed");
    }

    @Test
    void nextRequestWaitsForTheAnswerToTheOneBefore() throws Exception {
        NodeProxies agent = agent();
        RecordingPodListener proxy = connected(agent);
        var slow = new CompletableFuture<Void>();
        proxy.answerWith(slow);

        CompletionStage<Void> first = agent.add(enrolled(CART));
        CompletionStage<Void> second = agent.add(enrolled(BILL));
        proxy.awaitCount(3);
        assertThat(proxy.heard()).doesNotContain("added shop/bill");
        slow.complete(null);

        done(first);
        done(second);
        assertThat(proxy.heard()).endsWith("added shop/cart", "added shop/bill");
    }

    @Test
    void startsOnlyOnce() {
        PodFeed feed = closing(feed());
        feed.start(new RecordingPodListener());

        assertThatThrownBy(() -> feed.start(new RecordingPodListener())).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void closedFeedIsSilent() {
        NodeProxies agent = agent();
        var listener = closing(new RecordingPodListener());
        PodFeed feed = closing(feed());
        feed.start(listener);
        awaitConnected(agent, 1);

        feed.close();
        feed.close();
        awaitConnected(agent, 0);

        listener.awaitExactly("snapshot started", "snapshot completed");
    }
}
