package dev.ambit.adapters.k8s.cluster;

import dev.ambit.adapters.k8s.reading.MeshKind;
import dev.ambit.adapters.k8s.translate.AllocatedAddress;
import dev.ambit.adapters.k8s.translate.ObjectCondition;
import dev.ambit.adapters.k8s.translate.ObjectKey;
import java.util.List;
import java.util.Set;

/**
 * What an object's status has to say, by us. Of our types, what is not among the conditions must not be there.
 *
 * @param conditions those that must be there
 * @param allocated addresses that a ServiceEntry got; none to leave those that are there
 */
record WantedStatus(
        MeshKind kind, ObjectKey object, List<ObjectCondition> conditions, List<AllocatedAddress> allocated) {
    /** What is wrong with an object for which Istio has no condition; not there while nothing is. */
    static final String PROBLEMS = "ambit.dev/Accepted";

    WantedStatus {
        conditions = List.copyOf(conditions);
        allocated = List.copyOf(allocated);
    }

    WantedStatus(MeshKind kind, ObjectKey object, List<ObjectCondition> conditions) {
        this(kind, object, conditions, List.of());
    }

    /** Whether the kind is one about whose objects something is written. */
    static boolean isFor(MeshKind kind) {
        return !types(kind).isEmpty();
    }

    /** Whether a condition of this type is ours to write. */
    boolean isOurs(String type) {
        return types(kind).contains(type);
    }

    /** Whether what is wrong with objects of the kind has a condition of its own, {@link #PROBLEMS}. */
    static boolean reportsProblems(MeshKind kind) {
        return types(kind).contains(PROBLEMS);
    }

    private static Set<String> types(MeshKind kind) {
        return switch (kind) {
            case AUTHORIZATION_POLICY -> Set.of("ZtunnelAccepted", "WaypointAccepted");
            case PEER_AUTHENTICATION -> Set.of("ZtunnelAccepted");
            case SERVICE, WORKLOAD_ENTRY -> Set.of("istio.io/WaypointBound", PROBLEMS);
            case SERVICE_ENTRY ->
                Set.of("istio.io/WaypointBound", "istio.io/WaypointMissing", "istio.io/VisibilityApplied", PROBLEMS);
            case HTTP_ROUTE, GRPC_ROUTE, TCP_ROUTE, TLS_ROUTE -> Set.of("Accepted", "ResolvedRefs");
            case REQUEST_AUTHENTICATION, TELEMETRY -> Set.of("ZtunnelAccepted", "WaypointAccepted", PROBLEMS);
            case NAMESPACE, NODE, POD, SERVICE_ACCOUNT, ENDPOINT_SLICE, GATEWAY, GATEWAY_CLASS, REFERENCE_GRANT ->
                Set.of();
        };
    }
}
