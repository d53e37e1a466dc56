package dev.ambit.adapters.k8s.waypoint;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** What is to become of a Gateway. */
sealed interface WaypointPlan {
    /** Somebody else's: nothing is written to it. */
    record Foreign(Whose whose) implements WaypointPlan {}

    /** Whose a Gateway is that is not ours. */
    enum Whose {
        /** Its class is not one of ours; what we deployed while it was goes. */
        OTHER_CLASS,
        /** There is no such class now. It may come back: what is deployed stays. */
        UNKNOWN_CLASS,
        /** Another revision of the control plane keeps it, and what is deployed for it. */
        OTHER_REVISION,
        /** A later version of Istio's controller keeps it, and what is deployed for it. */
        NEWER_VERSION
    }

    /** The way into another network, which runs there: its addresses are what its author says. */
    record Remote() implements WaypointPlan {}

    /** Its author says which Services it is behind: nothing is deployed. */
    record Pointed(List<String> hosts) implements WaypointPlan {
        public Pointed {
            hosts = List.copyOf(hosts);
        }
    }

    /** Not deployed, and what was deployed for it stays as it is, because of what its author wrote. */
    record Refused(String reason, String message) implements WaypointPlan {}

    /**
     * Deployed.
     *
     * @param objects complete, as they are to be applied, each with its kind
     * @param service name of the Service
     */
    record Deployed(List<Wanted> objects, String service) implements WaypointPlan {
        public Deployed {
            objects = List.copyOf(objects);
        }
    }

    /** An object that should be there. Nobody changes the tree. */
    record Wanted(DeployedKind kind, ObjectNode object) {
        String name() {
            return object.path("metadata").path("name").asText();
        }
    }
}
