package dev.ambit.domain.workload;

/**
 * A pod as the node agent announces it to the node proxy. Its {@link Workload} may arrive from the control plane later.
 *
 * @param uid the Kubernetes UID, unique over time; not a {@link WorkloadUid}
 */
public record PodRef(String uid, String namespace, String name, String serviceAccount) {

    /** Whether a workload of the mesh is this pod. */
    public boolean is(Workload workload) {
        return workload.uid().isPod()
                && workload.namespace().equals(namespace)
                && workload.name().equals(name)
                && workload.identity().serviceAccount().equals(serviceAccount);
    }

    @Override
    public String toString() {
        return namespace + "/" + name;
    }
}
