package dev.ambit.adapters.k8s.manifests;

import io.fabric8.istio.api.security.v1.AuthorizationPolicy;
import io.fabric8.istio.api.security.v1.PeerAuthentication;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The kinds that mean something to the mesh. */
enum ManifestKind {
    NAMESPACE("Namespace", Namespace.class, List.of("v1")),
    NODE("Node", Node.class, List.of("v1")),
    POD("Pod", Pod.class, List.of("v1")),
    SERVICE("Service", Service.class, List.of("v1")),
    SERVICE_ACCOUNT("ServiceAccount", ServiceAccount.class, List.of("v1")),
    ENDPOINT_SLICE("EndpointSlice", EndpointSlice.class, List.of("discovery.k8s.io/v1")),
    AUTHORIZATION_POLICY(
            "AuthorizationPolicy",
            AuthorizationPolicy.class,
            List.of("security.istio.io/v1", "security.istio.io/v1beta1")),
    PEER_AUTHENTICATION(
            "PeerAuthentication",
            PeerAuthentication.class,
            List.of("security.istio.io/v1", "security.istio.io/v1beta1"));

    private final String kind;
    private final Class<? extends HasMetadata> model;
    /** Separated by commas, because an enum's fields are immutable. */
    private final String apiVersions;

    ManifestKind(String kind, Class<? extends HasMetadata> model, List<String> apiVersions) {
        this.kind = kind;
        this.model = model;
        this.apiVersions = String.join(",", apiVersions);
    }

    static Optional<ManifestKind> of(String kind) {
        return Arrays.stream(values()).filter(each -> each.kind.equals(kind)).findFirst();
    }

    Class<? extends HasMetadata> model() {
        return model;
    }

    List<String> apiVersions() {
        return List.of(apiVersions.split(",", -1));
    }

    /** A policy that is only half understood is worse than none: nothing in it may be unknown. */
    boolean isPolicy() {
        return this == AUTHORIZATION_POLICY || this == PEER_AUTHENTICATION;
    }

    boolean isNamespaced() {
        return this != NAMESPACE && this != NODE;
    }
}
