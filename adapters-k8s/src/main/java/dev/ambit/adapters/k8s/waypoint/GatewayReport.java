package dev.ambit.adapters.k8s.waypoint;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a Gateway is told: whether it is accepted, whether somebody answers at its addresses, and which these are. Pure.
 *
 * @param addresses empty leaves those that were reported: what was reached there once is not taken away again
 */
record GatewayReport(ReportedCondition accepted, ReportedCondition programmed, List<GatewayObject.Address> addresses) {
    private static final String ACCEPTED = "Accepted";
    private static final String PROGRAMMED = "Programmed";

    GatewayReport {
        addresses = List.copyOf(addresses);
    }

    /** The way into another network. */
    static GatewayReport remote(GatewayObject gateway) {
        return new GatewayReport(
                new ReportedCondition(ACCEPTED, true, ACCEPTED, "accepted"),
                new ReportedCondition(
                        PROGRAMMED, true, PROGRAMMED, "runs in another network; nothing is deployed here"),
                gateway.addresses());
    }

    static GatewayReport refused(WaypointPlan.Refused refused) {
        return new GatewayReport(
                new ReportedCondition(ACCEPTED, false, refused.reason(), refused.message()),
                new ReportedCondition(
                        PROGRAMMED, false, "Invalid", "not accepted; what was deployed before stays as it is"),
                List.of());
    }

    /** Something could not be written. */
    static GatewayReport failed(GatewayObject gateway, String why) {
        return new GatewayReport(
                accepted(gateway), new ReportedCondition(PROGRAMMED, false, "Invalid", why), List.of());
    }

    /** Behind these Services. */
    static GatewayReport behind(GatewayObject gateway, List<ServiceState> services) {
        List<GatewayObject.Address> addresses = services.stream()
                .filter(service -> service.waitsFor().isEmpty())
                .flatMap(service -> service.addresses().stream())
                .distinct()
                .toList();
        List<String> waiting = services.stream()
                .flatMap(service -> service.waitsFor().stream().map(what -> service.host() + ": " + what))
                .toList();
        List<String> hosts = services.stream().map(ServiceState::host).toList();
        ReportedCondition programmed;
        if (services.isEmpty()) {
            programmed = new ReportedCondition(
                    PROGRAMMED, false, "UnsupportedAddress", "none of its addresses is of type Hostname");
        } else if (waiting.isEmpty()) {
            programmed = new ReportedCondition(
                    PROGRAMMED, true, PROGRAMMED, "programmed, assigned to service(s) " + String.join(", ", hosts));
        } else {
            programmed = new ReportedCondition(PROGRAMMED, false, "AddressNotAssigned", String.join("; ", waiting));
        }
        return new GatewayReport(accepted(gateway), programmed, addresses);
    }

    private static ReportedCondition accepted(GatewayObject gateway) {
        boolean sound = gateway.listeners().stream().allMatch(GatewayObject.Listener::isMesh);
        return sound
                ? new ReportedCondition(ACCEPTED, true, ACCEPTED, "accepted")
                : new ReportedCondition(
                        ACCEPTED, true, "ListenersNotValid", "accepted, but not every listener is valid");
    }

    /** What has to be sent to the Gateway's status; empty if it says all this. */
    Optional<ObjectNode> patch(GatewayObject gateway, boolean waypoint, Instant now) {
        JsonNode before = gateway.status();
        ObjectNode status = JsonNodeFactory.instance.objectNode();
        status.set(
                "conditions",
                ReportedCondition.into(
                        before.path("conditions"), List.of(accepted, programmed), gateway.generation(), now));
        status.set("listeners", listeners(gateway, waypoint, now));
        if (!addresses.isEmpty()) {
            ArrayNode written = status.putArray("addresses");
            addresses.forEach(address -> written.addObject()
                    .put("type", address.isHostname() ? "Hostname" : "IPAddress")
                    .put("value", address.value()));
        }
        boolean same = status.propertyStream()
                .allMatch(field -> ReportedCondition.same(field.getValue(), before.path(field.getKey()))
                        || (field.getValue().isEmpty()
                                && before.path(field.getKey()).isMissingNode()));
        if (same) {
            return Optional.empty();
        }
        ObjectNode patch = JsonNodeFactory.instance.objectNode();
        // Whoever changed it since we looked goes first: the API server refuses, and we look again.
        patch.putObject("metadata").put("uid", gateway.uid()).put("resourceVersion", gateway.resourceVersion());
        patch.set("status", status);
        return Optional.of(patch);
    }

    private ArrayNode listeners(GatewayObject gateway, boolean waypoint, Instant now) {
        Map<String, JsonNode> before = new HashMap<>();
        gateway.status()
                .path("listeners")
                .forEach(each -> before.put(each.path("name").asText(), each));
        ArrayNode listeners = JsonNodeFactory.instance.arrayNode();
        Set<String> seen = new HashSet<>();
        for (GatewayObject.Listener listener : waypoint ? gateway.listeners() : List.<GatewayObject.Listener>of()) {
            if (seen.add(listener.name())) {
                JsonNode old = before.getOrDefault(listener.name(), JsonNodeFactory.instance.objectNode());
                ObjectNode written = listeners.addObject();
                written.put("name", listener.name())
                        .put("attachedRoutes", old.path("attachedRoutes").asInt())
                        .set(
                                "conditions",
                                ReportedCondition.into(
                                        old.path("conditions"), conditions(listener), gateway.generation(), now));
                written.set(
                        "supportedKinds",
                        old.path("supportedKinds").isArray()
                                ? old.path("supportedKinds")
                                : JsonNodeFactory.instance.arrayNode());
            }
        }
        return listeners;
    }

    private List<ReportedCondition> conditions(GatewayObject.Listener listener) {
        boolean sound = listener.isMesh() && accepted.met();
        return List.of(
                listener.isMesh()
                        ? new ReportedCondition(ACCEPTED, true, ACCEPTED, "")
                        : new ReportedCondition(
                                ACCEPTED,
                                false,
                                "UnsupportedProtocol",
                                "a waypoint has one listener, on port 15008 with protocol HBONE"),
                new ReportedCondition(PROGRAMMED, sound, sound ? PROGRAMMED : "Invalid", ""),
                new ReportedCondition("Conflicted", false, "NoConflicts", ""),
                new ReportedCondition("ResolvedRefs", true, "ResolvedRefs", ""));
    }
}
