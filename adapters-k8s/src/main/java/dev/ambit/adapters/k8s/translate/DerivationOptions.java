package dev.ambit.adapters.k8s.translate;

import dev.ambit.domain.identity.TrustDomain;

/**
 * What the translation needs to know about the mesh and does not find in its objects.
 *
 * @param trustDomain root of every identity
 * @param clusterId name of this cluster in workload uids
 * @param clusterDomain DNS suffix of services
 * @param network network id of this cluster; when empty, the root namespace's label {@code topology.istio.io/network}
 * @param rootNamespace policies here apply to the whole mesh
 */
public record DerivationOptions(
        TrustDomain trustDomain,
        String clusterId,
        String clusterDomain,
        String network,
        String rootNamespace,
        DerivationFeatures features) {

    /** With Istio's default features. */
    public DerivationOptions(
            TrustDomain trustDomain, String clusterId, String clusterDomain, String network, String rootNamespace) {
        this(trustDomain, clusterId, clusterDomain, network, rootNamespace, DerivationFeatures.defaults());
    }

    /** Istio's defaults. */
    public static DerivationOptions defaults() {
        return new DerivationOptions(TrustDomain.CLUSTER_LOCAL, "Kubernetes", "cluster.local", "", "istio-system");
    }

    public DerivationOptions with(DerivationFeatures other) {
        return new DerivationOptions(trustDomain, clusterId, clusterDomain, network, rootNamespace, other);
    }

    /** The DNS name of a service. */
    public String hostname(String service, String namespace) {
        return service + "." + namespace + ".svc." + clusterDomain;
    }
}
