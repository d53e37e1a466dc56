package dev.ambit.adapters.k8s.waypoint;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ambit.adapters.k8s.cluster.ClusterConnection;
import dev.ambit.adapters.k8s.cluster.ClusterOptions;
import dev.ambit.adapters.k8s.waypoint.WaypointOptions.Image;
import dev.ambit.adapters.k8s.waypoint.WaypointOptions.Resources;
import dev.ambit.systemtests.cluster.ApiServer;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** A real API server with a namespace per test, and a control plane's connection with exactly the rights that we ship. */
final class TestWaypoints {
    static final WaypointOptions OPTIONS = new WaypointOptions(
            "istio-system",
            "cluster.local",
            "Kubernetes",
            "",
            "cluster.local",
            "",
            "istiod.istio-system.svc:15012",
            new Image("registry.example/waypoint:1", "", List.of()),
            new Resources("100m", "128Mi", "2", "1Gi"));

    private static final ObjectMapper MAPPER = new ObjectMapper();
    private final ApiServer server;
    private final String namespace;

    TestWaypoints(ApiServer server, String namespace) {
        this.server = server;
        this.namespace = namespace;
        server.namespace(namespace);
    }

    /** One of their own for the tests of this package: others expect to see what they wrote alone. */
    static ApiServer server() {
        return Shared.SERVER;
    }

    private static final class Shared {
        private static final ApiServer SERVER = ApiServer.start();
    }

    KubernetesClient admin() {
        return server.admin();
    }

    ClusterConnection controlPlane() {
        grant();
        return connect();
    }

    void grant() {
        server.namespace("istio-system");
        for (String file : List.of("rbac.yaml", "waypoints-rbac.yaml")) {
            try {
                byte[] rights = Files.readAllBytes(Path.of("..", "deploy", "control-plane", file));
                admin().load(new ByteArrayInputStream(rights))
                        .items()
                        .forEach(object ->
                                admin().resource(object).forceConflicts().serverSideApply());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** With whatever rights were granted. */
    ClusterConnection connect() {
        return ClusterConnection.open(
                ClusterOptions.IN_CLUSTER.withKubeconfig(server.kubeconfig(server.token("istio-system", "istiod"))));
    }

    /** Creates or changes an object of the test's namespace; what it does not say stays as somebody else wrote it. */
    void write(String yaml) {
        HasMetadata object = admin().load(new ByteArrayInputStream(yaml.getBytes(UTF_8)))
                .items()
                .getFirst();
        if (object.getMetadata().getNamespace() == null && !object.getKind().equals("GatewayClass")) {
            object.getMetadata().setNamespace(namespace);
        }
        admin().resource(object).forceConflicts().serverSideApply();
    }

    /** A waypoint as {@code istioctl waypoint apply} makes it, with more in its metadata and spec. */
    void waypoint(String name, String metadata, String spec) {
        write(gateway(name, metadata, spec));
    }

    /** What a Gateway refers to by the name "more". */
    void parameters(String data) {
        write("""
                apiVersion: v1
                kind: ConfigMap
                metadata: {name: more}
                data: %s
                """.formatted(data));
    }

    static String gateway(String name, String metadata, String spec) {
        return """
                apiVersion: gateway.networking.k8s.io/v1
                kind: Gateway
                metadata: {name: %s%s}
                spec:
                  %s
                  listeners: [{name: mesh, port: 15008, protocol: HBONE}]
                """.formatted(
                        name,
                        metadata.isEmpty() ? "" : ", " + metadata,
                        spec.contains("gatewayClassName")
                                ? spec
                                : "gatewayClassName: istio-waypoint" + (spec.isEmpty() ? "" : "\n  " + spec));
    }

    /** What Kubernetes would write about the Service's pods. */
    void ready(String service) {
        write("""
                apiVersion: discovery.k8s.io/v1
                kind: EndpointSlice
                metadata:
                  name: %1$s-1
                  labels:
                    kubernetes.io/service-name: %1$s
                    gateway.istio.io/managed: istio.io-mesh-controller
                    gateway.networking.k8s.io/gateway-name: %1$s
                addressType: IPv4
                endpoints: [{addresses: [10.1.0.9], conditions: {ready: true}}]
                ports: [{name: mesh, port: 15008, protocol: TCP}]
                """.formatted(service));
    }

    Resource<GenericKubernetesResource> object(ApiKind kind, String name) {
        var all = admin().genericKubernetesResources(kind.context());
        return kind.namespaced() ? all.inNamespace(namespace).withName(name) : all.withName(name);
    }

    Optional<JsonNode> find(ApiKind kind, String name) {
        return Optional.ofNullable(object(kind, name).get()).map(MAPPER::valueToTree);
    }

    JsonNode get(ApiKind kind, String name) {
        return find(kind, name).orElseThrow();
    }

    /** The object, once it is there and like this. */
    JsonNode await(ApiKind kind, String name, Predicate<JsonNode> expected) {
        return MAPPER.valueToTree(object(kind, name)
                .waitUntilCondition(
                        it -> it != null && expected.test(MAPPER.<JsonNode>valueToTree(it)), 20, TimeUnit.SECONDS));
    }

    void awaitGone(ApiKind kind, String name) {
        object(kind, name).waitUntilCondition(it -> it == null, 20, TimeUnit.SECONDS);
    }

    JsonNode awaitGateway(String name, String type, String status) {
        JsonNode gateway = await(
                ApiKind.GATEWAY,
                name,
                it -> condition(it, type).path("status").asText().equals(status));
        return condition(gateway, type);
    }

    static JsonNode condition(JsonNode object, String type) {
        return object.path("status")
                .path("conditions")
                .valueStream()
                .filter(each -> each.path("type").asText().equals(type))
                .findFirst()
                .orElse(object.path("none"));
    }
}
