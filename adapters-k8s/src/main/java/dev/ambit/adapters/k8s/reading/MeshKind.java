package dev.ambit.adapters.k8s.reading;

import io.fabric8.istio.api.networking.v1.ServiceEntry;
import io.fabric8.istio.api.networking.v1.WorkloadEntry;
import io.fabric8.istio.api.security.v1.AuthorizationPolicy;
import io.fabric8.istio.api.security.v1.PeerAuthentication;
import io.fabric8.istio.api.security.v1.RequestAuthentication;
import io.fabric8.istio.api.telemetry.v1.Telemetry;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.GRPCRoute;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.Gateway;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.GatewayClass;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.HTTPRoute;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.ReferenceGrant;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.TLSRoute;
import io.fabric8.kubernetes.api.model.gatewayapi.v1alpha2.TCPRoute;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The kinds that mean something to the mesh, wherever their objects come from. */
public enum MeshKind {
    NAMESPACE("Namespace", "namespaces", Namespace.class, List.of("v1")),
    NODE("Node", "nodes", Node.class, List.of("v1")),
    POD("Pod", "pods", Pod.class, List.of("v1")),
    SERVICE("Service", "services", Service.class, List.of("v1")),
    SERVICE_ACCOUNT("ServiceAccount", "serviceaccounts", ServiceAccount.class, List.of("v1")),
    ENDPOINT_SLICE("EndpointSlice", "endpointslices", EndpointSlice.class, List.of("discovery.k8s.io/v1")),
    AUTHORIZATION_POLICY(
            "AuthorizationPolicy",
            "authorizationpolicies",
            AuthorizationPolicy.class,
            List.of("security.istio.io/v1", "security.istio.io/v1beta1")),
    PEER_AUTHENTICATION(
            "PeerAuthentication",
            "peerauthentications",
            PeerAuthentication.class,
            List.of("security.istio.io/v1", "security.istio.io/v1beta1")),
    SERVICE_ENTRY("ServiceEntry", "serviceentries", ServiceEntry.class, Versions.NETWORKING),
    WORKLOAD_ENTRY("WorkloadEntry", "workloadentries", WorkloadEntry.class, Versions.NETWORKING),
    GATEWAY("Gateway", "gateways", Gateway.class, Versions.GATEWAY),
    GATEWAY_CLASS("GatewayClass", "gatewayclasses", GatewayClass.class, Versions.GATEWAY),
    HTTP_ROUTE("HTTPRoute", "httproutes", HTTPRoute.class, Versions.GATEWAY),
    GRPC_ROUTE("GRPCRoute", "grpcroutes", GRPCRoute.class, List.of("gateway.networking.k8s.io/v1")),
    TCP_ROUTE(
            "TCPRoute",
            "tcproutes",
            TCPRoute.class,
            List.of("gateway.networking.k8s.io/v1", "gateway.networking.k8s.io/v1alpha2")),
    TLS_ROUTE(
            "TLSRoute",
            "tlsroutes",
            TLSRoute.class,
            List.of(
                    "gateway.networking.k8s.io/v1",
                    "gateway.networking.k8s.io/v1alpha3",
                    "gateway.networking.k8s.io/v1alpha2")),
    REFERENCE_GRANT("ReferenceGrant", "referencegrants", ReferenceGrant.class, Versions.GATEWAY),
    REQUEST_AUTHENTICATION(
            "RequestAuthentication",
            "requestauthentications",
            RequestAuthentication.class,
            List.of("security.istio.io/v1", "security.istio.io/v1beta1")),
    TELEMETRY(
            "Telemetry",
            "telemetries",
            Telemetry.class,
            List.of("telemetry.istio.io/v1", "telemetry.istio.io/v1alpha1"));

    /** The versions of one group that have the same fields. */
    private static final class Versions {
        private static final List<String> NETWORKING =
                List.of("networking.istio.io/v1", "networking.istio.io/v1beta1", "networking.istio.io/v1alpha3");
        private static final List<String> GATEWAY =
                List.of("gateway.networking.k8s.io/v1", "gateway.networking.k8s.io/v1beta1");
    }

    private final String kind;
    private final String plural;
    private final Class<? extends HasMetadata> model;
    /** Separated by commas, because an enum's fields are immutable. */
    private final String apiVersions;

    MeshKind(String kind, String plural, Class<? extends HasMetadata> model, List<String> apiVersions) {
        this.kind = kind;
        this.plural = plural;
        this.model = model;
        this.apiVersions = String.join(",", apiVersions);
    }

    public static Optional<MeshKind> of(String kind) {
        return Arrays.stream(values()).filter(each -> each.kind.equals(kind)).findFirst();
    }

    /** As objects name it: {@code AuthorizationPolicy}. */
    public String kind() {
        return kind;
    }

    /** As paths of the API name it: {@code authorizationpolicies}. */
    public String plural() {
        return plural;
    }

    public Class<? extends HasMetadata> model() {
        return model;
    }

    /** Group and version, the one to prefer first. All have the same shape. */
    public List<String> apiVersions() {
        return List.of(apiVersions.split(",", -1));
    }

    /** The API group; empty for the core kinds. */
    public String group() {
        String first = apiVersions().getFirst();
        int slash = first.indexOf('/');
        return slash < 0 ? "" : first.substring(0, slash);
    }

    /** Whether a cluster has the kind only once somebody installed its definition. */
    public boolean isCustom() {
        return group().endsWith(".istio.io") || group().equals("gateway.networking.k8s.io");
    }

    /** Whether its status is said parent by parent. */
    public boolean isRoute() {
        return this == HTTP_ROUTE || this == GRPC_ROUTE || this == TCP_ROUTE || this == TLS_ROUTE;
    }

    /** A policy that is only half understood is worse than none: nothing in it may be unknown. */
    public boolean isPolicy() {
        return this == AUTHORIZATION_POLICY || this == PEER_AUTHENTICATION;
    }

    public boolean isNamespaced() {
        return this != NAMESPACE && this != NODE && this != GATEWAY_CLASS;
    }
}
