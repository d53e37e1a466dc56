package dev.ambit.services.controlplane.mesh;

import dev.ambit.domain.view.MeshChange;
import dev.ambit.domain.view.MeshState;
import dev.ambit.ports.configuration.ConfigurationProblem;
import dev.ambit.ports.configuration.ConfigurationSource;
import dev.ambit.ports.discovery.MeshFeed;
import dev.ambit.ports.telemetry.Counter;
import dev.ambit.ports.telemetry.Gauge;
import dev.ambit.ports.telemetry.Meter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns each derived state into the changes since the one before, and tells them to everyone who listens. */
public final class PublishedMesh implements MeshFeed, ConfigurationSource.Listener {
    private static final Logger LOG = LoggerFactory.getLogger(PublishedMesh.class);

    private final Meter meter;
    private final Object order = new Object();
    private final List<MeshFeed.Listener> listeners = new ArrayList<>();
    private final List<Consumer<MeshState>> observers = new CopyOnWriteArrayList<>();
    private volatile MeshState state = MeshState.EMPTY;
    private volatile List<ConfigurationProblem> problems = List.of();
    private volatile boolean loaded;

    public PublishedMesh(Meter meter) {
        this.meter = meter;
        meter.gauge(Gauge.WORKLOADS, () -> state.workloads().size());
        meter.gauge(Gauge.SERVICES, () -> state.services().size());
        meter.gauge(Gauge.POLICIES, () -> state.policies().size());
        meter.gauge(Gauge.CONFIGURATION_PROBLEMS, () -> problems.size());
    }

    public MeshState state() {
        return state;
    }

    /** Whether the configuration was read once. */
    public boolean isLoaded() {
        return loaded;
    }

    /** Calls the observer with every state from now on, and with the present one. */
    public void observe(Consumer<MeshState> observer) {
        synchronized (order) {
            observers.add(observer);
            observer.accept(state);
        }
    }

    @Override
    public Subscription subscribe(MeshFeed.Listener listener) {
        synchronized (order) {
            if (loaded) {
                listener.changed(state.changesSince(MeshState.EMPTY));
            }
            listeners.add(listener);
        }
        return () -> {
            synchronized (order) {
                listeners.remove(listener);
            }
        };
    }

    @Override
    public void derived(MeshState next) {
        synchronized (order) {
            List<MeshChange> changes = next.changesSince(state);
            boolean first = !loaded;
            state = next;
            loaded = true;
            // Observers first: who may have a certificate is known before proxies learn whom to fetch one for.
            observers.forEach(observer -> tell("observer", () -> observer.accept(next)));
            if (changes.isEmpty() && !first) {
                return;
            }
            changes.forEach(change -> meter.increment(Counter.CONFIGURATION_PUSHES, kind(change)));
            LOG.info(
                    "mesh changed\tchanges={} workloads={} services={} policies={}",
                    changes.size(),
                    next.workloads().size(),
                    next.services().size(),
                    next.policies().size());
            listeners.forEach(listener -> tell("listener", () -> listener.changed(changes)));
        }
    }

    /** One who fails to listen must not keep the news from the others. */
    private static void tell(String who, Runnable telling) {
        try {
            telling.run();
        } catch (RuntimeException e) {
            LOG.error("a {} of the mesh failed", who, e);
        }
    }

    @Override
    public void problems(List<ConfigurationProblem> current) {
        Set<ConfigurationProblem> before = new HashSet<>(problems);
        problems = List.copyOf(current);
        for (ConfigurationProblem problem : new LinkedHashSet<>(current)) {
            if (!before.remove(problem)) {
                LOG.warn(
                        "configuration problem\twhere=\"{}\" object=\"{}\" why=\"{}\"",
                        problem.where(),
                        problem.object(),
                        problem.why());
            }
        }
        before.forEach(gone ->
                LOG.info("configuration problem is gone\twhere=\"{}\" object=\"{}\"", gone.where(), gone.object()));
    }

    private static String kind(MeshChange change) {
        return switch (change) {
            case MeshChange.WorkloadUpserted _ -> "workload_changed";
            case MeshChange.WorkloadRemoved _ -> "workload_removed";
            case MeshChange.ServiceUpserted _ -> "service_changed";
            case MeshChange.ServiceRemoved _ -> "service_removed";
            case MeshChange.PolicyUpserted _ -> "policy_changed";
            case MeshChange.PolicyRemoved _ -> "policy_removed";
        };
    }
}
