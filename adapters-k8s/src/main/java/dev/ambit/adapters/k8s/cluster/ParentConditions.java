package dev.ambit.adapters.k8s.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ambit.adapters.k8s.translate.RouteFacts.Parent;

/** How a route's status names what the route is attached to, and who says it. */
final class ParentConditions {
    /** istiod's, whose words on routes in the mesh these take the place of. */
    static final String CONTROLLER = "istio.io/gateway-controller";

    private ParentConditions() {}

    /** As in the route's own {@code parentRefs}: what is not written there is not written here. */
    static ObjectNode reference(Parent parent) {
        ObjectNode reference = JsonNodeFactory.instance.objectNode();
        reference.put("group", parent.group()).put("kind", parent.kind());
        if (!parent.namespace().isEmpty()) {
            reference.put("namespace", parent.namespace());
        }
        reference.put("name", parent.name());
        if (!parent.section().isEmpty()) {
            reference.put("sectionName", parent.section());
        }
        return parent.port() == 0 ? reference : reference.put("port", parent.port());
    }

    static boolean isOurs(JsonNode entry) {
        return entry.path("controllerName").asText().equals(CONTROLLER);
    }

    /** Whether an entry of the status is about this parent. */
    static boolean isAbout(JsonNode entry, Parent parent) {
        JsonNode written = entry.path("parentRef");
        return written.path("group").asText("gateway.networking.k8s.io").equals(parent.group())
                && written.path("kind").asText("Gateway").equals(parent.kind())
                && written.path("namespace").asText().equals(parent.namespace())
                && written.path("name").asText().equals(parent.name())
                && written.path("sectionName").asText().equals(parent.section())
                && written.path("port").asInt() == parent.port();
    }
}
