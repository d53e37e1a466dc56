package dev.ambit.ports.configuration;

import dev.ambit.domain.view.MeshState;
import java.util.List;

/**
 * The mesh as its operators describe it, already translated: Kubernetes, or manifests in a folder.
 *
 * <p>What cannot be understood is reported and left out, and never takes with it what can: of a broken file or object the
 * last good state stays.
 */
public interface ConfigurationSource extends AutoCloseable {

    /** Called one at a time, from one thread. */
    interface Listener {
        /** The whole derived state, after every change; the first call comes as soon as everything was read once. */
        void derived(MeshState state);

        /** Everything that is wrong at present; an empty list when nothing is (any more). Called when that changes. */
        void problems(List<ConfigurationProblem> problems);
    }

    /** Starts to watch. Returns after the first state was delivered. */
    void start(Listener listener);

    /** What the first state waits for, a line each, for readiness; empty before the start and once it was delivered. */
    default List<String> pending() {
        return List.of();
    }

    @Override
    void close();
}
