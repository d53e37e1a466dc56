package dev.ambit.adapters.loom.tunnel;

import dev.ambit.adapters.loom.http2.Http2Session;
import dev.ambit.domain.address.IpPort;
import dev.ambit.domain.flow.RefusalReason;
import dev.ambit.domain.flow.Reporter;
import dev.ambit.domain.workload.PodRef;
import dev.ambit.ports.credentials.WorkloadCertificate;
import dev.ambit.ports.transport.TunnelWatch;
import java.security.cert.X509Certificate;
import java.util.List;

/** A tunnel as the application sees it, from the end of its handshake to the end of its session. */
final class WatchedTunnel implements TunnelWatch.LiveTunnel {
    private final Reporter reporter;
    private final PodRef pod;
    private final IpPort peer;
    private final WorkloadCertificate own;
    private final List<X509Certificate> peerChain;
    private final Http2Session session;

    WatchedTunnel(
            Reporter reporter,
            PodRef pod,
            IpPort peer,
            WorkloadCertificate own,
            List<X509Certificate> peerChain,
            Http2Session session) {
        this.reporter = reporter;
        this.pod = pod;
        this.peer = peer;
        this.own = own;
        this.peerChain = peerChain;
        this.session = session;
    }

    /** Runs the session, and shows it to the application meanwhile. Returns why it ended, as the session says it. */
    String run(TunnelWatch watch) {
        watch.opened(this);
        try {
            return session.run();
        } finally {
            watch.closed(this);
        }
    }

    @Override
    public Reporter reporter() {
        return reporter;
    }

    @Override
    public PodRef pod() {
        return pod;
    }

    @Override
    public IpPort peer() {
        return peer;
    }

    @Override
    public WorkloadCertificate own() {
        return own;
    }

    @Override
    public List<X509Certificate> peerChain() {
        return peerChain;
    }

    @Override
    public void end(RefusalReason reason) {
        session.close(reason);
    }

    @Override
    public void drain() {
        session.drain();
    }

    @Override
    public String toString() {
        return reporter + " " + own.identity() + " - " + peer;
    }
}
