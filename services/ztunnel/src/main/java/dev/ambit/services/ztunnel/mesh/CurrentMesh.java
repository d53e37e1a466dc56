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

    private final List<Observer> observers = new CopyOnWriteArrayList<>();
    private final List<Waiter> waiters = new ArrayList<>();
    private volatile MeshView view = MeshView.EMPTY;
    private volatile boolean synced;
    private final CompletableFuture<Void> inSync = new CompletableFuture<>();

    /** Hears what has changed and the view with the changes in it. */
    @FunctionalInterface
    public interface Observer {
        void changed(MeshView view, List<MeshChange> changes);
    }

    private record Waiter(PodRef pod, CompletableFuture<MeshView> future) {}

    public MeshView view() {
        return view;
    }

    /** Whether every kind of resource has arrived once. */
    public boolean isSynced() {
        return synced;
    }

    /** Done when it is. */
    public CompletionStage<Void> whenSynced() {
        return inSync.minimalCompletionStage();
    }

    /** Calls the observer after every change, on the thread that made it. */
    public void observe(Consumer<MeshView> observer) {
        observers.add((after, _) -> observer.accept(after));
    }

    /** As {@link #observe}, for who wants to know what changed. */
    public void observeChanges(Observer observer) {
        observers.add(observer);
    }

    /** A view that is in sync and knows the pod's workload, or after the timeout the view as it then is. */
    public CompletionStage<MeshView> knowing(PodRef pod, Duration timeout) {
        synchronized (waiters) {
            MeshView now = view;
            if (synced && now.workloadOf(pod).isPresent()) {
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
        MeshView next = view.apply(changes);
        synchronized (waiters) {
            view = next;
        }
        serve(next);
        observers.forEach(observer -> tell(observer, next, changes));
    }

    /** Answers those who wait for no more than what is there now. */
    private void serve(MeshView now) {
        var served = new ArrayList<Waiter>();
        synchronized (waiters) {
            for (Waiter waiter : waiters) {
                if (synced && now.workloadOf(waiter.pod()).isPresent()) {
                    served.add(waiter);
                }
            }
            waiters.removeAll(served);
        }
        served.forEach(waiter -> waiter.future().complete(now));
    }

    /** One observer's trouble must neither reach discovery nor keep the view from the others. */
    private static void tell(Observer observer, MeshView view, List<MeshChange> changes) {
        try {
            observer.changed(view, changes);
        } catch (RuntimeException e) {
            LOG.error("an observer of the mesh failed", e);
        }
    }

    @Override
    public void synced() {
        synchronized (waiters) {
            synced = true;
        }
        serve(view);
        LOG.info(
                "configuration is in sync\tworkloads={} services={} policies={}",
                view.counts().workloads(),
                view.counts().services(),
                view.counts().policies());
        inSync.complete(null);
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
