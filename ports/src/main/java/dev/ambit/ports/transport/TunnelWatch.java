package dev.ambit.ports.transport;

import dev.ambit.domain.address.IpPort;
import dev.ambit.domain.flow.RefusalReason;
import dev.ambit.domain.flow.Reporter;
import dev.ambit.domain.workload.PodRef;
import dev.ambit.ports.credentials.RevokedCertificate;
import dev.ambit.ports.credentials.WorkloadCertificate;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * The application's view of tunnels, whose trust may end before they do. Methods are called on the transport's own
 * threads and must not block.
 */
public interface TunnelWatch {

    /** Both ends have proved who they are. Followed by exactly one {@link #closed}. */
    void opened(LiveTunnel tunnel);

    void closed(LiveTunnel tunnel);

    /**
     * A handshake was refused because of this certificate.
     *
     * @param reporter source for a tunnel that was being dialled, destination for one that was being accepted
     */
    void refused(Reporter reporter, RevokedCertificate revoked);

    /** Nobody watches. */
    static TunnelWatch none() {
        return new TunnelWatch() {
            @Override
            public void opened(LiveTunnel tunnel) {
                // Nobody watches.
            }

            @Override
            public void closed(LiveTunnel tunnel) {
                // Nobody watches.
            }

            @Override
            public void refused(Reporter reporter, RevokedCertificate revoked) {
                // Nobody watches.
            }
        };
    }

    /** An established HBONE tunnel, inner ones included. Compared by instance. */
    interface LiveTunnel {
        /** Source for a tunnel that was dialled, destination for one that was accepted. */
        Reporter reporter();

        /** The pod of this node at this end. */
        PodRef pod();

        /** The address of the other end. */
        IpPort peer();

        /** What this end showed, and the roots that the other end was verified against. */
        WorkloadCertificate own();

        /** What the other end showed, leaf first. Empty if the transport cannot tell. */
        List<X509Certificate> peerChain();

        /**
         * Ends the tunnel at once (GOAWAY with NO_ERROR where this end accepted it); connections on it are reported as
         * refused with this reason. Idempotent, any thread.
         */
        void end(RefusalReason reason);

        /** Lets no new streams onto the tunnel; it ends after its last one. Idempotent, any thread. */
        void drain();
    }
}
