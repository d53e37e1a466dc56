package dev.ambit.adapters.netty;

import dev.ambit.domain.address.IpPort;
import dev.ambit.domain.flow.RefusalReason;
import dev.ambit.domain.flow.Reporter;
import dev.ambit.domain.workload.PodRef;
import dev.ambit.ports.credentials.WorkloadCertificate;
import dev.ambit.ports.transport.TunnelWatch;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.function.Consumer;

/** A tunnel as the application sees it, from the end of its handshake to the end of its channel. */
final class NettyTunnel implements TunnelWatch.LiveTunnel {
    private final Reporter reporter;
    private final PodRef pod;
    private final IpPort peer;
    private final WorkloadCertificate own;
    private final List<X509Certificate> peerChain;
    private final EventLoop loop;
    private final Consumer<RefusalReason> end;
    private final Runnable drain;

    private NettyTunnel(
            Reporter reporter,
            PodRef pod,
            IpPort peer,
            WorkloadCertificate own,
            List<X509Certificate> peerChain,
            EventLoop loop,
            Consumer<RefusalReason> end,
            Runnable drain) {
        this.reporter = reporter;
        this.pod = pod;
        this.peer = peer;
        this.own = own;
        this.peerChain = peerChain;
        this.loop = loop;
        this.end = end;
        this.drain = drain;
    }

    /**
     * Shows the tunnel to the application as long as the channel is open.
     *
     * @param end what to do, on the channel's loop, to end it at once
     * @param drain what to do there to let no new streams onto it
     */
    static void show(
            PodConnections pod,
            Reporter reporter,
            Channel channel,
            IpPort peer,
            WorkloadCertificate own,
            List<X509Certificate> peerChain,
            Consumer<RefusalReason> end,
            Runnable drain) {
        var tunnel = new NettyTunnel(reporter, pod.pod().pod(), peer, own, peerChain, channel.eventLoop(), end, drain);
        TunnelWatch watch = pod.security().tunnels();
        watch.opened(tunnel);
        channel.closeFuture().addListener(_ -> watch.closed(tunnel));
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
        Answers.on(loop, () -> end.accept(reason));
    }

    @Override
    public void drain() {
        Answers.on(loop, drain);
    }

    @Override
    public String toString() {
        return reporter + " " + own.identity() + " - " + peer;
    }
}
