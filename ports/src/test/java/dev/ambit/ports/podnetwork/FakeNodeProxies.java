package dev.ambit.ports.podnetwork;

import dev.ambit.domain.workload.PodRef;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * Node proxies in memory: {@link #feed} stands for one that may connect. Everything happens on the thread that asks for
 * it. Namespaces must be {@link FakeNetworkNamespace}s.
 */
public final class FakeNodeProxies implements NodeProxies {
    private final List<Proxy> connected = new CopyOnWriteArrayList<>();
    private Snapshot snapshot = () -> CompletableFuture.completedFuture(new Pods(List.of(), List.of()));

    @Override
    public void start(Snapshot first) {
        snapshot = first;
    }

    /** A proxy that connects, to us, when it is started. */
    public PodFeed feed() {
        return new Proxy();
    }

    @Override
    public CompletionStage<Void> add(EnrolledPod pod) {
        List<CompletableFuture<Void>> asked = connected.stream()
                .map(proxy -> proxy.add(pod).toCompletableFuture())
                .toList();
        if (asked.isEmpty()) {
            return failed("add of pod " + pod.pod() + ": no node proxy is connected");
        }
        var served = new CompletableFuture<Void>();
        var open = new AtomicInteger(asked.size());
        for (CompletableFuture<Void> one : asked) {
            var _ = one.thenRun(() -> served.complete(null));
            var _ = one.exceptionally(_ -> {
                if (open.decrementAndGet() == 0) {
                    var _ = asked.getLast().exceptionally(words -> {
                        served.completeExceptionally(words);
                        return null;
                    });
                }
                return null;
            });
        }
        return served;
    }

    @Override
    public CompletionStage<Void> remove(PodRef pod) {
        return CompletableFuture.allOf(connected.stream()
                .map(proxy ->
                        proxy.tell(listener -> listener.removed(pod.uid())).toCompletableFuture())
                .toArray(CompletableFuture[]::new));
    }

    @Override
    public int connected() {
        return connected.size();
    }

    @Override
    public void close() {
        List<Proxy> gone = new ArrayList<>(connected);
        connected.clear();
        gone.forEach(Proxy::disconnect);
    }

    private static CompletionStage<Void> failed(String why) {
        return CompletableFuture.failedStage(new PodNetworkException(why));
    }

    @FunctionalInterface
    private interface Request {
        CompletionStage<Void> ask(PodFeed.Listener listener);
    }

    private final class Proxy implements PodFeed {
        private Optional<Listener> listener = Optional.empty();
        private CompletionStage<Void> last = CompletableFuture.completedStage(null);

        @Override
        public void start(Listener starting) {
            listener = Optional.of(starting);
            starting.snapshotStarted();
            var _ = snapshot.pods().thenAccept(this::say);
        }

        private void say(Pods pods) {
            for (EnrolledPod pod : pods.enrolled()) {
                var _ = add(pod);
            }
            for (PodRef pod : pods.kept()) {
                var _ = tell(it -> it.kept(pod.uid()));
            }
            var _ = tell(Listener::snapshotCompleted);
            connected.add(this);
        }

        private CompletionStage<Void> add(EnrolledPod pod) {
            if (!(pod.namespace() instanceof FakeNetworkNamespace fake) || fake.isClosed()) {
                return failed("add of pod " + pod.pod() + ": cannot be sent");
            }
            return tell(it -> it.added(
                            pod.pod(), new FakeNetworkNamespace(fake.id().inode())))
                    .exceptionally(e -> {
                        throw new PodNetworkException(
                                "add of pod " + pod.pod() + ": " + causeOf(e).getMessage(), e);
                    });
        }

        private synchronized CompletionStage<Void> tell(Request request) {
            Supplier<CompletionStage<Void>> ask = () -> request.ask(listener.orElseThrow());
            CompletionStage<Void> answer = last.handle((_, _) -> "answered").thenCompose(_ -> ask.get());
            last = answer;
            return answer;
        }

        private void disconnect() {
            listener.ifPresent(it -> it.disconnected("the agent closed the connection"));
        }

        @Override
        public void close() {
            connected.remove(this);
        }
    }

    private static Throwable causeOf(Throwable e) {
        return e instanceof CompletionException && e.getCause() != null ? e.getCause() : e;
    }
}
