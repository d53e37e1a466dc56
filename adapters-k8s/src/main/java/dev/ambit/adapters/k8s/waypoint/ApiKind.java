package dev.ambit.adapters.k8s.waypoint;

import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;

/** A kind as paths of the API name it. */
record ApiKind(String apiVersion, String kind, String plural, boolean namespaced) {
    static final ApiKind GATEWAY = new ApiKind("gateway.networking.k8s.io/v1", "Gateway", "gateways", true);
    static final ApiKind GATEWAY_CLASS =
            new ApiKind("gateway.networking.k8s.io/v1", "GatewayClass", "gatewayclasses", false);
    static final ApiKind NAMESPACE = new ApiKind("v1", "Namespace", "namespaces", false);
    static final ApiKind CONFIG_MAP = new ApiKind("v1", "ConfigMap", "configmaps", true);
    static final ApiKind SERVICE = new ApiKind("v1", "Service", "services", true);
    static final ApiKind ENDPOINT_SLICE = new ApiKind("discovery.k8s.io/v1", "EndpointSlice", "endpointslices", true);

    ResourceDefinitionContext context() {
        int slash = apiVersion.indexOf('/');
        return new ResourceDefinitionContext.Builder()
                .withGroup(slash < 0 ? "" : apiVersion.substring(0, slash))
                .withVersion(apiVersion.substring(slash + 1))
                .withKind(kind)
                .withPlural(plural)
                .withNamespaced(namespaced)
                .build();
    }
}
