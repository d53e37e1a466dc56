package dev.ambit.adapters.loom.tunnel;

import dev.ambit.adapters.loom.http2.HboneStream;
import dev.ambit.adapters.loom.pod.Flow;
import dev.ambit.adapters.loom.pod.Pod;
import dev.ambit.adapters.loom.stream.ErrorText;
import dev.ambit.adapters.loom.tls.TlsEngines;
import dev.ambit.domain.flow.OutboundPlan;
import dev.ambit.domain.flow.ResponseFlag;
import dev.ambit.domain.identity.SpiffeId;
import dev.ambit.ports.credentials.WorkloadCertificate;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Connections of one pod that leave by tunnels. Being the pod's own, two pods never share a tunnel, even with the same
 * identity: the destination takes the tunnel's source address for the workload's.
 */
public final class OutboundTunnels {
    private final Pod pod;
    private final TlsEngines engines;
    private final Map<TunnelKey, Tunnels> tunnels = new ConcurrentHashMap<>();

    /** Tunnels from this pod. */
    public OutboundTunnels(Pod pod, TlsEngines engines) {
        this.pod = pod;
        this.engines = engines;
    }

    /** Carries a connection by a tunnel that it shares with others, until both directions are done. */
    public void carry(OutboundPlan.Tunnel plan, Flow flow) {
        try {
            flow.carry(stream(plan, flow));
        } catch (TunnelFailure failure) {
            flow.fail(failure.flag(), failure.text());
        }
    }

    private HboneStream stream(OutboundPlan.Tunnel plan, Flow flow) throws TunnelFailure {
        WorkloadCertificate certificate = certificate(plan.source());
        var key = new TunnelKey(plan.source(), plan.expected(), plan.hop());
        return tunnels.computeIfAbsent(key, own -> new Tunnels(own, pod, engines))
                .connect(certificate, plan, flow);
    }

    private WorkloadCertificate certificate(SpiffeId source) throws TunnelFailure {
        try {
            return pod.ask(() -> pod.security().credentials().certificate(source));
        } catch (RuntimeException none) {
            throw new TunnelFailure(
                    ResponseFlag.IDENTITY_ERROR, "no certificate for " + source + ": " + ErrorText.of(none));
        }
    }

    /**
     * Carries a connection to another network: by a stream of the tunnel to its gateway, within which there is a second
     * tunnel. That serves this connection alone, because the gateway chooses anew for each: shared, every connection would
     * end at the one workload that was chosen first.
     */
    public void carry(OutboundPlan.DoubleTunnel plan, Flow flow) {
        HboneStream outer;
        try {
            outer = stream(plan.outer(), flow);
        } catch (TunnelFailure failure) {
            flow.fail(failure.flag(), "network gateway: " + failure.text());
            return;
        }
        try {
            inner(plan, outer, flow);
        } catch (TunnelFailure failure) {
            outer.abort();
            flow.fail(failure.flag(), "through network gateway " + plan.outer().hop() + ": " + failure.text());
        }
    }

    private void inner(OutboundPlan.DoubleTunnel plan, HboneStream outer, Flow flow) throws TunnelFailure {
        OutboundPlan.Tunnel way = plan.outer();
        ClientTunnel tunnel = ClientTunnel.open(
                outer, way.hop(), certificate(way.source()), plan.expected(), pod, engines, () -> {}, () -> {});
        try {
            HboneStream stream = tunnel.session()
                    .connect(way.authority(), plan.headers())
                    .orElseThrow(() -> new TunnelFailure(ResponseFlag.CONNECT, "tunnel takes no stream"));
            flow.reaching(stream);
            String baggage = stream.answer();
            tunnel.peer().ifPresent(identity -> flow.reached(plan.reached(identity, baggage)));
            flow.carry(stream);
        } catch (HboneStream.NotAccepted refused) {
            throw new TunnelFailure(ResponseFlag.CONNECT, String.valueOf(refused.getMessage()));
        } finally {
            tunnel.session().close();
        }
    }
}
