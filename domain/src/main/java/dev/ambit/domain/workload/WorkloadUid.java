package dev.ambit.domain.workload;

/**
 * The stable key of a workload, chosen by the control plane, for example {@code Kubernetes//Pod/shop/cart-0}. Opaque
 * to proxies.
 */
public record WorkloadUid(String value) {
    public WorkloadUid {
        if (value.isEmpty()) {
            throw new IllegalArgumentException("a workload uid is never empty");
        }
    }

    /** The uid Istio gives a pod: cluster, empty API group, kind, namespace and name. */
    public static WorkloadUid ofPod(String cluster, String namespace, String name) {
        return new WorkloadUid(cluster + "//Pod/" + namespace + "/" + name);
    }

    /** Istio's control plane writes {@code //Pod/}; its local files write {@code //v1/Pod/}. */
    public boolean isPod() {
        return value.contains("/Pod/");
    }

    @Override
    public String toString() {
        return value;
    }
}
