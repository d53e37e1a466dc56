package dev.ambit.adapters.k8s.waypoint;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ambit.adapters.k8s.cluster.ClusterConnection;
import dev.ambit.ports.telemetry.Counter;
import dev.ambit.ports.telemetry.RecordingTelemetry;
import dev.ambit.systemtests.cluster.ApiServer;
import java.time.Clock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Waypoints of an API server that lacks the Gateway API, refuses, and goes away for a while. One server, in one story. */
@Timeout(120)
class ClusterWaypointsFailureTest {
    private static final ApiKind DEPLOYMENT = DeployedKind.DEPLOYMENT.api();

    private final RecordingTelemetry telemetry = new RecordingTelemetry();

    @Test
    void whatIsMissingAtFirstIsMadeUpForWhenItComes() {
        try (ApiServer server = ApiServer.start()) {
            var cluster = new TestWaypoints(server, "shop");
            server.namespace("istio-system");
            try (ClusterConnection connection = cluster.connect();
                    var waypoints =
                            new ClusterWaypoints(connection, TestWaypoints.OPTIONS, telemetry, Clock.systemUTC())) {
                waypoints.leads();
                server.installCrds("gateway.networking.k8s.io");
                cluster.waypoint("early", "", "");
                JsonNode untouched = cluster.get(ApiKind.GATEWAY, "early");

                cluster.grant();
                cluster.await(DEPLOYMENT, "early", _ -> true);
                cluster.awaitGateway("early", "Programmed", "False");

                server.stopServer();
                server.startAgain();
                server.compact();
                cluster.waypoint("late", "", "");
                cluster.await(DEPLOYMENT, "late", _ -> true);
                cluster.object(ApiKind.SERVICE, "early").delete();
                cluster.await(ApiKind.SERVICE, "early", _ -> true);
                cluster.waypoint("odd", "annotations: {gateway.istio.io/name-override: a.b}", "");
                cluster.awaitGateway("odd", "Accepted", "False");
                waypoints.leadsNoMore();

                assertThat(telemetry.counted(Counter.WAYPOINT_DEPLOYMENTS, "deployed"))
                        .isGreaterThanOrEqualTo(2);
                assertThat(telemetry.counted(Counter.WAYPOINT_DEPLOYMENTS, "refused"))
                        .isEqualTo(1);
                assertThat(TestWaypoints.condition(untouched, "Accepted")
                                .path("reason")
                                .asText())
                        .isEqualTo("Pending");
            }
        }
    }
}
