package dev.ambit.ports.transport;

import dev.ambit.domain.flow.Reporter;
import dev.ambit.ports.credentials.RevokedCertificate;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** Remembers what it is told about tunnels. */
public final class RecordingTunnels implements TunnelWatch {
    public final BlockingQueue<LiveTunnel> opened = new LinkedBlockingQueue<>();
    public final BlockingQueue<LiveTunnel> closed = new LinkedBlockingQueue<>();
    public final BlockingQueue<Refusal> refused = new LinkedBlockingQueue<>();

    /** What {@link TunnelWatch#refused} was told. */
    public record Refusal(Reporter reporter, RevokedCertificate revoked) {}

    @Override
    public void opened(LiveTunnel tunnel) {
        opened.add(tunnel);
    }

    @Override
    public void closed(LiveTunnel tunnel) {
        closed.add(tunnel);
    }

    @Override
    public void refused(Reporter reporter, RevokedCertificate revoked) {
        refused.add(new Refusal(reporter, revoked));
    }
}
