package dev.ambit.ports.podnetwork;

import dev.ambit.domain.enrolment.Capture;

/**
 * Redirection of a pod's traffic to its node proxy, inside the pod's namespace: outbound TCP to 15001, inbound TCP but
 * 15008 to 15006, and, if asked for, DNS by UDP and TCP (port 53) to 15053; sockets that carry the proxy's mark are left alone, and replies to source-preserving sockets find
 * their way back.
 */
public interface PodRedirection {

    /**
     * Programs the namespace, atomically: all rules or none. Applying the same again changes nothing.
     *
     * @throws PodNetworkException if the kernel refuses
     */
    void apply(NetworkNamespace namespace, Capture capture);

    /**
     * Takes away everything that {@link #apply} programmed and nothing else. Nothing to take away is fine.
     *
     * @throws PodNetworkException if the kernel refuses
     */
    void remove(NetworkNamespace namespace);

    /** Whether the namespace is programmed as {@link #apply} would, whatever it was asked to capture. */
    boolean isApplied(NetworkNamespace namespace);
}
