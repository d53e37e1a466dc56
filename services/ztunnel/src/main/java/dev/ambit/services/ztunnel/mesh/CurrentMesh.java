package dev.ambit.services.ztunnel.mesh;

import dev.ambit.domain.view.MeshChange;
import dev.ambit.domain.view.MeshView;
import dev.ambit.domain.workload.PodRef;
import dev.ambit.ports.discovery.MeshDiscovery;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds the one reference to the current {@link MeshView}. Discovery replaces it; everybody else reads it without locks.
 */
public final class CurrentMesh implements MeshDiscovery.Listener {
    private static final Logger LOG = LoggerFactory.getLogger(CurrentMesh.class);

    private final List<Consumer<MeshView>> observers = new CopyOnWriteArrayList<>();
    private final List<Waiter> waiters = new ArrayList<>();
    private volatile MeshView view = MeshView.EMPTY;
    private volatile boolean synced;

    private record Waiter(PodRef pod, CompletableFuture<MeshView> future) {}

    public MeshView view() {
        return view;
    }

    /** Whether every kind of resource has arrived once. */
    public boolean isSynced() {
        return synced;
    }

    /** Calls the observer after every change, on the thread that made it. */
    public void observe(Consumer<MeshView> observer) {
        observers.add(observer);
    }

    /** A view that knows the pod's workload, or after the timeout the view as it then is. */
    public CompletionStage<MeshView> knowing(PodRef pod, Duration timeout) {
        synchronized (waiters) {
            MeshView now = view;
            if (now.workloadOf(pod).isPresent()) {
                return CompletableFuture.completedFuture(now);
            }
            var waiter = new Waiter(pod, new CompletableFuture<>());
            waiters.add(waiter);
            return waiter.future()
                    .completeOnTimeout(now, timeout.toMillis(), TimeUnit.MILLISECONDS)
                    .thenApply(_ -> {
                        forget(waiter);
                        return view;
                    });
        }
    }

    /** How many callers of {@link #knowing} wait. */
    int waiting() {
        synchronized (waiters) {
            return waiters.size();
        }
    }

    private void forget(Waiter waiter) {
        synchronized (waiters) {
            waiters.remove(waiter);
        }
    }

    @Override
    public void changed(List<MeshChange> changes) {
        var served = new ArrayList<Waiter>();
        MeshView next = view.apply(changes);
        synchronized (waiters) {
            view = next;
            for (Waiter waiter : waiters) {
                if (next.workloadOf(waiter.pod()).isPresent()) {
                    served.add(waiter);
                }
            }
            waiters.removeAll(served);
        }
        served.forEach(waiter -> waiter.future().complete(next));
        observers.forEach(observer -> tell(observer, next));
    }

    /** One observer's trouble must neither reach discovery nor keep the view from the others. */
    private static void tell(Consumer<MeshView> observer, MeshView view) {
        try {
            observer.accept(view);
        } catch (RuntimeException e) {
            LOG.error("an observer of the mesh failed", e);
        }
    }

    @Override
    public void synced() {
        synced = true;
        LOG.info(
                "configuration is in sync\tworkloads={} services={} policies={}",
                view.counts().workloads(),
                view.counts().services(),
                view.counts().policies());
    }

    @Override
    public void connected(boolean up, String why) {
        if (up) {
            LOG.info("connected to the control plane\t{}", why);
        } else {
            LOG.warn("control plane is away, what is known stays in force\tcause=\"{}\"", why);
        }
    }
}
