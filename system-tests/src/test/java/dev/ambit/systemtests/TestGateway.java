package dev.ambit.systemtests;

import dev.ambit.adapters.netty.NettyOptions;
import dev.ambit.adapters.netty.NettyTransport;
import dev.ambit.domain.address.IpPort;
import dev.ambit.domain.flow.FlowContext;
import dev.ambit.domain.flow.InboundAttempt;
import dev.ambit.domain.flow.InboundPlan;
import dev.ambit.domain.flow.Party;
import dev.ambit.domain.flow.Reporter;
import dev.ambit.domain.flow.ServiceParty;
import dev.ambit.domain.identity.SpiffeId;
import dev.ambit.domain.policy.ConnectionFacts;
import dev.ambit.domain.policy.Peer;
import dev.ambit.domain.workload.PodRef;
import dev.ambit.ports.credentials.FakeCredentials;
import dev.ambit.ports.credentials.WorkloadCertificate;
import dev.ambit.ports.transport.ListenPorts;
import dev.ambit.ports.transport.RecordingDecisions;
import dev.ambit.ports.transport.Transport;
import dev.ambit.ports.transport.TransportLimits;
import dev.ambit.ports.transport.TransportSecurity;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/**
 * Ends HBONE in its own pod and passes what is inside on to one address, whoever calls: a waypoint without rules, or the
 * gateway of another network if that address is where a node proxy listens for HBONE.
 */
final class TestGateway implements AutoCloseable {
    private final RecordingDecisions decisions = new RecordingDecisions();
    private final Transport transport;

    /**
     * Begins to serve.
     *
     * @param certificate what it shows to callers
     * @param target where everything goes
     */
    TestGateway(Pod pod, WorkloadCertificate certificate, InetSocketAddress target) {
        var ref = new PodRef(pod.address(), "test", "gateway", "gateway");
        var credentials = new FakeCredentials();
        credentials.hold(SpiffeId.of("spiffe://cluster.local/ns/test/sa/gateway"), certificate);
        transport = new NettyTransport(new NettyOptions(1), TransportLimits.ISTIO, TransportSecurity.of(credentials));
        decisions.planInbound(attempt -> forward(attempt, IpPort.of(target)));
        transport.serve(
                new Transport.PodBinding(ref, pod.namespace(), InetAddress.ofLiteral("0.0.0.0"), ListenPorts.ISTIO),
                decisions);
    }

    /** The next tunnel stream that arrives. */
    InboundAttempt.Hbone next() {
        return (InboundAttempt.Hbone) RecordingDecisions.next(decisions.inboundAttempts);
    }

    /** Nobody has come through since the last {@link #next}. */
    boolean isUnused() {
        return decisions.inboundAttempts.isEmpty();
    }

    private static InboundPlan forward(InboundAttempt attempt, IpPort target) {
        var context = new FlowContext(
                Reporter.DESTINATION,
                Party.UNKNOWN,
                Party.UNKNOWN,
                ServiceParty.UNKNOWN,
                attempt.client(),
                target,
                "",
                true);
        var facts = new ConnectionFacts(new Peer.Anonymous(), attempt.client().ip(), target);
        return new InboundPlan.Forward(context, facts, target, new InboundPlan.Origin.Own(), "");
    }

    @Override
    public void close() {
        transport.close();
    }
}
