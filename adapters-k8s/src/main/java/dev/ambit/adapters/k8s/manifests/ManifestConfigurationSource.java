package dev.ambit.adapters.k8s.manifests;

import dev.ambit.adapters.k8s.derive.FederatedDerivation;
import dev.ambit.adapters.k8s.derive.MeshDerivation;
import dev.ambit.adapters.k8s.translate.DerivationOptions;
import dev.ambit.domain.view.MeshState;
import dev.ambit.ports.configuration.ConfigurationException;
import dev.ambit.ports.configuration.ConfigurationProblem;
import dev.ambit.ports.configuration.ConfigurationSource;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The mesh from a folder of Kubernetes YAML, watched: an edit is derived a moment after it is written.
 *
 * <p>Of an object that cannot be used any more the last good version stays; of a file that is no YAML any more, all of
 * it. A policy that cannot be used and has no earlier version is enforced closed: an ALLOW lets nobody in, a DENY, or
 * one whose action is unknown, denies everything it selects (its whole scope if the selector cannot be read either), a
 * PeerAuthentication is STRICT.
 */
public final class ManifestConfigurationSource implements ConfigurationSource {
    private final ManifestObjects objects;
    private final FederatedDerivation derivation;
    private @Nullable FolderWatch watch;

    public ManifestConfigurationSource(ManifestOptions options, DerivationOptions derivation) {
        this.objects = new ManifestObjects(options, derivation.rootNamespace());
        this.derivation = new FederatedDerivation(derivation);
    }

    @Override
    public synchronized void start(Listener listener) {
        if (watch != null) {
            throw new IllegalStateException("started already");
        }
        var delivery = new Delivery(listener);
        watch = new FolderWatch("manifests-watch", objects.folders(), delivery::deliver);
        watch.start();
    }

    @Override
    public synchronized void close() {
        if (watch != null) {
            watch.close();
        }
    }

    /** Tells the listener what is new to it. Runs on the watch's thread only. */
    private final class Delivery {
        private final Listener listener;
        private @Nullable MeshState state;
        private List<ConfigurationProblem> problems = List.of();

        Delivery(Listener listener) {
            this.listener = listener;
        }

        void deliver() {
            ManifestObjects.Snapshot snapshot;
            try {
                snapshot = objects.read();
            } catch (ConfigurationException unreadable) {
                if (state == null) {
                    throw unreadable;
                }
                report(List.of(new ConfigurationProblem(
                        objects.folders().getFirst().toString(),
                        "",
                        unreadable.getMessage() + "; the last state stays")));
                return;
            }
            MeshDerivation.Derived derived = derivation.derive(snapshot.objects());
            if (!derived.state().equals(state)) {
                state = derived.state();
                listener.derived(derived.state());
            }
            var all = new ArrayList<>(snapshot.problems());
            derived.problems().forEach(problem -> all.add(snapshot.located(problem)));
            report(all.stream().distinct().toList());
        }

        private void report(List<ConfigurationProblem> found) {
            if (!found.equals(problems)) {
                problems = found;
                listener.problems(found);
            }
        }
    }
}
