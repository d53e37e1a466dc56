package dev.ambit.adapters.k8s.translate;

/**
 * Bounds on what one object may hold. Beyond them it is rejected, which of a policy means its closed reading. etcd takes
 * objects up to 1.5 MiB and the CRDs' own schemas allow less than these bounds, so only files and hostile servers meet
 * them; they keep what proxies are sent for one object below the 4 MiB that a gRPC message may have.
 */
final class ObjectLimits {
    /** As in Istio's CRD. */
    static final int HOSTS = 256;
    /** As in Istio's CRD. */
    static final int ADDRESSES = 256;
    /** Endpoints of a ServiceEntry or EndpointSlice; Kubernetes allows 1,000 in a slice. */
    static final int ENDPOINTS = 4_096;
    /** Ports of a service. */
    static final int PORTS = 1_024;
    /** What a policy is attached to; as in Istio's CRD. */
    static final int TARGETS = 16;
    /** Rules of a policy. */
    static final int RULES = 2_000;
    /** Values of all lists of a policy together. */
    static final int VALUES = 20_000;
    /** Characters of one value. */
    static final int TEXT = 1_024;

    private ObjectLimits() {}

    /** Rejects a list that is too long. */
    static void size(FieldPath at, int size, int max, Findings findings) {
        if (size > max) {
            findings.reject(at, size + " entries: at most " + max + ", split the object");
        }
    }
}
