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
 * @param remote whether this is another cluster than the one that is configured: only Services that all share count
 */
public record DerivationOptions(
        TrustDomain trustDomain,
        String clusterId,
        String clusterDomain,
        String network,
        String rootNamespace,
        DerivationFeatures features,
        boolean remote) {

    /** The local cluster. */
    public DerivationOptions(
            TrustDomain trustDomain,
            String clusterId,
            String clusterDomain,
            String network,
            String rootNamespace,
            DerivationFeatures features) {
        this(trustDomain, clusterId, clusterDomain, network, rootNamespace, features, false);
    }

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
        return new DerivationOptions(trustDomain, clusterId, clusterDomain, network, rootNamespace, other, remote);
    }

    /** Another cluster of the same mesh; its network is what its root namespace says. */
    public DerivationOptions ofRemote(String cluster) {
        return new DerivationOptions(trustDomain, cluster, clusterDomain, "", rootNamespace, features.ofRemote(), true);
    }

    /** The DNS name of a service. */
    public String hostname(String service, String namespace) {
        return service + "." + namespace + ".svc." + clusterDomain;
    }
}
