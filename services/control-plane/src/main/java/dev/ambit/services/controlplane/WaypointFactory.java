package dev.ambit.services.controlplane;

import dev.ambit.adapters.k8s.cluster.ClusterConnection;
import dev.ambit.adapters.k8s.waypoint.ClusterWaypoints;
import dev.ambit.adapters.telemetry.PrometheusTelemetry;
import io.micronaut.context.annotation.Bean;
import io.micronaut.context.annotation.Factory;
import io.micronaut.context.annotation.Requires;
import jakarta.inject.Singleton;
import java.time.Clock;

/** Waypoints are deployed by whoever leads. */
@Factory
final class WaypointFactory {

    /** Made only if something asks for it; works while {@link MeshFactory#leadership} says so. */
    @Singleton
    @Bean(preDestroy = "close")
    @Requires(property = "control-plane.waypoints.enabled", value = "true")
    ClusterWaypoints waypoints(
            ClusterConnection cluster, WaypointConfig config, MeshConfig mesh, PrometheusTelemetry telemetry) {
        return new ClusterWaypoints(cluster, config.options(mesh), telemetry, Clock.systemUTC());
    }
}
