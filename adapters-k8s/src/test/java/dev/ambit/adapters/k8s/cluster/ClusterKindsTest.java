package dev.ambit.adapters.k8s.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.adapters.k8s.reading.MeshKind;
import dev.ambit.adapters.k8s.translate.ObjectKey;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every kind that means something to the mesh is followed: an object appears, changes and goes. */
@Timeout(60)
class ClusterKindsTest {
    private static final Map<String, String> SPECS = Map.ofEntries(
            Map.entry("Namespace", "{}"),
            Map.entry("Node", "{}"),
            Map.entry("Pod", "{nodeName: node-a}"),
            Map.entry("Service", "{ports: [{port: 80}]}"),
            Map.entry("AuthorizationPolicy", "{action: DENY, rules: [{from: [{source: {namespaces: [a]}}]}]}"),
            Map.entry("PeerAuthentication", "{mtls: {mode: STRICT}}"),
            Map.entry("RequestAuthentication", "{jwtRules: [{issuer: a, jwksUri: 'https://a.example'}]}"),
            Map.entry("Telemetry", "{metrics: [{providers: [{name: prometheus}]}]}"),
            Map.entry("ServiceEntry", "{hosts: [a.example], ports: [{number: 80, name: http}], resolution: NONE}"),
            Map.entry("WorkloadEntry", "{address: 10.1.0.1}"),
            Map.entry("HTTPRoute", "{parentRefs: [{name: a}]}"),
            Map.entry("GRPCRoute", "{parentRefs: [{name: a}]}"),
            Map.entry("TCPRoute", "{parentRefs: [{name: a}], rules: [{backendRefs: [{name: a, port: 80}]}]}"),
            Map.entry(
                    "TLSRoute",
                    "{hostnames: [a.example], parentRefs: [{name: a}], rules: [{backendRefs: [{name: a, port: 80}]}]}"),
            Map.entry(
                    "ReferenceGrant",
                    "{from: [{group: gateway.networking.k8s.io, kind: HTTPRoute, namespace: a}],"
                            + " to: [{group: '', kind: Service}]}"),
            Map.entry("GatewayClass", "{controllerName: example.com/controller}"),
            Map.entry(
                    "Gateway",
                    "{gatewayClassName: istio-waypoint, listeners: [{name: mesh, port: 15008, protocol: HBONE}]}"));

    private final TestCluster cluster = TestCluster.shared();

    /** Outside of any test, because the first start in a JVM takes seconds. */
    @BeforeAll
    static void server() {
        TestCluster.shared().close();
    }

    @AfterEach
    void close() {
        cluster.close();
    }

    private static String object(MeshKind kind, String version) {
        String body = switch (kind.kind()) {
            case "ServiceAccount" -> "";
            case "EndpointSlice" -> "addressType: IPv4\nendpoints: []\nports: []";
            default -> "spec: " + Objects.requireNonNull(SPECS.get(kind.kind()), "a sample of " + kind.kind());
        };
        return """
                apiVersion: %s
                kind: %s
                metadata:
                  name: sample
                  %s
                  labels: {version: %s}
                %s
                """.formatted(
                        // Not served in its newest version by the definitions that are installed here.
                        kind == MeshKind.TCP_ROUTE
                                ? kind.apiVersions().getLast()
                                : kind.apiVersions().getFirst(),
                        kind.kind(),
                        kind.isNamespaced() ? "namespace: kinds" : "annotations: {}",
                        version,
                        body);
    }

    @ParameterizedTest
    @EnumSource(MeshKind.class)
    void anObjectAppearsChangesAndGoes(MeshKind kind) throws InterruptedException {
        var key = new ObjectKey(kind.kind(), kind.isNamespaced() ? "kinds" : "", "sample");
        try (var mirror = new ClusterMirror(cluster.controlPlane(), Set.of(kind), "", "istio-system")) {
            mirror.start();

            cluster.write("sample", object(kind, "one"));
            HasMetadata first =
                    await(mirror, key, found -> hasVersion(found, "one")).orElseThrow();
            cluster.write("sample", object(kind, "two"));
            await(mirror, key, found -> hasVersion(found, "two"));
            cluster.delete("sample");
            await(mirror, key, found -> !hasVersion(found, "two"));

            assertThat(first).isInstanceOf(kind.model());
            assertThat(first.getMetadata().getManagedFields()).isNullOrEmpty();
        }
    }

    private static boolean hasVersion(Optional<HasMetadata> object, String version) {
        return object.map(found -> found.getMetadata().getLabels())
                .filter(labels -> version.equals(labels.get("version")))
                .isPresent();
    }

    private static Optional<HasMetadata> await(
            ClusterMirror mirror, ObjectKey key, Predicate<Optional<HasMetadata>> expected)
            throws InterruptedException {
        while (!expected.test(mirror.objects().object(key))) {
            mirror.awaitNews();
        }
        return mirror.objects().object(key);
    }
}
