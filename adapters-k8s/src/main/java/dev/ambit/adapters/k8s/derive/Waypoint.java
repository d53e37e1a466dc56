package dev.ambit.adapters.k8s.derive;

import dev.ambit.adapters.k8s.translate.GatewayFacts.Attachment;
import dev.ambit.domain.workload.ApplicationTunnel;
import dev.ambit.domain.workload.GatewayReference;
import java.util.Map;

/**
 * A gateway that something may be put behind.
 *
 * @param tunnel what its own pods speak, if not HBONE
 */
record Waypoint(
        String namespace,
        String name,
        GatewayReference address,
        String traffic,
        Attachment attachment,
        ApplicationTunnel tunnel) {

    /** What goes through a waypoint. */
    enum Traffic {
        SERVICE,
        WORKLOAD;

        /** Whether a waypoint with this label takes it. */
        boolean isIn(String waypointFor) {
            return waypointFor.equals("all")
                    || waypointFor.equals(
                            switch (this) {
                                case SERVICE -> "service";
                                case WORKLOAD -> "workload";
                            });
        }
    }

    boolean takes(Traffic kind) {
        return kind.isIn(traffic);
    }

    boolean admits(String other, Map<String, String> labels) {
        return switch (attachment) {
            case Attachment.All _ -> true;
            case Attachment.Same _ -> namespace.equals(other);
            case Attachment.Selected selected -> selected.selector().selects(labels);
            case Attachment.Nobody _ -> false;
        };
    }

    @Override
    public String toString() {
        return namespace + "/" + name;
    }
}
