package dev.ambit.ports.discovery;

import dev.ambit.domain.view.MeshChange;
import java.util.List;

/**
 * The proxy's end of discovery: keeps a stream to the control plane, for ever, with back-off from 10 ms to 15 s. While
 * it is away, what was received stays in force.
 */
public interface MeshDiscovery extends AutoCloseable {

    /** Called one at a time, in the order in which the control plane sent. */
    interface Listener {
        /** Good resources of one push; bad ones were rejected one by one and are not in it. Must not block. */
        void changed(List<MeshChange> changes);

        /** Every kind of resource has arrived once. Called once. */
        void synced();

        /** Every name the control plane still has, after a reconnect, is known; connection came up or went. */
        void connected(boolean up, String why);
    }

    void start(Listener listener);

    @Override
    void close();
}
