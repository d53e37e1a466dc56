package dev.ambit.adapters.k8s.cluster;

import dev.ambit.adapters.k8s.reading.MeshKind;
import dev.ambit.adapters.k8s.translate.ObjectKey;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** One object of every kind that means something to the mesh. */
final class Samples {
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

    private Samples() {}

    static ObjectKey key(MeshKind kind) {
        return new ObjectKey(kind.kind(), kind.isNamespaced() ? "kinds" : "", "sample");
    }

    /** An object of the kind with a label that says which version of it this is. */
    static String of(MeshKind kind, String version) {
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

    static boolean hasVersion(Optional<HasMetadata> object, String version) {
        return object.map(found -> found.getMetadata().getLabels())
                .filter(labels -> version.equals(labels.get("version")))
                .isPresent();
    }
}
