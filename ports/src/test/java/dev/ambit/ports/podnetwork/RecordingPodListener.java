package dev.ambit.ports.podnetwork;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.domain.workload.PodRef;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/** Writes down what a {@link PodFeed} says, one line each, and answers as it is told. */
public final class RecordingPodListener implements PodFeed.Listener, AutoCloseable {
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(15);

    private final List<String> heard = new ArrayList<>();
    private final List<NetworkNamespace> namespaces = new ArrayList<>();
    private CompletionStage<Void> answer = CompletableFuture.completedStage(null);

    /** Answers everything from now on with this stage. */
    public synchronized void answerWith(CompletionStage<Void> stage) {
        answer = stage;
    }

    /** Everything heard so far, for example {@code added shop/cart}. */
    public synchronized List<String> heard() {
        return List.copyOf(heard);
    }

    /** The namespaces handed over so far. */
    public synchronized List<NetworkNamespace> namespaces() {
        return List.copyOf(namespaces);
    }

    /** Waits until exactly these lines were heard. */
    public void awaitExactly(String... lines) {
        awaitCount(lines.length);
        assertThat(heard()).containsExactly(lines);
    }

    /** Waits until this many lines were heard. */
    public synchronized void awaitCount(int count) {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (heard.size() < count) {
            long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
            assertThat(left).as("heard only %s", heard).isPositive();
            try {
                wait(left);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }

    private synchronized CompletionStage<Void> hear(String line) {
        heard.add(line);
        notifyAll();
        return answer;
    }

    @Override
    public void snapshotStarted() {
        var _ = hear("snapshot started");
    }

    @Override
    public CompletionStage<Void> added(PodRef pod, NetworkNamespace namespace) {
        synchronized (this) {
            namespaces.add(namespace);
        }
        return hear("added " + pod);
    }

    @Override
    public CompletionStage<Void> kept(String uid) {
        return hear("kept " + uid);
    }

    @Override
    public CompletionStage<Void> snapshotCompleted() {
        return hear("snapshot completed");
    }

    @Override
    public CompletionStage<Void> removed(String uid) {
        return hear("removed " + uid);
    }

    @Override
    public void disconnected(String why) {
        var _ = hear("disconnected");
    }

    @Override
    public void broken(String violation) {
        var _ = hear("broken: " + violation);
    }

    @Override
    public void close() {
        namespaces().forEach(NetworkNamespace::close);
    }
}
