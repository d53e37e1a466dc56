package dev.ambit.ports.discovery;

import dev.ambit.domain.view.MeshChange;
import java.util.List;

/** The control plane's current resources and their changes, for whoever serves them to proxies. */
public interface MeshFeed {

    /** Called one at a time; must not block. */
    @FunctionalInterface
    interface Listener {
        void changed(List<MeshChange> changes);
    }

    /**
     * Adds a listener. It hears everything there is first, in one call, then every change in order. The first call comes
     * before this returns; if the configuration has not been read yet, it comes once that is read, even if there is nothing in
     * it. Closing the subscription ends it.
     */
    Subscription subscribe(Listener listener);

    /** A listener's place in the feed. */
    interface Subscription extends AutoCloseable {
        @Override
        void close();
    }
}
