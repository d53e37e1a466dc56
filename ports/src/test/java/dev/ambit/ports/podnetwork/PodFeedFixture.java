package dev.ambit.ports.podnetwork;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.domain.workload.PodRef;
import dev.ambit.ports.podnetwork.NodeProxies.EnrolledPod;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;

/** An agent and proxies that talk to each other: what the contracts of both ends need. */
public abstract class PodFeedFixture {
    protected static final PodRef CART = new PodRef("uid-cart", "shop", "cart", "carts");
    protected static final PodRef BILL = new PodRef("uid-bill", "shop", "bill", "bills");
    protected static final PodRef SHIP = new PodRef("uid-ship", "shop", "ship", "ships");

    private final Deque<AutoCloseable> opened = new ArrayDeque<>();

    /** An agent's end that is not started, at the place where {@link #feed} connects; another each time. */
    protected abstract NodeProxies proxies();

    /** A proxy's end that is not started; another each time. */
    protected abstract PodFeed feed();

    /** A namespace that the ends can hand over. */
    protected abstract NetworkNamespace namespace();

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable one : opened) {
            one.close();
        }
    }

    protected final <T extends AutoCloseable> T closing(T opening) {
        opened.push(opening);
        return opening;
    }

    protected final NodeProxies agent(EnrolledPod... snapshot) {
        NodeProxies agent = closing(proxies());
        agent.start(() -> CompletableFuture.completedFuture(new NodeProxies.Pods(List.of(snapshot), List.of())));
        return agent;
    }

    protected final EnrolledPod enrolled(PodRef pod) {
        return new EnrolledPod(pod, closing(namespace()));
    }

    /** A proxy that is connected and has heard the (empty) snapshot. */
    protected final RecordingPodListener connected(NodeProxies agent) {
        int before = agent.connected();
        RecordingPodListener listener = started();
        listener.awaitCount(2);
        awaitConnected(agent, before + 1);
        return listener;
    }

    protected final RecordingPodListener started() {
        var listener = closing(new RecordingPodListener());
        PodFeed feed = closing(feed());
        feed.start(listener);
        return listener;
    }

    protected static void awaitConnected(NodeProxies agent, int count) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (agent.connected() != count && System.nanoTime() < deadline) {
            Thread.onSpinWait();
        }
        assertThat(agent.connected()).isEqualTo(count);
    }

    protected static void done(CompletionStage<Void> stage) throws Exception {
        stage.toCompletableFuture().get(10, TimeUnit.SECONDS);
    }
}
