package dev.ambit.services.ztunnel.mesh;

import dev.ambit.domain.view.MeshChange;
import dev.ambit.domain.view.MeshView;
import dev.ambit.ports.discovery.MeshDiscovery;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where the picture of the mesh comes from: what the operator wrote, the control plane, or both. Without a control plane
 * the operator's picture is all there is, and complete at once.
 */
public final class MeshSources implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(MeshSources.class);

    private final Optional<List<MeshChange>> local;
    private final Optional<MeshDiscovery> discovery;

    public MeshSources(Optional<List<MeshChange>> local, Optional<MeshDiscovery> discovery) {
        this.local = local;
        this.discovery = discovery;
    }

    /** The control plane's end; empty if there is none. */
    public Optional<MeshDiscovery> discovery() {
        return discovery;
    }

    /** The operator's picture alone. */
    public MeshView local() {
        return MeshView.EMPTY.apply(local.orElse(List.of()));
    }

    /** Tells the listener the operator's picture, then whatever the control plane says, which may replace parts of it. */
    public void start(MeshDiscovery.Listener listener) {
        local.filter(changes -> !changes.isEmpty()).ifPresent(listener::changed);
        if (discovery.isPresent()) {
            discovery.get().start(listener);
            return;
        }
        if (local.isEmpty()) {
            LOG.warn(
                    "no control plane and no local configuration: nothing is known of the mesh, not even this node's pods"
                            + "\tway_out=\"set XDS_ADDRESS, LOCAL_XDS_PATH or LOCAL_XDS\"");
        }
        listener.synced();
    }

    @Override
    public void close() {
        discovery.ifPresent(MeshDiscovery::close);
    }
}
