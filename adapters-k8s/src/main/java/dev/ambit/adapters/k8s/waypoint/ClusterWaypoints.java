package dev.ambit.adapters.k8s.waypoint;

import dev.ambit.adapters.k8s.cluster.ClusterConnection;
import dev.ambit.adapters.k8s.cluster.InstalledKinds;
import dev.ambit.adapters.k8s.cluster.LeaseLeadership;
import dev.ambit.adapters.k8s.reading.MeshKind;
import dev.ambit.ports.telemetry.Meter;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Deploys a waypoint for each Gateway of its class while this process leads, and tells the Gateway what became of it. Where
 * the Gateway API is not installed it waits until it is.
 */
public final class ClusterWaypoints implements LeaseLeadership.Listener, AutoCloseable {
    private static final Set<MeshKind> KINDS = EnumSet.of(MeshKind.GATEWAY, MeshKind.GATEWAY_CLASS);

    private final ClusterConnection connection;
    private final WaypointOptions options;
    private final Meter meter;
    private final InstantSource clock;
    private final Set<MeshKind> served = EnumSet.noneOf(MeshKind.class);
    private @Nullable InstalledKinds installed;
    private @Nullable WaypointSession session;

    /** Does not close the connection. Does nothing before {@link #leads}. */
    public ClusterWaypoints(ClusterConnection connection, WaypointOptions options, Meter meter, InstantSource clock) {
        this.connection = connection;
        this.options = options;
        this.meter = meter;
        this.clock = clock;
    }

    @Override
    public synchronized void leads() {
        if (installed == null) {
            var kinds = new InstalledKinds(connection, KINDS, new Installations());
            installed = kinds;
            kinds.start();
        }
    }

    private final class Installations implements InstalledKinds.Listener {
        @Override
        public void installed(MeshKind kind, String apiVersion) {
            if (apiVersion.equals(ApiKind.GATEWAY.apiVersion())) {
                serve(kind);
            }
        }

        @Override
        public void removed(MeshKind kind) {
            serveNoMore(kind);
        }

        @Override
        public void complete() {
            // What is not there now may come later.
        }
    }

    private synchronized void serve(MeshKind kind) {
        served.add(kind);
        if (served.equals(KINDS) && session == null && installed != null) {
            session = new WaypointSession(connection.client(), options, meter, clock);
        }
    }

    private void serveNoMore(MeshKind kind) {
        @Nullable WaypointSession ended;
        synchronized (this) {
            served.remove(kind);
            ended = session;
            session = null;
        }
        if (ended != null) {
            ended.close();
        }
    }

    @Override
    public void leadsNoMore() {
        @Nullable WaypointSession ended;
        synchronized (this) {
            if (installed != null) {
                installed.close();
                installed = null;
            }
            served.clear();
            ended = session;
            session = null;
        }
        if (ended != null) {
            ended.close();
        }
    }

    @Override
    public void close() {
        leadsNoMore();
    }
}
