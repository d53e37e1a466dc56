package dev.ambit.adapters.k8s.waypoint;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ambit.adapters.k8s.manifests.YamlObject;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GatewayReportTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final String HOST = "shield.shop.svc.cluster.local";

    private static ObjectNode yaml(String text) {
        return YamlObject.ours(text).getFirst();
    }

    private static GatewayObject gateway(String listeners, String status) {
        return new GatewayObject(yaml("""
                metadata: {namespace: shop, name: shield, uid: abc, generation: 3, resourceVersion: "7"}
                spec: {gatewayClassName: istio-waypoint, listeners: %s}
                status: %s
                """.formatted(listeners, status)));
    }

    private static GatewayObject gateway() {
        return gateway("[{name: mesh, port: 15008, protocol: HBONE}]", "{}");
    }

    private static ServiceState state(String service, String... endpoints) {
        return ServiceState.of(
                HOST,
                Optional.of(service).filter(text -> !text.isEmpty()).map(GatewayReportTest::yaml),
                Stream.of(endpoints).map(GatewayReportTest::yaml));
    }

    @ParameterizedTest(name = "{0} with {1}: {2}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "~~ | {endpoints: [{}]} | no such Service",
                "{spec: {clusterIPs: [10.0.0.1]}} | {} | none of its pods is ready",
                "{spec: {clusterIPs: [10.0.0.1]}} | {endpoints: [{conditions: {ready: false}}]} | none of its pods is ready",
                "{spec: {type: LoadBalancer, clusterIPs: [10.0.0.1]}} | {endpoints: [{}]} | no address yet",
            })
    void whatIsMissingIsSaid(String service, String slice, String waitsFor) {
        ServiceState state = state(service == null ? "" : service, slice);

        GatewayReport report = GatewayReport.behind(gateway(), List.of(state));

        assertThat(state.waitsFor()).hasValueSatisfying(what -> assertThat(what).contains(waitsFor));
        assertThat(report.programmed().met()).isFalse();
        assertThat(report.programmed().reason()).isEqualTo("AddressNotAssigned");
        assertThat(report.addresses()).isEmpty();
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{spec: {clusterIPs: [10.0.0.1, 'fd00::1']}} | 10.0.0.1,fd00::1," + HOST,
                "{spec: {clusterIPs: [None]}} | " + HOST,
                "{spec: {type: LoadBalancer}, status: {loadBalancer: {ingress: [{ip: 192.0.2.1}]}}} | 192.0.2.1",
                "{spec: {type: LoadBalancer}, status: {loadBalancer: {ingress: [{hostname: lb.example}]}}} | lb.example",
            })
    void addressesAreThoseOfTheService(String service, String addresses) {
        GatewayReport report = GatewayReport.behind(gateway(), List.of(state(service, "{endpoints: [{}]}")));

        assertThat(report.programmed().met()).isTrue();
        assertThat(report.addresses())
                .extracting(GatewayObject.Address::value)
                .containsExactly(addresses.split(",", -1));
    }

    @Test
    void whatIsSaidAlreadyIsNotSaidAgainAndOthersConditionsStay() {
        GatewayReport report = GatewayReport.behind(
                gateway(), List.of(state("{spec: {clusterIPs: [10.0.0.1]}}", "{endpoints: [{}]}")));
        String theirs =
                "{conditions: [{type: Theirs, status: 'True', reason: x, lastTransitionTime: '2020-01-01T00:00:00Z'}]}";
        JsonNode first = report.patch(gateway("[{name: mesh, port: 15008, protocol: HBONE}]", theirs), true, NOW)
                .orElseThrow();

        GatewayObject after = gateway(
                "[{name: mesh, port: 15008, protocol: HBONE}]",
                first.path("status").toString());

        assertThat(report.patch(after, true, NOW.plusSeconds(60))).isEmpty();
        assertThat(first.at("/status/conditions/0/type").asText()).isEqualTo("Theirs");
        assertThat(first.path("metadata")).isEqualTo(yaml("{uid: abc, resourceVersion: '7'}"));
    }

    @Test
    void addressesOnceReportedStayWhenNoPodIsReadyForAWhile() {
        GatewayReport report = GatewayReport.behind(gateway(), List.of(state("{spec: {clusterIPs: [10.0.0.1]}}")));

        JsonNode patch = report.patch(gateway(), true, NOW).orElseThrow();

        assertThat(patch.path("status").has("addresses")).isFalse();
    }

    @Test
    void listenersThatAWaypointDoesNotHaveAreSaidToBeInvalid() {
        GatewayObject gateway = gateway(
                "[{name: mesh, port: 15008, protocol: HBONE}, {name: web, port: 80, protocol: HTTP}]",
                "{listeners: [{name: gone, attachedRoutes: 1}, {name: mesh, attachedRoutes: 4}]}");
        GatewayReport report =
                GatewayReport.behind(gateway, List.of(state("{spec: {clusterIPs: [10.0.0.1]}}", "{endpoints: [{}]}")));

        JsonNode status = report.patch(gateway, true, NOW).orElseThrow().path("status");

        assertThat(report.accepted().met()).isTrue();
        assertThat(report.accepted().reason()).isEqualTo("ListenersNotValid");
        assertThat(status.path("listeners")).hasSize(2);
        assertThat(status.at("/listeners/0/attachedRoutes").asInt()).isEqualTo(4);
        assertThat(status.at("/listeners/0/conditions/0/status").asText()).isEqualTo("True");
        assertThat(status.at("/listeners/1/conditions/0/reason").asText()).isEqualTo("UnsupportedProtocol");
    }

    @Test
    void refusalsSayWhyAndAreBounded() {
        GatewayReport report = GatewayReport.refused(new WaypointPlan.Refused("InvalidParameters", "x".repeat(10_000)));

        assertThat(report.accepted().met()).isFalse();
        assertThat(report.accepted().message()).hasSize(2_000);
        assertThat(report.programmed().met()).isFalse();
    }

    @Test
    void aConditionKeepsItsTimeUntilItTurns() {
        JsonNode before =
                yaml("{c: [{type: A, status: 'True', reason: x, lastTransitionTime: '2020-01-01T00:00:00Z'}]}")
                        .path("c");
        var same = new ReportedCondition("A", true, "y", "");
        var turned = new ReportedCondition("A", false, "y", "");

        assertThat(ReportedCondition.into(before, List.of(same), 1, NOW)
                        .at("/0/lastTransitionTime")
                        .asText())
                .isEqualTo("2020-01-01T00:00:00Z");
        assertThat(ReportedCondition.into(before, List.of(turned), 1, NOW)
                        .at("/0/lastTransitionTime")
                        .asText())
                .isEqualTo("2026-01-01T00:00:00Z");
    }
}
