package dev.ambit.systemtests;

import static java.nio.charset.StandardCharsets.US_ASCII;

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
import java.io.ByteArrayInputStream;
import java.net.InetAddress;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;

/** A waypoint that lets everybody through: ends HBONE in its own pod and passes every connection on to one application. */
final class TestWaypoint implements AutoCloseable {
    private static final SpiffeId IDENTITY = SpiffeId.of("spiffe://cluster.local/ns/shop/sa/waypoint");

    private final RecordingDecisions decisions = new RecordingDecisions();
    private final Transport transport;

    TestWaypoint(MeshUnderTest mesh, CertificateClient certificates, Pod application) {
        var credentials = new FakeCredentials();
        credentials.hold(IDENTITY, certificate(certificates));
        transport = new NettyTransport(new NettyOptions(1), TransportLimits.ISTIO, TransportSecurity.of(credentials));
        decisions.planInbound(attempt -> toApplication(attempt, application));
        Pod pod = mesh.machine("shop-waypoint");
        transport.serve(
                new Transport.PodBinding(
                        new PodRef("waypoint", "shop", "waypoint", "waypoint"),
                        pod.namespace(),
                        InetAddress.ofLiteral("0.0.0.0"),
                        ListenPorts.ISTIO),
                decisions);
    }

    /** The next tunnel stream that arrives. */
    InboundAttempt.Hbone next() {
        return (InboundAttempt.Hbone) RecordingDecisions.next(decisions.inboundAttempts);
    }

    private static InboundPlan toApplication(InboundAttempt attempt, Pod application) {
        IpPort target = IpPort.of(application.application());
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

    /** From the mesh's own authority, by way of the node proxy of the waypoint's node. */
    private static WorkloadCertificate certificate(CertificateClient certificates) {
        Csr csr = Csr.of(IDENTITY.toString());
        List<X509Certificate> chain = new ArrayList<>();
        String pem = String.join("\n", certificates.request(certificates.token("node-b"), csr, IDENTITY.toString()));
        try {
            CertificateFactory.getInstance("X.509")
                    .generateCertificates(new ByteArrayInputStream(pem.getBytes(US_ASCII)))
                    .forEach(certificate -> chain.add((X509Certificate) certificate));
        } catch (CertificateException e) {
            throw new AssertionError(e);
        }
        X509Certificate root = chain.removeLast();
        return new WorkloadCertificate(IDENTITY, csr.keys().getPrivate(), chain, List.of(root));
    }

    @Override
    public void close() {
        transport.close();
    }
}
