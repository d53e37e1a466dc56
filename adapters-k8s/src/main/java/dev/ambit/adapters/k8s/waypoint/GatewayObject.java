package dev.ambit.adapters.k8s.waypoint;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A Gateway as the API server has it, read where its deployment asks. */
record GatewayObject(JsonNode json) {
    static final String NAME_OVERRIDE = "gateway.istio.io/name-override";
    static final String SERVICE_ACCOUNT = "gateway.istio.io/service-account";
    static final String CONTROLLER_VERSION = "gateway.istio.io/controller-version";
    static final String SERVICE_TYPE = "networking.istio.io/service-type";

    /** A listener, as far as somebody deploys for it. */
    record Listener(String name, int port, String protocol) {
        boolean isMesh() {
            return port == 15008 && protocol.equals("HBONE");
        }
    }

    /** Where the gateway is, according to its author. */
    record Address(boolean isHostname, String value) {}

    /** What has further parameters: a ConfigMap of the same namespace, if it is of a kind that is known. */
    record Parameters(String group, String kind, String name) {
        boolean isConfigMap() {
            return group.isEmpty() && kind.equals("ConfigMap");
        }
    }

    GatewayKey key() {
        return new GatewayKey(namespace(), name());
    }

    String namespace() {
        return metadata("namespace");
    }

    String name() {
        return metadata("name");
    }

    String uid() {
        return metadata("uid");
    }

    long generation() {
        return json.path("metadata").path("generation").asLong();
    }

    String resourceVersion() {
        return metadata("resourceVersion");
    }

    private String metadata(String field) {
        return json.path("metadata").path(field).asText();
    }

    boolean isGoing() {
        return !metadata("deletionTimestamp").isEmpty();
    }

    String className() {
        return json.path("spec").path("gatewayClassName").asText();
    }

    Map<String, String> labels() {
        return texts(json.path("metadata").path("labels"));
    }

    Map<String, String> annotations() {
        return texts(json.path("metadata").path("annotations"));
    }

    /** An annotation's text; empty if there is none. */
    String annotation(String name) {
        return json.path("metadata").path("annotations").path(name).asText();
    }

    /** Labels for what is deployed; empty if the author wrote no such field, which is something else than no labels. */
    Optional<Map<String, String>> infrastructureLabels() {
        return infrastructure("labels");
    }

    /** The same for annotations. */
    Optional<Map<String, String>> infrastructureAnnotations() {
        return infrastructure("annotations");
    }

    private Optional<Map<String, String>> infrastructure(String field) {
        JsonNode found = json.path("spec").path("infrastructure").path(field);
        return found.isObject() ? Optional.of(texts(found)) : Optional.empty();
    }

    Optional<Parameters> parameters() {
        JsonNode found = json.path("spec").path("infrastructure").path("parametersRef");
        return found.isObject()
                ? Optional.of(new Parameters(
                        found.path("group").asText(),
                        found.path("kind").asText(),
                        found.path("name").asText()))
                : Optional.empty();
    }

    List<Address> addresses() {
        return json.path("spec")
                .path("addresses")
                .valueStream()
                .map(each -> new Address(
                        each.path("type").asText("IPAddress").equals("Hostname"),
                        each.path("value").asText()))
                .toList();
    }

    List<Listener> listeners() {
        return json.path("spec")
                .path("listeners")
                .valueStream()
                .map(each -> new Listener(
                        each.path("name").asText(),
                        each.path("port").asInt(),
                        each.path("protocol").asText()))
                .toList();
    }

    JsonNode status() {
        return json.path("status");
    }

    static Map<String, String> texts(JsonNode object) {
        Map<String, String> texts = new TreeMap<>();
        object.propertyStream()
                .forEach(entry -> texts.put(entry.getKey(), entry.getValue().asText()));
        return texts;
    }
}
