package dev.ambit.ports.transport;

import dev.ambit.domain.workload.PodRef;
import dev.ambit.ports.podnetwork.NetworkNamespace;
import java.net.InetAddress;

/**
 * The data plane of a node: takes the redirected connections of pods, asks {@link FlowDecisions} for a plan once per
 * connection (once per stream of a tunnel), and carries it out: sockets, TLS, HTTP/2 framing and copying.
 *
 * <p>Bytes never cross this port: an adapter is free to splice, pool or pin them as its runtime does best.
 *
 * <p>Promises to both ends of a connection: half-close is preserved in both directions; a slow reader slows the writer
 * down, and nothing between them buffers without bound; one slow stream does not stall the others of its tunnel.
 */
public interface Transport extends AutoCloseable {

    /**
     * Opens the listeners of a pod inside its network namespace. The caller keeps the namespace open until the
     * returned proxy is closed. If another process serves the pod already, both do from now on, and new connections come
     * to this one.
     *
     * @throws TransportException if a listener cannot be bound; then none stays open
     */
    PodProxy serve(PodBinding pod, FlowDecisions decisions);

    /** Whether another proxy listens on the pod's ports already: the one that this is to replace. */
    boolean isServed(PodBinding pod);

    /** Closes every pod proxy at once. */
    @Override
    void close();

    /**
     * A pod to serve.
     *
     * @param address where to listen; the wildcard address but in tests
     * @param names asked when an application names a host by SOCKS5
     */
    record PodBinding(PodRef pod, NetworkNamespace namespace, InetAddress address, ListenPorts ports, HostNames names) {

        /** A pod for which nobody resolves names. */
        public PodBinding(PodRef pod, NetworkNamespace namespace, InetAddress address, ListenPorts ports) {
            this(pod, namespace, address, ports, HostNames.NONE);
        }

        public PodBinding withNames(HostNames resolving) {
            return new PodBinding(pod, namespace, address, ports, resolving);
        }
    }
}
