package dev.ambit.ports.discovery;

import dev.ambit.domain.view.MeshChange;
import dev.ambit.domain.view.MeshName;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * The proxy's end of discovery: keeps a stream to the control plane, for ever, with back-off from 10 ms to 15 s. While
 * it is away, what was received stays in force.
 *
 * <p>Brings everything, or works on demand: then of workloads and services it brings those of its own node and what is
 * {@linkplain #hold held} by name. Policies come unasked always.
 */
public interface MeshDiscovery extends AutoCloseable {

    /** Called one at a time, in the order in which the control plane sent. */
    interface Listener {
        /** Good resources of one push; bad ones were rejected one by one and are not in it. Must not block. */
        void changed(List<MeshChange> changes);

        /** Every kind of resource that comes unasked has arrived once. Called once. */
        void synced();

        /** Every name the control plane still has, after a reconnect, is known; connection came up or went. */
        void connected(boolean up, String why);
    }

    /** What is known of a name that was asked for. */
    enum Answer {
        /** The listener was told what goes by it, for a service with its endpoints, and will be of changes. */
        PRESENT,
        /** Nothing goes by it; should that change, the listener is told. */
        ABSENT,
        /** Something goes by it that this proxy rejected. */
        UNUSABLE,
        /** It was not asked for: as many names are held, or not yet answered, as there may be. */
        TOO_MANY
    }

    /** Somebody's interest in a name. */
    interface Held extends AutoCloseable {
        /** Completes when the control plane has answered, however long it is away; on any thread. Never fails. */
        CompletionStage<Answer> answer();

        /** The interest is over. Idempotent. */
        @Override
        void close();
    }

    void start(Listener listener);

    /**
     * Asks for what goes by a name, or finds that it was asked for already; does not block. What it brings stays at least
     * until every interest in it is closed; later it may be taken back, as removals that the listener hears, so that no
     * more than a bounded number of names is followed. That nothing goes by a name is remembered for a time and asked
     * again after.
     *
     * @throws IllegalStateException if this discovery brings everything
     */
    Held hold(MeshName name);

    @Override
    void close();
}
