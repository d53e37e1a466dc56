package dev.ambit.ports.podnetwork;

import dev.ambit.domain.enrolment.NodePod;
import java.util.Optional;

/** Finds the network namespace of a pod on this node. */
public interface NetworkNamespaces {

    /**
     * Opens the pod's namespace; the caller closes it. Empty while the pod has none (not started, or gone). A namespace
     * that holds none of the pod's addresses is not the pod's, and is never returned.
     *
     * @throws PodNetworkException if a namespace is there and cannot be opened
     */
    Optional<NetworkNamespace> find(NodePod pod);
}
