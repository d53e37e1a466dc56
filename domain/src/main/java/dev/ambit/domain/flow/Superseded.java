package dev.ambit.domain.flow;

import dev.ambit.domain.address.NamespacedHostname;
import dev.ambit.domain.address.NetworkAddress;
import dev.ambit.domain.identity.SpiffeId;
import dev.ambit.domain.workload.GatewayReference;
import dev.ambit.domain.workload.WorkloadUid;
import java.util.Set;

/**
 * A connection that was carried as it should have been, and now would be carried otherwise. It failed nobody, so it
 * has no flag (as one that was drained).
 */
public sealed interface Superseded extends RefusalReason {
    @Override
    default ResponseFlag flag() {
        return ResponseFlag.NONE;
    }

    @Override
    default int hboneStatus() {
        return 503;
    }

    /** A waypoint was attached, replaced or removed. */
    record WaypointChanged(NetworkAddress dialled, Set<GatewayReference> before, Set<GatewayReference> now)
            implements Superseded {
        public WaypointChanged {
            before = Set.copyOf(before);
            now = Set.copyOf(now);
        }

        @Override
        public RefusalWord word() {
            return RefusalWord.WAYPOINT_CHANGED;
        }

        @Override
        public String message() {
            String what = before.isEmpty() ? "attached: " + now : now.isEmpty() ? "removed: " + before : "now: " + now;
            return "connection closed due to waypoint change of " + dialled.ip() + ", waypoint " + what;
        }
    }

    /** One end of a tunnel has another identity than the one that was proven. */
    record IdentityChanged(WorkloadUid workload, SpiffeId before, SpiffeId now) implements Superseded {
        @Override
        public RefusalWord word() {
            return RefusalWord.IDENTITY_CHANGED;
        }

        @Override
        public String message() {
            return "connection closed due to identity change of " + workload + " from " + before + " to " + now;
        }
    }

    /** A service no longer declares an identity that its endpoints were allowed to present. */
    record IdentityWithdrawn(NamespacedHostname service) implements Superseded {
        @Override
        public RefusalWord word() {
            return RefusalWord.IDENTITY_CHANGED;
        }

        @Override
        public String message() {
            return "connection closed due to identity change: service " + service
                    + " no longer declares one that its endpoints could present";
        }
    }

    /** The destination of a plaintext connection has joined the mesh: by a tunnel its policies see who calls. */
    record JoinedMesh(WorkloadUid workload) implements Superseded {
        @Override
        public RefusalWord word() {
            return RefusalWord.JOINED_MESH;
        }

        @Override
        public String message() {
            return "connection closed because its destination joined the mesh: " + workload;
        }
    }
}
