package dev.ambit.adapters.netty;

import dev.ambit.adapters.netty.http2.HboneStream;
import dev.ambit.domain.flow.OutboundPlan;
import dev.ambit.domain.flow.ResponseFlag;
import io.netty.channel.EventLoop;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The tunnels that one pod has open on one event loop. Being the pod's own, two pods never share a tunnel, even with the
 * same identity: the destination takes the tunnel's source address for the workload's.
 */
final class TunnelPool {

    /** Someone who wants a stream. */
    interface Waiter {
        /** False when the stream is of no use any more. */
        boolean isWanted();

        /** The CONNECT is under way. */
        void asked(HboneStream stream);

        void opened(HboneStream stream);

        void failed(ResponseFlag flag, String message);
    }

    private final PodConnections pod;
    private final EventLoop loop;
    private final Map<TunnelKey, Tunnels> tunnels = new HashMap<>();

    TunnelPool(PodConnections pod, EventLoop loop) {
        this.pod = pod;
        this.loop = loop;
    }

    void open(OutboundPlan.Tunnel plan, Waiter waiter) {
        var key = new TunnelKey(plan.source(), plan.expected(), plan.hop());
        Answers.ask(
                loop,
                () -> pod.credentials().certificate(plan.source()),
                certificate -> tunnels.computeIfAbsent(
                                key, own -> new Tunnels(own, pod, loop, () -> tunnels.remove(own)))
                        .open(certificate, new TunnelRequest(plan, waiter)),
                error -> waiter.failed(
                        ResponseFlag.IDENTITY_ERROR,
                        "no certificate for " + plan.source() + ": " + ErrorText.of(error)));
    }

    void close() {
        List.copyOf(tunnels.values()).forEach(Tunnels::close);
    }

    /** A waiter and what it waits for. */
    record TunnelRequest(OutboundPlan.Tunnel plan, Waiter waiter) {}
}
