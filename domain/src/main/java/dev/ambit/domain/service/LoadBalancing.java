package dev.ambit.domain.service;

import java.util.List;

/** Which endpoints of a service may be chosen, and in what order of preference (istio.workload.LoadBalancing). */
public record LoadBalancing(List<Scope> routingPreference, Mode mode, HealthPolicy healthPolicy) {

    public static final LoadBalancing STANDARD = new LoadBalancing(List.of(), Mode.STANDARD, HealthPolicy.ONLY_HEALTHY);

    public LoadBalancing {
        routingPreference = List.copyOf(routingPreference);
    }

    /** An attribute in which caller and endpoint may agree. */
    public enum Scope {
        REGION,
        ZONE,
        SUBZONE,
        NODE,
        CLUSTER,
        NETWORK
    }

    /** What the preferences mean. */
    public enum Mode {
        /** Every endpoint may be chosen. */
        STANDARD,
        /** Only endpoints that agree in every preference. */
        STRICT,
        /** Those that agree in the most leading preferences. */
        FAILOVER,
        /** No endpoint is chosen: traffic goes to the address the caller used. */
        PASSTHROUGH
    }

    /** Whether unready endpoints count. */
    public enum HealthPolicy {
        ONLY_HEALTHY,
        ALLOW_ALL
    }
}
