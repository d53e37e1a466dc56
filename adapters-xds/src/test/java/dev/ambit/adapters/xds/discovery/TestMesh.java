package dev.ambit.adapters.xds.discovery;

import dev.ambit.adapters.xds.channel.ControlPlane;
import dev.ambit.adapters.xds.channel.TestCertificates;
import dev.ambit.adapters.xds.channel.TestServer;
import dev.ambit.domain.identity.SpiffeId;
import dev.ambit.domain.issuing.Caller;
import dev.ambit.domain.view.ChangePacing;
import dev.ambit.ports.ca.CallerAuthentication;
import dev.ambit.ports.discovery.MeshFeed;
import dev.ambit.ports.telemetry.Meter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** The discovery service of a feed on a real server, and clients of it. */
final class TestMesh implements AutoCloseable {
    static final String TOKEN = "good-token";
    static final NodeIdentity NODE = new NodeIdentity("10.0.0.9", "ztunnel-1", "istio-system", "node-1");
    static final TestCertificates ROOT = new TestCertificates("mesh");

    static final DiscoveryOptions AT_ONCE = new DiscoveryOptions(ChangePacing.AT_ONCE, 25, 64 << 20);

    private final MeshFeed feed;
    private final DiscoveryOptions options;
    private final TestServer server;
    private DeltaDiscoveryService service;

    TestMesh(MeshFeed feed, Path directory) {
        this(feed, directory, AT_ONCE);
    }

    TestMesh(MeshFeed feed, Path directory, DiscoveryOptions options) {
        this.feed = feed;
        this.options = options;
        this.server = new TestServer(ROOT, "localhost", directory);
        this.service = serve();
        server.start(service);
    }

    private DeltaDiscoveryService serve() {
        return new DeltaDiscoveryService(
                feed, DeltaDiscoveryService.Callers.byToken(authentication()), Meter.none(), options);
    }

    DeltaDiscoveryService service() {
        return service;
    }

    static CallerAuthentication authentication() {
        return token -> token.equals(TOKEN)
                ? new CallerAuthentication.Result.Authenticated(
                        new Caller(SpiffeId.of("spiffe://cluster.local/ns/istio-system/sa/ztunnel"), "p", "u", "n"))
                : new CallerAuthentication.Result.Rejected("token is for another audience");
    }

    void start() {
        service = serve();
        server.start(service);
    }

    void stop() {
        server.stop();
        service.close();
    }

    TestServer server() {
        return server;
    }

    RawSubscriber subscriber() {
        return new RawSubscriber(address());
    }

    ControlPlane address() {
        return server.address(ROOT, TOKEN, Optional.empty());
    }

    XdsMeshDiscovery client() {
        return client(address());
    }

    static XdsMeshDiscovery client(ControlPlane controlPlane) {
        return new XdsMeshDiscovery(clientOptions(controlPlane), Meter.none());
    }

    XdsMeshDiscovery clientOnDemand(DemandLimits limits) {
        return new XdsMeshDiscovery(clientOptions(address()).onDemand(limits), Meter.none());
    }

    private static XdsClientOptions clientOptions(ControlPlane controlPlane) {
        return new XdsClientOptions(controlPlane, NODE, 4 << 20, Duration.ofMillis(10), Duration.ofMillis(200));
    }

    @Override
    public void close() {
        stop();
    }
}
