package dev.ambit.services.controlplane;

import dev.ambit.domain.identity.TrustDomain;
import io.micronaut.context.annotation.ConfigurationProperties;

/** What the mesh is called and where its cluster-wide policies live. */
@ConfigurationProperties("control-plane.mesh")
public record MeshConfig(
        String trustDomain, String clusterId, String clusterDomain, String network, String rootNamespace) {
    public MeshConfig {
        if (!TrustDomain.isValid(trustDomain)) {
            throw new IllegalArgumentException("TRUST_DOMAIN is '" + trustDomain
                    + "'; it must be 1 to 255 characters without slash or space, such as cluster.local");
        }
        if (rootNamespace.isEmpty()) {
            throw new IllegalArgumentException(
                    "ROOT_NAMESPACE is empty; it must name a namespace, such as istio-system");
        }
    }
}
