package dev.ambit.adapters.loom;

import dev.ambit.adapters.loom.pod.Flow;
import dev.ambit.adapters.loom.pod.Pod;
import dev.ambit.adapters.loom.socket.SocketDuplex;
import dev.ambit.adapters.loom.stream.Duplex;
import dev.ambit.adapters.loom.stream.ErrorText;
import dev.ambit.adapters.loom.tls.TlsEngines;
import dev.ambit.adapters.loom.tunnel.OutboundTunnels;
import dev.ambit.domain.address.IpPort;
import dev.ambit.domain.flow.OutboundAttempt;
import dev.ambit.domain.flow.OutboundPlan;
import dev.ambit.domain.flow.Reporter;
import dev.ambit.domain.flow.ResponseFlag;
import dev.ambit.ports.transport.FlowDecisions.Plan;
import java.io.IOException;
import java.util.Optional;

/** Port 15001: connections that the pod's application opens. */
final class OutboundCapture {
    private final Pod pod;
    private final OutboundTunnels tunnels;
    private final TlsEngines engines;
    private final Neighbours neighbours;

    OutboundCapture(Pod pod, OutboundTunnels tunnels, TlsEngines engines, Neighbours neighbours) {
        this.pod = pod;
        this.tunnels = tunnels;
        this.engines = engines;
        this.neighbours = neighbours;
    }

    void carry(SocketDuplex application) throws IOException {
        carry(application, application.remote(), application.originalDestination());
    }

    /** Asks for a plan for an application's connection, and carries it out until the connection is over. */
    void carry(Duplex application, IpPort client, IpPort destination) {
        OutboundPlan plan;
        try {
            plan = pod.plan(() -> pod.decisions().outbound(new OutboundAttempt(pod.ref(), client, destination)));
        } catch (RuntimeException noPlan) {
            application.abort();
            pod.rejected(Reporter.SOURCE, client, destination, "no plan: " + ErrorText.of(noPlan));
            return;
        }
        switch (plan) {
            case OutboundPlan.Refuse refuse -> {
                application.close();
                pod.refused(refuse.context(), refuse.reason());
            }
            case OutboundPlan.Passthrough passthrough -> dial(passthrough.destination(), open(plan, application));
            case OutboundPlan.Direct direct -> dial(direct.destination(), open(plan, application));
            case OutboundPlan.Tunnel tunnel -> tunnels.carry(tunnel, open(plan, application));
            case OutboundPlan.Local local -> carry(local, open(plan, application), application);
            case OutboundPlan.DoubleTunnel twice ->
                tunnels.carry(twice, pod.openUnannounced(twice.context(), new Plan.Outbound(twice), application));
        }
    }

    private void carry(OutboundPlan.Local local, Flow flow, Duplex application) {
        Optional<Pod> destination = neighbours.find(local.namespace(), local.pod());
        if (destination.isPresent()) {
            new SameNode(local.tunnel(), pod, destination.get(), engines, application, flow).carry();
        } else {
            tunnels.carry(local.tunnel(), flow);
        }
    }

    private Flow open(OutboundPlan plan, Duplex application) {
        return pod.open(plan.context(), new Plan.Outbound(plan), application);
    }

    private void dial(IpPort target, Flow flow) {
        Duplex upstream;
        try {
            upstream = pod.sockets().dial(target, Optional.empty(), flow::reaching);
        } catch (IOException | RuntimeException failed) {
            flow.fail(ResponseFlag.CONNECT, "cannot connect to " + target + ": " + ErrorText.of(failed));
            return;
        }
        flow.carry(upstream);
    }
}
