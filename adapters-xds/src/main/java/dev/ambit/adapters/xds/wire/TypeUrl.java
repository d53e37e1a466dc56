package dev.ambit.adapters.xds.wire;

/** The type URLs by which the mesh's resources are asked for. */
public final class TypeUrl {
    private static final String PREFIX = "type.googleapis.com/";

    /** Workloads and services. */
    public static final String ADDRESS = PREFIX + "istio.workload.Address";

    /** Workloads alone. */
    public static final String WORKLOAD = PREFIX + "istio.workload.Workload";

    /** Layer-4 policies. */
    public static final String AUTHORIZATION = PREFIX + "istio.security.Authorization";

    /** What istiod's metrics call a type; everything that is none of the mesh's has one name. */
    public static String metric(String typeUrl) {
        return switch (typeUrl) {
            case ADDRESS, WORKLOAD -> "wds";
            case AUTHORIZATION -> "wads";
            default -> "unknown";
        };
    }

    private TypeUrl() {}
}
