package dev.ambit.adapters.k8s.cluster;

import dev.ambit.adapters.k8s.derive.MeshDerivation;
import dev.ambit.adapters.k8s.reading.MeshKind;
import dev.ambit.adapters.k8s.translate.DerivationOptions;
import dev.ambit.domain.view.MeshState;
import dev.ambit.ports.configuration.ConfigurationException;
import dev.ambit.ports.configuration.ConfigurationProblem;
import dev.ambit.ports.configuration.ConfigurationSource;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * The mesh as a Kubernetes API server has it, followed by lists and watches. What changes while one state is derived goes
 * into the next one.
 *
 * <p>While the server cannot be reached, or refuses, the last state stays and the problem is reported; there is no first
 * state before everything has arrived. A custom kind whose definition is not installed has no objects; once it is
 * installed, it is followed like the others. What cannot be used is dealt with as {@link
 * dev.ambit.adapters.k8s.manifests.ManifestConfigurationSource} does.
 */
public final class ClusterConfigurationSource implements ConfigurationSource {
    private final ClusterMirror mirror;
    private final MeshDerivation derivation;
    private final CountDownLatch first = new CountDownLatch(1);
    private @Nullable Thread thread;

    private final ClusterStatusWriter statuses;

    /** Closes neither of them. */
    public ClusterConfigurationSource(
            ClusterConnection connection, DerivationOptions options, ClusterStatusWriter statuses) {
        this.statuses = statuses;
        this.mirror = new ClusterMirror(connection, EnumSet.allOf(MeshKind.class), "", options.rootNamespace());
        this.derivation = new MeshDerivation(options);
    }

    /**
     * {@inheritDoc}
     *
     * @throws ConfigurationException if it is closed, or the thread interrupted, before that
     */
    @Override
    public void start(Listener listener) {
        synchronized (this) {
            if (thread != null) {
                throw new IllegalStateException("started already");
            }
            var delivery = new Delivery(listener);
            mirror.start();
            thread = Thread.ofPlatform().name("cluster-derivation").daemon().start(delivery);
        }
        try {
            first.await();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new ConfigurationException("interrupted before everything had arrived", interrupted);
        }
    }

    @Override
    public List<String> pending() {
        return first.getCount() == 0 ? List.of() : mirror.pending();
    }

    @Override
    public void close() {
        @Nullable Thread running;
        synchronized (this) {
            running = thread;
        }
        mirror.close();
        try {
            if (running != null && !running.equals(Thread.currentThread())) {
                running.join();
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        first.countDown();
    }

    /** Tells the listener what is new to it, on a thread of its own. */
    private final class Delivery implements Runnable {
        private final Listener listener;
        private @Nullable MeshState state;
        private List<ConfigurationProblem> problems = List.of();

        Delivery(Listener listener) {
            this.listener = listener;
        }

        @Override
        public void run() {
            try {
                while (true) {
                    var standing = mirror.awaitNews();
                    if (standing.isEmpty()) {
                        return;
                    }
                    deliver(standing.get());
                }
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
        }

        private void deliver(ClusterMirror.Standing standing) {
            var all = new ArrayList<>(standing.problems());
            // A kind that was installed a moment ago may still be on its way: that must not open what it closes later.
            if (standing.complete()) {
                MeshDerivation.Derived derived = derivation.derive(standing.objects());
                if (!derived.state().equals(state)) {
                    state = derived.state();
                    listener.derived(derived.state());
                }
                derived.problems().forEach(problem -> all.add(mirror.located(problem)));
                statuses.write(
                        StatusDecisions.decide(standing.statuses().keySet(), derived, standing.found()),
                        standing.statuses());
                first.countDown();
            }
            List<ConfigurationProblem> found = all.stream().distinct().toList();
            if (!found.equals(problems)) {
                problems = found;
                listener.problems(found);
            }
        }
    }
}
